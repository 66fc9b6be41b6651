// What a checkpoint did to the files: compared with its first parent, the moment before it. A checkpoint that holds no files tells nothing
// of them, so nothing is listed where either side holds none; what a rule leaves out is in neither.

import { EMPTY_TREE } from '../git/object-id.ts';
import type { RawPath } from '../git/raw-path.ts';
import {
  diffSnapshots,
  type EntryState,
  type ReadableObjects,
  type SnapshotTrees,
  type TreeChange,
} from '../worktree/tree-diff.ts';
import type { Checkpoint } from './checkpoint.ts';
import { filesOf } from './session-change.ts';
import type { SessionSummary } from './session-summary.ts';
import type { Store } from './store.ts';

export interface FileChanges {
  readonly added: readonly RawPath[];
  readonly modified: readonly RawPath[];
  readonly deleted: readonly RawPath[];
}

export const NO_CHANGES: FileChanges = { added: [], modified: [], deleted: [] };

/** The files of a checkpoint, odd names included. */
export function snapshotOf(store: Store, checkpoint: Pick<Checkpoint, 'tree'>): SnapshotTrees {
  const { files: tree, odd } = filesOf(store, checkpoint);
  return { tree, odd };
}

/** Lists the files that a checkpoint added, modified and deleted; all its files where it has no parent. */
export function changesOf(store: Store, checkpoint: Checkpoint): FileChanges {
  const [parentId] = checkpoint.parents;
  const parent = parentId === undefined ? undefined : store.checkpoint(parentId);
  if (checkpoint.files === 'none' || parent?.files === 'none') return NO_CHANGES;
  const before = parent === undefined ? undefined : snapshotOf(store, parent);
  return groupChanges(compareFiles(store.objects, before, snapshotOf(store, checkpoint)));
}

/** What became of the files in a session, from its first look at them to its last. What went and came back is no change. */
export function changesInSession(
  store: Store,
  { id, tip }: Pick<SessionSummary, 'id' | 'tip'>,
): FileChanges {
  const last = store.checkpoint(tip);
  let first: Checkpoint | undefined;
  for (const checkpoint of store.history(tip)) {
    if (checkpoint.session !== id) break;
    if (checkpoint.files !== 'none') first = checkpoint;
  }
  if (first === undefined || last.files === 'none') return NO_CHANGES;
  const [before, after] = [snapshotOf(store, first), snapshotOf(store, last)];
  return groupChanges(compareFiles(store.objects, before, after));
}

/**
 * The differences of two snapshots; undefined stands for nothing at all. An empty directory that something was put into, or that
 * was emptied, is no difference of its own: the files in it are.
 */
export function compareFiles(
  objects: ReadableObjects,
  before: SnapshotTrees | undefined,
  after: SnapshotTrees,
): TreeChange[] {
  const changes = diffSnapshots(objects, before ?? { tree: EMPTY_TREE }, after);
  return changes.filter((change, index) => {
    if (change.path === '') return false;
    if (isFile(change.before) || isFile(change.after)) return true;
    // What lies in it comes later in the order of bytes, though not always next.
    const inside = `${change.path}/`;
    for (let next = index + 1; next < changes.length; next += 1) {
      const path = changes[next]?.path ?? '';
      if (path.startsWith(inside)) return false;
      if (!path.startsWith(change.path)) break;
    }
    return true;
  });
}

function groupChanges(changes: readonly TreeChange[]): FileChanges {
  const added: RawPath[] = [];
  const modified: RawPath[] = [];
  const deleted: RawPath[] = [];
  for (const { path, before, after } of changes) {
    if (isFile(before) && isFile(after)) modified.push(path);
    else if (isFile(after)) added.push(path);
    else if (isFile(before)) deleted.push(path);
  }
  return { added, modified, deleted };
}

/** A file or a link; a directory stands among the changes only while it is empty. */
function isFile(state: EntryState | undefined): boolean {
  return state !== undefined && state.mode !== '40000';
}
