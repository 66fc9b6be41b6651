// Carries out a restore plan. Each path is looked at again, content and all, right before it is replaced: what is there must be what
// the plan saw, and the store must hold it. If it is not, or anything fails, what was done is taken back and the error says so.
// After a kill at any point the same plan can be carried out again and finishes, or its inverse, and takes everything back.
// Files that do not differ are not touched. Does not decide anything (restore-plan.ts) and takes no checkpoint first (the caller).

import { mkdirSync, rmdirSync, unlinkSync } from 'node:fs';
import { GsessError, isSystemError } from '../errors.ts';
import { syncDirectory } from '../git/durable-file.ts';
import {
  directoryOf,
  displayPath,
  joinRaw,
  pathBytes,
  type RawPath,
  rawPath,
} from '../git/raw-path.ts';
import { isSameState, lookAt, type Observation, observe } from './disk-state.ts';
import { removeLeftovers } from './leftover.ts';
import { changeExecutable, PreparedEntry } from './place-entry.ts';
import { RestoreContents, type RestoreObjects } from './restore-contents.ts';
import type { RestorePlan } from './restore-plan.ts';
import {
  invertStep,
  type RestoreStep,
  restoreSteps,
  StepSequence,
  type StepState,
} from './restore-steps.ts';
import { refuseUnsafePath } from './safe-path.ts';

export interface RestoreRequest {
  /** A real path. */
  readonly root: string;
  readonly objects: RestoreObjects;
  readonly plan: RestorePlan;
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

/** So many files are prepared and synced together. */
export const GROUP_FILES = 64;

/** Carries the plan out; throws `tree-changed` or `restore-failed` with everything taken back that could be. */
export async function applyRestore(request: RestoreRequest): Promise<RestoreReport> {
  const steps = restoreSteps(request.plan);
  for (const { path } of steps) refuseUnsafePath(path, { lookAlikes: 'allowed' });
  const contents = new RestoreContents(request.objects);
  contents.check(steps);
  const restore = new Restore(request, { steps, contents });
  try {
    return await restore.run();
  } catch (error) {
    throw restore.rollBack(error);
  }
}

class Restore {
  readonly #root: RawPath;
  readonly #steps: readonly RestoreStep[];
  readonly #sequence: StepSequence;
  readonly #contents: RestoreContents;
  readonly #onProgress: RestoreRequest['onProgress'];
  readonly #done: RestoreStep[] = [];
  readonly #touched = new Set<RawPath>();
  #alreadyDone = 0;
  #kept = 0;
  #bytes = 0;
  /** What was being done when it failed. */
  #current: RawPath | undefined;

  constructor(
    { root, onProgress }: RestoreRequest,
    {
      steps,
      contents,
    }: { readonly steps: readonly RestoreStep[]; readonly contents: RestoreContents },
  ) {
    this.#root = rawPath(root);
    this.#steps = steps;
    this.#sequence = new StepSequence(steps);
    this.#contents = contents;
    this.#onProgress = onProgress;
  }

  async run(): Promise<RestoreReport> {
    removeLeftovers(this.#root, this.#steps);
    for (let index = 0; index < this.#steps.length; ) {
      const group = this.#groupAt(index);
      await this.#carryOut(group);
      index += group.length;
      this.#onProgress?.({ steps: index, of: this.#steps.length });
    }
    for (const directory of this.#touched) this.#sync(directory);
    this.#verify();
    return this.#report();
  }

  /** Takes back what was done, the last first, and returns the error to throw. */
  rollBack(cause: unknown): GsessError {
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
    for (const directory of this.#touched) this.#sync(directory);
    return failure(cause, { failedAt, takenBack: this.#done.length - stuck.length, stuck });
  }

  /** Files and links one after the other form a group; any other step stands alone. */
  #groupAt(start: number): RestoreStep[] {
    const group = this.#steps.slice(start, start + GROUP_FILES);
    const end = group.findIndex(({ after }) => typeof after === 'string');
    return end === 0 ? group.slice(0, 1) : end < 0 ? group : group.slice(0, end);
  }

  async #carryOut(group: readonly RestoreStep[]): Promise<void> {
    const prepared: { step: RestoreStep; entry: PreparedEntry | undefined }[] = [];
    try {
      for (const step of group) {
        this.#current = step.path;
        const seen = this.#check(step);
        if (seen === 'done') this.#alreadyDone += 1;
        else prepared.push({ step, entry: this.#prepare(step, seen) });
      }
      await Promise.all(prepared.map(({ entry }) => entry?.sync()));
      for (const { step, entry } of prepared) {
        this.#current = step.path;
        this.#change(step, entry);
      }
    } finally {
      for (const { entry } of prepared) entry?.discard();
    }
  }

  #check(step: RestoreStep): Observation | 'done' {
    const seen = observe(this.#root, step.path);
    const progress = this.#sequence.progress(step, seen);
    if (progress === 'done') return 'done';
    if (progress === 'mismatch') throw changed(step, seen);
    return seen;
  }

  /** Undefined where there is nothing to prepare. */
  #prepare(step: RestoreStep, { stat }: Observation): PreparedEntry | undefined {
    const { path, before, after } = step;
    if (typeof after === 'string' || isModeChange(before, after)) return undefined;
    const content = this.#contents.read(after.id);
    this.#bytes += content.length;
    const replaced = isRegular(before) ? stat : undefined;
    return new PreparedEntry({ onDisk: joinRaw(this.#root, path), content, after, replaced });
  }

  /** Makes the change, if the path is still what it was. */
  #change(step: RestoreStep, entry: PreparedEntry | undefined): void {
    const { path, before, after } = step;
    const seen = observe(this.#root, path);
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
    const seen = observe(this.#root, step.path);
    if (seen.insteadOf === undefined && isSameState(seen.state, step.after)) return;
    const entry = this.#prepare(step, seen);
    try {
      entry?.syncNow();
      this.#change(step, entry);
    } finally {
      entry?.discard();
    }
  }

  /** Looks once more at everything that was to change. */
  #verify(): void {
    const removable = new Set(this.#steps.filter(isRemoval).map(({ path }) => path));
    for (const { path, state } of this.#sequence.outcome()) {
      this.#current = path;
      const seen = observe(this.#root, path);
      const isKept = state === 'absent' && seen.state === 'directory' && removable.has(path);
      if (!isKept && !isSameState(seen.state, state)) throw changed({ path }, seen);
    }
  }

  #sync(directory: RawPath): void {
    if (lookAt(this.#root, directory).state !== 'directory') return;
    syncDirectory(pathBytes(joinRaw(this.#root, directory)));
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

function changed({ path }: { readonly path: RawPath }, { insteadOf }: Observation): GsessError {
  const where = displayPath(insteadOf ?? path);
  return new GsessError('tree-changed', `Cannot restore: '${where}' was changed meanwhile`, {
    data: { path: where },
  });
}

function failure(
  cause: unknown,
  {
    failedAt,
    takenBack,
    stuck,
  }: { failedAt: RawPath | undefined; takenBack: number; stuck: RawPath[] },
): GsessError {
  const where = failedAt === undefined ? undefined : displayPath(failedAt);
  const isOurs = cause instanceof GsessError;
  const message = isOurs ? cause.message : `Cannot restore '${where}': ${String(cause)}`;
  return new GsessError(isOurs ? cause.code : 'restore-failed', message, {
    hint:
      stuck.length === 0
        ? 'Nothing is changed: try again when the cause is gone.'
        : 'Some paths could not be taken back: their content is in the safety checkpoint.',
    data: {
      ...(where === undefined ? {} : { path: where }),
      takenBack,
      notTakenBack: stuck.map(displayPath),
    },
    cause,
  });
}
