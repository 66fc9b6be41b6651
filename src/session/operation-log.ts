// The operation log of one root: what gsess changed on a person's word, newest last, each entry a commit under
// `refs/gsess/ops/<root>` whose first parent is the entry before. An entry holds, by reference, everything its undoing needs (the
// files before and after, the commits its refs moved between), so no gc of git's can take it away. Captures are not in it.
//
// What undo takes next is a stack threaded through the entries: `undoTop` is the entry that undo would take back after this one,
// `redoTop` the undo that redo would take back. A new operation ends what could be redone, as everywhere.

import { GsessError } from '../errors.ts';
import { encodeCommit } from '../git/commit.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { type ObjectId, parseObjectId } from '../git/object-id.ts';
import { rawName } from '../git/raw-path.ts';
import type { RefEdit } from '../git/ref-store.ts';
import { formatMessage } from '../git/trailers.ts';
import { encodeTree, type TreeEntry } from '../git/tree.ts';
import type { SnapshotTrees } from '../worktree/tree-diff.ts';
import { gsessSignature } from './gsess-signature.ts';
import { shortHash } from './project.ts';
import { putJson } from './put-json.ts';
import type { SessionId } from './session-id.ts';
import type { PendingConversation } from './session-record.ts';
import type { Store } from './store.ts';

export type OperationVerb =
  | 'restore'
  | 'tag'
  | 'untag'
  | 'fork'
  | 'rename'
  | 'delete'
  | 'import'
  | 'undo'
  | 'redo';

/** The trees of a snapshot. */
export interface FilesState {
  readonly files: ObjectId;
  readonly odd?: ObjectId;
}

export interface SessionOutcome {
  readonly session: SessionId;
  readonly subject: string;
  /** The checkpoint that it went back to. */
  readonly goesBackTo: ObjectId | null;
  /** The conversation that waits to be taken up; absent where the conversation stays as it is. */
  readonly pending?: PendingConversation | null;
  readonly name?: string | null;
}

export interface Operation {
  /** Unique; stands in the trailers of the checkpoint that the operation made. */
  readonly id: string;
  readonly verb: OperationVerb;
  readonly at: string;
  readonly root: string;
  /** What was asked for, in one line: `restore @1`. */
  readonly summary: string;
  /** The session it changed, between these two checkpoints. */
  readonly session?: {
    readonly id: SessionId;
    readonly before: ObjectId;
    readonly after: ObjectId | null;
  };
  /** Refs it made, moved or removed; null where there was none. */
  readonly refs: readonly {
    readonly name: string;
    readonly before: ObjectId | null;
    readonly after: ObjectId | null;
  }[];
  /** The files it changed; `after` is what it means to reach while it is under way. */
  readonly files?: {
    readonly before: FilesState;
    readonly after: FilesState;
  };
  /** What becomes of the session once the files are in place; enough for a recovery to finish what was begun. */
  readonly change?: SessionOutcome;
  /** The entry of the log that this one takes back. */
  readonly takesBack?: ObjectId;
  /** The undo that this one takes back, for redo. */
  readonly undoBelow: ObjectId | null;
  readonly redoBelow: ObjectId | null;
  readonly undoTop: ObjectId | 'self' | null;
  readonly redoTop: ObjectId | 'self' | null;
}

/** The same as the comparison of snapshots takes it. */
export function treesOf({ files, odd }: FilesState): SnapshotTrees {
  return { tree: files, odd };
}

/** The trees of a snapshot, as an operation names them. */
export function stateOf({ content }: { readonly content: FilesState }): FilesState {
  const { files, odd } = content;
  return odd === undefined ? { files } : { files, odd };
}

export interface LoggedOperation {
  readonly commit: ObjectId;
  readonly operation: Operation;
}

export function operationsRef(root: string): string {
  return `refs/gsess/ops/${shortHash(root)}`;
}

export function journalRef(root: string): string {
  return `refs/gsess/journal/${shortHash(root)}`;
}

/** Where the old value of a removed or moved ref is kept, so that nothing that undo needs is ever unreferenced. */
export function trashRef(operationId: string, refName: string): string {
  return `refs/gsess/trash/${operationId}/${refName.replace(/^refs\//, '')}`;
}

/** The newest entry of the log of a root. */
export function newestOperation(store: Store, root: string): LoggedOperation | undefined {
  const commit = store.refs.read(operationsRef(root));
  return commit === undefined ? undefined : { commit, operation: readOperation(store, commit) };
}

export function readOperation(store: Store, commit: ObjectId): Operation {
  const entry = store.objects
    .readTree(store.objects.readCommit(commit).tree)
    .find(({ name }) => name === 'operation.json');
  if (entry === undefined) {
    throw new GsessError('store-damaged', `Cannot read operation '${commit}'`);
  }
  return JSON.parse(store.objects.read(entry.id).content.toString('utf8')) as Operation;
}

/** The entry that undo, or redo, would take back now. */
export function nextToTakeBack(
  store: Store,
  root: string,
  direction: 'undo' | 'redo',
): LoggedOperation | undefined {
  const newest = newestOperation(store, root);
  if (newest === undefined) return undefined;
  const top = direction === 'undo' ? newest.operation.undoTop : newest.operation.redoTop;
  if (top === null) return undefined;
  const commit = top === 'self' ? newest.commit : parseObjectId(top);
  return { commit, operation: readOperation(store, commit) };
}

/** How the stack stands after an operation of its own right, after an undo, after a redo. */
export function stackAfter(
  store: Store,
  root: string,
  takenBack?: { readonly direction: 'undo' | 'redo'; readonly entry: LoggedOperation },
): Pick<Operation, 'undoBelow' | 'redoBelow' | 'undoTop' | 'redoTop'> {
  const newest = newestOperation(store, root);
  const undoTop = resolveTop(newest, 'undoTop');
  if (takenBack === undefined) {
    return { undoBelow: undoTop, redoBelow: null, undoTop: 'self', redoTop: null };
  }
  const { entry, direction } = takenBack;
  const redoTop = resolveTop(newest, 'redoTop');
  if (direction === 'undo') {
    const below = entry.operation.undoBelow;
    return { undoBelow: null, redoBelow: redoTop, undoTop: below, redoTop: 'self' };
  }
  const below = entry.operation.redoBelow;
  return { undoBelow: undoTop, redoBelow: null, undoTop: 'self', redoTop: below };
}

/** How it stands after one that is entered for what it changed, and moves nothing on the stack. */
export function stackAsBefore(
  store: Store,
  root: string,
): Pick<Operation, 'undoBelow' | 'redoBelow' | 'undoTop' | 'redoTop'> {
  const newest = newestOperation(store, root);
  return {
    undoBelow: null,
    redoBelow: null,
    undoTop: resolveTop(newest, 'undoTop'),
    redoTop: resolveTop(newest, 'redoTop'),
  };
}

function resolveTop(
  newest: LoggedOperation | undefined,
  which: 'undoTop' | 'redoTop',
): ObjectId | null {
  const top = newest?.operation[which] ?? null;
  return top === 'self' ? (newest?.commit ?? null) : top;
}

/** Writes an entry into the batch; nothing points at it yet. `holdsRefs`: what the refs are to move to is held by it too. */
export function putOperation(
  store: Store,
  batch: ObjectBatch,
  operation: Operation,
  { holdsRefs = false }: { readonly holdsRefs?: boolean } = {},
): ObjectId {
  const entries: TreeEntry[] = [
    {
      name: rawName('operation.json'),
      mode: '100644',
      id: putJson(batch, operation),
    },
  ];
  for (const side of ['before', 'after'] as const) {
    const state = operation.files?.[side];
    if (state === undefined) continue;
    entries.push({ name: rawName(side), mode: '40000', id: state.files });
    if (state.odd !== undefined) {
      entries.push({ name: rawName(`${side}-odd`), mode: '40000', id: state.odd });
    }
  }
  const signature = gsessSignature(store.surroundings.now());
  return batch.put(
    'commit',
    encodeCommit({
      tree: batch.put('tree', encodeTree(entries)),
      parents: [
        ...new Set([
          ...parentsOf(operation, store.refs.read(operationsRef(operation.root))),
          ...(holdsRefs ? targetsOf(batch, operation) : []),
        ]),
      ],
      author: signature,
      committer: signature,
      message: formatMessage(operation.summary, '', [
        ['Gsess-Operation', operation.id],
        ['Gsess-Verb', operation.verb],
      ]),
    }),
  );
}

/** The entry before it comes first; the checkpoints it moved between are held too. */
export function parentsOf({ session }: Operation, previous: ObjectId | undefined): ObjectId[] {
  const held = [previous, session?.before, session?.after].filter(
    (id): id is ObjectId => id !== undefined && id !== null,
  );
  return [...new Set(held)];
}

/** Only commits can be parents. */
function targetsOf(batch: ObjectBatch, { refs }: Operation): ObjectId[] {
  return refs.flatMap(({ after }) =>
    after !== null && batch.read(after).type === 'commit' ? [after] : [],
  );
}

/** The move that enters an operation into the log; the expected value makes two at once impossible. */
export function logEdit(store: Store, root: string, commit: ObjectId): RefEdit {
  const name = operationsRef(root);
  return { name, value: commit, expect: store.refs.read(name) ?? 'absent' };
}
