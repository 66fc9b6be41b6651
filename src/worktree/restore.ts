// Carries out a restore plan. New contents are written beside their places and synced in groups, the next while the last is synced. Each
// path is looked at again, content and all, right before it is replaced: what is there must be what the plan saw, and the store
// must hold it. If it is not, or anything fails, what was done is taken back and the error says so.
// After a kill at any point the same plan can be carried out again and finishes, or its inverse, and takes everything back.
// Files that do not differ are not touched. Does not decide anything (restore-plan.ts) and takes no checkpoint first (the caller).

import { mkdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { type GsessError, isSystemError } from '../errors.ts';
import { syncDirectoryLater } from '../git/durable-file.ts';
import { directoryOf, joinRaw, pathBytes, type RawPath, rawPath } from '../git/raw-path.ts';
import { type DiskState, isSameState, lookAt, type Observation, observe } from './disk-state.ts';
import { HeldFiles } from './held-files.ts';
import { removeLeftovers } from './leftover.ts';
import { changeExecutable, PreparedEntry } from './place-entry.ts';
import { GROUP_FILES, groupAt, isPut, PreparedGroup, type PreparedStep } from './prepared-group.ts';
import { RestoreContents, type RestoreObjects, refuseUnsaved } from './restore-contents.ts';
import { changed, failure } from './restore-fault.ts';
import type { RestorePlan } from './restore-plan.ts';
import {
  invertStep,
  type RestoreStep,
  restoreSteps,
  StepSequence,
  type StepState,
} from './restore-steps.ts';
import { refuseUnsafePath } from './safe-path.ts';
import type { VerifiedFiles } from './verified-files.ts';

export interface RestoreRequest {
  /** A real path. */
  readonly root: string;
  readonly objects: RestoreObjects;
  readonly plan: RestorePlan;
  /** What was found readable already, if the caller had to look. */
  readonly contents?: RestoreContents;
  /** Takes in what is read back. */
  readonly verified?: VerifiedFiles;
  readonly onProgress?: (done: { readonly steps: number; readonly of: number }) => void;
}

export interface RestoreReport {
  readonly created: number;
  readonly written: number;
  readonly deleted: number;
  readonly directoriesMade: number;
  readonly directoriesRemoved: number;
  /** Steps that an earlier attempt had done. */
  readonly alreadyDone: number;
  /** Directories left because something else is in them. */
  readonly directoriesKept: number;
  readonly bytes: number;
}

/** Carries the plan out; throws `tree-changed` or `restore-failed` with everything taken back that could be. */
export async function applyRestore(request: RestoreRequest): Promise<RestoreReport> {
  const steps = restoreSteps(request.plan);
  for (const { path } of steps) refuseUnsafePath(path, { lookAlikes: 'allowed' });
  refuseUnsaved(request.objects, steps);
  const contents = request.contents ?? new RestoreContents(request.objects);
  contents.checkReadable(steps);
  const restore = new Restore(request, { steps, contents });
  try {
    return await restore.run();
  } catch (error) {
    throw await restore.rollBack(error);
  }
}

class Restore {
  readonly #root: RawPath;
  readonly #steps: readonly RestoreStep[];
  readonly #sequence: StepSequence;
  readonly #contents: RestoreContents;
  readonly #verified: VerifiedFiles | undefined;
  readonly #onProgress: RestoreRequest['onProgress'];
  readonly #done: RestoreStep[] = [];
  readonly #touched = new Set<RawPath>();
  /** Under way: at most the one to be carried out and the next. */
  readonly #groups = new Set<PreparedGroup>();
  readonly #replaced = new HeldFiles();
  #alreadyDone = 0;
  #kept = 0;
  #bytes = 0;
  /** What was being done when it failed. */
  #current: RawPath | undefined;

  constructor(
    { root, verified, onProgress }: RestoreRequest,
    {
      steps,
      contents,
    }: { readonly steps: readonly RestoreStep[]; readonly contents: RestoreContents },
  ) {
    this.#root = rawPath(root);
    this.#steps = steps;
    this.#sequence = new StepSequence(steps);
    this.#contents = contents;
    this.#verified = verified;
    this.#onProgress = onProgress;
  }

  async run(): Promise<RestoreReport> {
    removeLeftovers(this.#root, this.#steps);
    try {
      for (let index = 0; index < this.#steps.length; ) {
        const [group = this.#prepareAt(index)] = this.#groups;
        index += group.prepared.length;
        // Nothing is written into a directory before it has been made.
        if (group.prepared.every(({ step }) => isPut(step))) this.#prepareAt(index);
        await this.#carryOut(group);
        this.#groups.delete(group);
        this.#onProgress?.({ steps: index, of: this.#steps.length });
      }
    } finally {
      for (const group of this.#groups) await group.discard();
      await this.#replaced.closed();
    }
    await this.#conclude();
    return this.#report();
  }

  /** Takes back what was done, the last first, and returns the error to throw. */
  async rollBack(cause: unknown): Promise<GsessError> {
    const failedAt = this.#current;
    const stuck: RawPath[] = [];
    for (const step of this.#done.toReversed().map(invertStep)) {
      try {
        this.#takeBack(step);
      } catch {
        // Whatever the reason, the rest can still be taken back; the path is named in the error, its bytes are in the store.
        stuck.push(step.path);
      }
    }
    await this.#sync([...this.#touched]);
    return failure(cause, { failedAt, takenBack: this.#done.length - stuck.length, stuck });
  }

  #prepareAt(index: number): PreparedGroup {
    const prepared: PreparedStep[] = [];
    try {
      for (const step of groupAt(this.#steps, index)) {
        this.#current = step.path;
        prepared.push({ step, entry: this.#prepare(step) });
      }
      return new PreparedGroup(prepared, this.#groups);
    } catch (error) {
      for (const { entry } of prepared) entry?.discard();
      throw error;
    }
  }

  async #carryOut(group: PreparedGroup): Promise<void> {
    this.#current = group.prepared[0]?.step.path;
    await group.synced();
    await this.#replaced.closed();
    for (const { step, entry } of group.prepared) {
      this.#current = step.path;
      const hold = isPut(step) ? this.#replaced.hold : undefined;
      const seen = observe(this.#root, step.path, hold);
      if (this.#sequence.progress(step, seen) === 'done') {
        this.#alreadyDone += 1;
        entry?.discard();
      } else this.#change(step, { entry, seen });
      this.#replaced.letGo();
    }
  }

  /** Undefined where there is nothing to prepare. */
  #prepare(step: RestoreStep): PreparedEntry | undefined {
    const { path, before, after } = step;
    if (typeof after === 'string' || isModeChange(before, after)) return undefined;
    const seen = lookAt(this.#root, path);
    if (seen.insteadOf !== undefined) throw changed(step, seen);
    const content = this.#contents.read(after.id);
    this.#bytes += content.length;
    const replaced = isRegular(before) && seen.stat?.isFile() ? seen.stat : undefined;
    return new PreparedEntry({ onDisk: joinRaw(this.#root, path), content, after, replaced });
  }

  /** Makes the change, if the path is still what it was: that was seen just now, content and all. */
  #change(
    step: RestoreStep,
    { entry, seen }: { readonly entry: PreparedEntry | undefined; readonly seen: Observation },
  ): void {
    const { path, before, after } = step;
    if (seen.insteadOf !== undefined || !isSameState(seen.state, before)) throw changed(step, seen);
    const onDisk = joinRaw(this.#root, path);
    if (entry !== undefined) entry.place();
    else if (typeof after === 'object') changeExecutable(onDisk, after.mode === '100755');
    else if (after === 'directory') mkdirSync(pathBytes(onDisk));
    else if (before !== 'directory') unlinkSync(pathBytes(onDisk));
    else if (!removeIfEmpty(onDisk)) {
      this.#kept += 1;
      return;
    }
    this.#done.push(step);
    this.#touched.add(directoryOf(path));
  }

  #takeBack(step: RestoreStep): void {
    this.#current = step.path;
    const found = observe(this.#root, step.path);
    if (found.insteadOf === undefined && isSameState(found.state, step.after)) return;
    const entry = this.#prepare(step);
    try {
      entry?.syncNow();
      this.#change(step, { entry, seen: observe(this.#root, step.path) });
    } finally {
      entry?.discard();
    }
  }

  /** Makes the new names durable, and while that goes on looks once more at everything that was to change. */
  async #conclude(): Promise<void> {
    const isRemovable = new Set(this.#steps.filter(isRemoval).map(({ path }) => path));
    const outcome = this.#sequence.outcome();
    const directories = [...this.#touched];
    for (let done = 0; done < Math.max(outcome.length, directories.length); done += GROUP_FILES) {
      const synced = this.#sync(directories.slice(done, done + GROUP_FILES));
      try {
        for (const { path, state } of outcome.slice(done, done + GROUP_FILES)) {
          this.#verify(path, { state, isRemovable: isRemovable.has(path) });
        }
      } finally {
        await synced;
      }
    }
  }

  #verify(
    path: RawPath,
    wanted: { readonly state: DiskState; readonly isRemovable: boolean },
  ): void {
    this.#current = path;
    const seen = this.#verified?.observe(this.#root, path) ?? observe(this.#root, path);
    const { state, isRemovable } = wanted;
    const isKept = state === 'absent' && seen.state === 'directory' && isRemovable;
    if (!isKept && !isSameState(seen.state, state)) throw changed({ path }, seen);
  }

  /** Ends when all are done with, whatever becomes of one. */
  async #sync(directories: readonly RawPath[]): Promise<void> {
    const syncs = directories
      .filter((directory) => lookAt(this.#root, directory).state === 'directory')
      .map((directory) => syncDirectoryLater(pathBytes(joinRaw(this.#root, directory))));
    for (const sync of await Promise.allSettled(syncs)) {
      if (sync.status === 'rejected') throw sync.reason;
    }
  }

  #report(): RestoreReport {
    const count = (matches: (step: RestoreStep) => boolean) => this.#done.filter(matches).length;
    return {
      created: count(({ before, after }) => before === 'absent' && typeof after === 'object'),
      written: count(
        ({ before, after }) => typeof before === 'object' && typeof after === 'object',
      ),
      deleted: count(({ before, after }) => typeof before === 'object' && after === 'absent'),
      directoriesMade: count(({ after }) => after === 'directory'),
      directoriesRemoved: count(isRemoval),
      alreadyDone: this.#alreadyDone,
      directoriesKept: this.#kept,
      bytes: this.#bytes,
    };
  }
}

function isRemoval({ before, after }: RestoreStep): boolean {
  return before === 'directory' && after === 'absent';
}

function isRegular(state: StepState): boolean {
  return typeof state === 'object' && state.mode !== '120000';
}

/** Only the executable bit differs. */
function isModeChange(before: StepState, after: StepState): boolean {
  if (typeof before === 'string' || typeof after === 'string') return false;
  return isRegular(before) && isRegular(after) && before.id === after.id;
}

function removeIfEmpty(onDisk: RawPath): boolean {
  try {
    rmdirSync(pathBytes(onDisk));
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENOTEMPTY', 'EEXIST')) return false;
    throw error;
  }
}
