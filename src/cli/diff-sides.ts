// Which two states of the files are compared, by what the user wrote: moments of a session, or a moment and the disk.

import { GsessError } from '../errors.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import { snapshotOf } from '../session/file-changes.ts';
import type { Reading } from '../session/reference.ts';
import { snapshotFiles } from '../session/root-snapshot.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import type { Store } from '../session/store.ts';
import { listTags } from '../session/tag.ts';
import type { BlobReader } from '../worktree/file-diff.ts';
import type { ReadableObjects, SnapshotTrees } from '../worktree/tree-diff.ts';
import type { Subject, Workspace } from './workspace.ts';

export interface DiffSides {
  /** Undefined stands for nothing at all. */
  readonly before: SnapshotTrees | undefined;
  readonly after: SnapshotTrees;
  readonly objects: ReadableObjects & BlobReader;
  /** Where the files are now; paths that the user gives are looked for below it. */
  readonly root: string;
  readonly warnings: readonly string[];
}

export interface DiffRequest {
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly now: boolean;
  readonly reading: Reading | undefined;
}

/** Finds both sides, hands them to `use`, and forgets what was read from the disk for it. */
export async function withDiffSides<T>(
  workspace: Workspace,
  request: DiffRequest,
  use: (sides: DiffSides) => Promise<T>,
): Promise<T> {
  const { from, to, now, reading } = request;
  if (now && to !== undefined) {
    throw new GsessError('usage', '--now compares one checkpoint with the disk, not two', {
      hint: `See 'gsess help diff'.`,
    });
  }
  const find = (text: string | undefined) => workspace.subject(text, { changes: false, reading });
  if (now) return withDisk(workspace.store, find(from), use);
  if (from === undefined || to === undefined) return use(ofOneMoment(workspace, from, find(from)));
  const [first, second] = [from, to].map(find);
  if (first === undefined || second === undefined) throw new Error('two words name two moments');
  return use(
    sidesBetween(workspace.store, {
      before: first.checkpoint,
      after: second.checkpoint,
      session: second.session,
    }),
  );
}

/** A whole turn, the last turn of a session, or a single checkpoint. */
function ofOneMoment(workspace: Workspace, text: string | undefined, named: Subject): DiffSides {
  const { store } = workspace;
  const { checkpoint, session, isSession } = named;
  if (isSession) return sidesBetween(store, { ...lastTurn(workspace, session), session });
  const isTurn = /@\d+$/.test(text ?? '') && !listTags(store).some(({ name }) => name === text);
  const before = isTurn ? beginningOf(store, checkpoint) : parentOf(store, checkpoint);
  return sidesBetween(store, { before, after: checkpoint, session });
}

/** The end of the last turn and the end of the one before it; what people did in between is part of the difference. */
function lastTurn(
  workspace: Workspace,
  { id, turns }: SessionSummary,
): { readonly before: Checkpoint | undefined; readonly after: Checkpoint } {
  const { store } = workspace;
  if (turns === 0) {
    throw new GsessError('not-found', `Session '${id}' has no turn yet`, {
      hint: `'gsess diff --now' compares its files with the disk.`,
    });
  }
  const endOf = (turn: number) =>
    workspace.checkpoint(`${id}@${turn}`, { changes: false }).checkpoint;
  const after = endOf(turns);
  for (const checkpoint of store.history(after.id)) {
    if (checkpoint.turn >= turns) continue;
    return { before: checkpoint.turn > 0 ? endOf(checkpoint.turn) : checkpoint, after };
  }
  return { before: beginningOf(store, after), after };
}

/** The moment its turn began: nothing was done then. */
function beginningOf(store: Store, end: Checkpoint): Checkpoint {
  let first = end;
  for (const checkpoint of store.history(end.id)) {
    if (checkpoint.turn !== end.turn) break;
    first = checkpoint;
    if (checkpoint.kind === 'prompt') break;
  }
  return first;
}

function parentOf(store: Store, { parents: [parent] }: Checkpoint): Checkpoint | undefined {
  return parent === undefined ? undefined : store.checkpoint(parent);
}

/** What lies between two moments; throws `guard` for one that holds no files. */
export function sidesBetween(
  store: Store,
  {
    before,
    after,
    session,
  }: {
    readonly before: Checkpoint | undefined;
    readonly after: Checkpoint;
    readonly session: SessionSummary;
  },
): DiffSides {
  for (const side of [before, after]) if (side !== undefined) refuseWithoutFiles(side);
  return {
    before: before && snapshotOf(store, before),
    after: snapshotOf(store, after),
    objects: store.objects,
    root: store.presentRoot(session.root),
    warnings: [before, after].flatMap((side) => (side?.files === 'partial' ? [partial(side)] : [])),
  };
}

/** The moment and the files on the disk; what was read for it is forgotten. */
export async function withDisk<T>(
  store: Store,
  { checkpoint, session }: Pick<Subject, 'checkpoint' | 'session'>,
  use: (sides: DiffSides) => Promise<T>,
): Promise<T> {
  refuseWithoutFiles(checkpoint);
  const root = store.presentRoot(session.root);
  const batch = store.batch();
  try {
    const { content, coverage } = snapshotFiles(store, root, { batch });
    const isPartial = coverage === 'partial';
    return await use({
      before: snapshotOf(store, checkpoint),
      after: { tree: content.files, odd: content.odd },
      objects: {
        read: (id) => batch.read(id),
        readTree: (id) => batch.readTree(id),
        sizeOf: (id) => ({ type: 'blob', size: batch.sizeOf(id) }),
      },
      root,
      warnings: isPartial ? ['Some files on the disk could not be read'] : [],
    });
  } finally {
    batch.discard();
  }
}

function refuseWithoutFiles({ id, files }: Checkpoint): void {
  if (files !== 'none') return;
  throw new GsessError('guard', `Checkpoint '${id.slice(0, 10)}' holds no files`, {
    hint: `'gsess show ${id.slice(0, 10)}' says why.`,
  });
}

function partial({ id }: Checkpoint): string {
  return `Checkpoint '${id.slice(0, 10)}' lacks files that could not be read`;
}
