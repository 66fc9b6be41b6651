// Takes back the last operation of a root, or an undo. Files: only what the operation changed and what still is what it left; refs:
// only those that still are where it put them. The rest is blocked and listed, and nothing is done, unless the user says to take
// it too. The branch of a session is never rewound: what it was becomes a new checkpoint.

import { existsSync } from 'node:fs';
import { GsessError } from '../errors.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import { displayPath, isBelowAny, jsonPath, type RawPath } from '../git/raw-path.ts';
import type { RestorePlan } from '../worktree/restore-plan.ts';
import { diffSnapshots, isSameEntry, type TreeChange } from '../worktree/tree-diff.ts';
import { type AgreedDeletions, refuseLargeDeletion } from './agreed-deletion.ts';
import { composeState } from './compose-state.ts';
import { carryOut } from './file-operation.ts';
import { planFiles, refuseImpossible } from './file-plan.ts';
import { finishJournal } from './finish-journal.ts';
import { isMovedSince } from './moved-since.ts';
import { bindNativeId, NativeIndex } from './native-index.ts';
import {
  type FilesState,
  type LoggedOperation,
  newestOperation,
  nextToTakeBack,
  type Operation,
  type SessionOutcome,
  stackAfter,
  stateOf,
  treesOf,
} from './operation-log.ts';
import { newOperation, recordOperation } from './record-operation.ts';
import { findRoot } from './root-index.ts';
import { snapshotFiles } from './root-snapshot.ts';
import { type PendingConversation, type SessionRecord, transcriptOf } from './session-record.ts';
import { SESSION_REFS, type Store } from './store.ts';

export interface UndoRequest {
  readonly root: string;
  readonly direction: 'undo' | 'redo';
  /** Also take what was changed since. */
  readonly everything: boolean;
  readonly agreed?: AgreedDeletions;
}

export interface UndoOutcome {
  /** What was taken back, as it was asked for. */
  readonly summary: string;
  readonly created: readonly RawPath[];
  readonly written: readonly RawPath[];
  readonly deleted: readonly RawPath[];
  readonly warnings: readonly string[];
}

/** Throws `not-found` where there is nothing to take back, `tree-changed` where something is blocked. */
export async function undoOperation(store: Store, request: UndoRequest): Promise<UndoOutcome> {
  const { root, direction } = request;
  return store.withRoot(root, direction, async () => {
    const warnings = await finishJournal(store, root);
    const entry = nextToTakeBack(store, root, direction);
    if (entry === undefined) {
      throw new GsessError('not-found', `Nothing to ${direction} in '${root}'`);
    }
    const { operation } = entry;
    const done =
      operation.files === undefined
        ? await takeBackRefs(store, request, entry)
        : await takeBackFiles(store, request, { entry, files: operation.files });
    return { ...done, summary: askedFor(operation), warnings: [...warnings, ...done.warnings] };
  });
}

/** What the user called the operation, however often it was taken back and put again. */
function askedFor({ summary }: Operation): string {
  return summary.replace(/^(undo|redo): /, '');
}

const NO_FILES = { created: [], written: [], deleted: [], warnings: [] };

async function takeBackRefs(
  store: Store,
  request: UndoRequest,
  entry: LoggedOperation,
): Promise<Omit<UndoOutcome, 'summary'>> {
  const operation = inverseOf(store, request, entry);
  const change = outcomeOf(store, operation, entry);
  const whole = change === undefined ? operation : { ...operation, change };
  const warnings = directoriesLeft(store, operation);
  await recordOperation(store, store.batch(), whole);
  return { ...NO_FILES, warnings };
}

/** A fork that goes may have a directory of its own; someone may be at work in it, so it stays, and is told. */
function directoriesLeft(store: Store, { root, refs }: Operation): string[] {
  return refs.flatMap(({ name, before, after }) => {
    if (before === null || after !== null || !name.startsWith(SESSION_REFS)) return [];
    const own = store.checkpoint(before).root;
    if (own === root || findRoot(store.surroundings.dataDirectory, own)?.root !== own) return [];
    return existsSync(own) ? [`the files in '${own}' stay as they are`] : [];
  });
}

async function takeBackFiles(
  store: Store,
  request: UndoRequest,
  {
    entry,
    files,
  }: { readonly entry: LoggedOperation; readonly files: NonNullable<Operation['files']> },
): Promise<Omit<UndoOutcome, 'summary'>> {
  const { root } = request;
  const batch = store.batch();
  const present = snapshotFiles(store, root, { batch });
  const since = { files, present: stateOf(present), isBegun: isBegun(store, request, entry) };
  const target = targetOf(batch, since, request);
  const plan = planFiles(store, batch, { root, present, target });
  const contents = refuseImpossible(batch, root, plan);
  refuseLargeDeletion(batch, { plan, present: stateOf(present) }, request.agreed);
  const basis = inverseOf(store, request, entry);
  const change = outcomeOf(store, basis, entry);
  const operation: Operation = {
    ...basis,
    files: { before: stateOf(present), after: target },
    ...(change === undefined ? {} : { change }),
  };
  await carryOut(store, batch, { operation, plan, contents, present });
  return { ...pathsOf(plan), warnings: [] };
}

/** The present with what the operation changed put back; throws `tree-changed` for what was changed since. */
function targetOf(
  batch: ObjectBatch,
  {
    files,
    present,
    isBegun,
  }: {
    readonly files: NonNullable<Operation['files']>;
    readonly present: FilesState;
    readonly isBegun: boolean;
  },
  { everything, direction }: UndoRequest,
): FilesState {
  const changes = diffSnapshots(batch, treesOf(files.after), treesOf(files.before));
  const since = diffSnapshots(batch, treesOf(files.after), treesOf(present));
  const blocked = changedSince(changes, isBegun ? withoutDone(since, changes) : since);
  if (blocked.length > 0 && !everything) {
    throw new GsessError(
      'tree-changed',
      `Nothing was done: ${countOf(blocked)} to ${direction} changed since: ${nameSome(blocked)}`,
      {
        hint: `'gsess ${direction} --yes' takes them too; what they hold is saved first.`,
        data: { blocked: blocked.map(jsonPath) },
      },
    );
  }
  return composeState(batch, present, { changes, target: files.before });
}

/** What was changed that the operation had changed, or that is now where something else has to come back. */
function changedSince(changes: readonly TreeChange[], since: readonly TreeChange[]): RawPath[] {
  const paths = new Set(changes.map(({ path }) => path));
  const isLeaf = ({ after }: TreeChange) => after !== undefined && after.mode !== '40000';
  const leaves = changes.filter(isLeaf).map(({ path }) => path);
  const comingBack = changes.filter(({ after }) => after !== undefined).map(({ path }) => path);
  return since
    .filter((change) => {
      const { path, after } = change;
      if (paths.has(path)) return true;
      if (after === undefined) return false;
      return (
        isBelowAny(path, leaves) ||
        (isLeaf(change) && comingBack.some((back) => isBelowAny(back, [path])))
      );
    })
    .map(({ path }) => path);
}

/** Without what one that was interrupted has brought about already. */
function withoutDone(since: readonly TreeChange[], changes: readonly TreeChange[]): TreeChange[] {
  const wanted = new Map(changes.map(({ path, after }) => [path, after]));
  return since.filter(({ path, after }) => {
    return !wanted.has(path) || !isSameEntry(after, wanted.get(path));
  });
}

/** Whether the newest of the log has begun to take it back, and was interrupted and not finished. */
function isBegun(store: Store, { root }: UndoRequest, { commit }: LoggedOperation): boolean {
  return newestOperation(store, root)?.operation.takesBack === commit;
}

const NAMED_MAX = 10;

function countOf(paths: readonly RawPath[]): string {
  return paths.length === 1 ? '1 file' : `${paths.length} files`;
}

function nameSome(paths: readonly RawPath[]): string {
  const named = paths.slice(0, NAMED_MAX).map((path) => `'${displayPath(path)}'`);
  const more = paths.length - named.length;
  return more > 0 ? `${named.join(', ')} and ${more} more` : named.join(', ');
}

function pathsOf(plan: RestorePlan) {
  return {
    created: plan.create.map(({ path }) => path),
    written: plan.write.map(({ path }) => path),
    deleted: plan.delete.map(({ path }) => path),
  };
}

/** The entry of the log that takes another back: its refs the other way round, its place in the stack. */
function inverseOf(store: Store, request: UndoRequest, entry: LoggedOperation): Operation {
  const { root, direction, everything } = request;
  const { operation, commit } = entry;
  const refs = operation.refs.map(({ name, before, after }) => {
    const present = store.refs.read(name) ?? null;
    const isBack = present === before && isBegun(store, request, entry);
    if (!everything && !isBack && isMovedSince(store, entry, { name, after, present })) {
      throw new GsessError('tree-changed', `Nothing was done: '${name}' was moved since`, {
        hint: `'gsess ${direction} --yes' takes that back too.`,
        data: { ref: name },
      });
    }
    return { name, before: present, after: before };
  });
  return newOperation(
    store,
    {
      verb: direction,
      root,
      summary: `${direction}: ${askedFor(operation)}`,
      refs,
      takesBack: commit,
    },
    stackAfter(store, root, { direction, entry }),
  );
}

/** What the session was before the operation, where it was a session that it changed. */
function outcomeOf(
  store: Store,
  inverse: Operation,
  { operation: { session, files } }: LoggedOperation,
): SessionOutcome | undefined {
  if (session === undefined || session.after === null) return undefined;
  const tip = store.tip(session.id);
  if (tip === undefined) return undefined;
  const recordAt = (id: ObjectId) => store.record(store.checkpoint(id));
  const before = recordAt(session.before);
  const after = recordAt(session.after);
  const present = recordAt(tip);
  const isMoved = JSON.stringify(before.pending) !== JSON.stringify(after.pending);
  return {
    session: session.id,
    subject: inverse.summary,
    goesBackTo: isMoved || files !== undefined ? session.before : null,
    ...(isMoved ? { pending: pendingBefore(store, { before, present, at: session.before }) } : {}),
    ...(before.name === after.name ? {} : { name: before.name }),
  };
}

/** Whether a native id that was handed out for this session still waits for its first word. */
function isUnspoken(store: Store, record: SessionRecord, nativeId: string) {
  const { agent, id } = record;
  const bound = new NativeIndex(store.surroundings.dataDirectory).find(agent, nativeId);
  return bound?.session === id && transcriptOf(record, nativeId) === undefined;
}

/** The conversation as it was: still under its own id if nothing was said since, else to be taken up under a new one. */
function pendingBefore(
  store: Store,
  state: { readonly before: SessionRecord; readonly present: SessionRecord; readonly at: ObjectId },
): PendingConversation | null {
  const { before, present, at } = state;
  const basis = before.pending?.from ?? before.activeNativeId;
  if (before.pending === null && present.activeNativeId === before.activeNativeId) return null;
  if (basis === null) return null;
  if (before.pending !== null && isUnspoken(store, present, before.pending.nativeId)) {
    return before.pending;
  }
  const bytes = before.pending?.bytes ?? transcriptOf(before, basis)?.bytes ?? 0;
  const nativeId = store.surroundings.newNativeId(before.agent);
  bindNativeId(store, { session: before.id, agent: before.agent, nativeId });
  return { nativeId, from: basis, bytes, at };
}
