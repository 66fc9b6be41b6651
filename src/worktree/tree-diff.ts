// Compares two snapshots and names every file, link and empty directory that differs. Sub-trees with equal ids are not read, so
// the cost follows the difference, not the size. A directory with something in it, if only an entry with an odd name, is never
// named: its contents are.

import { EMPTY_TREE, type ObjectId } from '../git/object-id.ts';
import { directoriesAbove, joinRaw, type RawName, type RawPath } from '../git/raw-path.ts';
import type { StoredObject } from '../git/stored-object.ts';
import type { TreeEntry, TreeMode } from '../git/tree.ts';
import { type PlacedEntry, readOddTree } from './odd-tree.ts';
import { refuseUnsafePath } from './safe-path.ts';
import { TreeLookup } from './tree-lookup.ts';

export interface ReadableObjects {
  read(id: ObjectId): StoredObject;
  readTree(id: ObjectId): readonly TreeEntry[];
}

/** Mode and id; a directory stands here only as the empty tree. */
export interface EntryState {
  readonly mode: TreeMode;
  readonly id: ObjectId;
}

/** Whether both are the same entry, or none. */
export function isSameEntry(one: EntryState | undefined, other: EntryState | undefined): boolean {
  return one?.id === other?.id && one?.mode === other?.mode;
}

export interface TreeChange {
  readonly path: RawPath;
  readonly before?: EntryState;
  readonly after?: EntryState;
}

/** The trees of one snapshot: the files, and the entries kept apart for their names. */
export interface SnapshotTrees {
  readonly tree: ObjectId;
  readonly odd?: ObjectId | undefined;
}

type Pair = { readonly before: EntryState | undefined; readonly after: EntryState | undefined };

/** Lists the differences by path, in order of bytes; undefined stands for nothing at all. */
export function diffTrees(
  objects: ReadableObjects,
  before: ObjectId | undefined,
  after: ObjectId | undefined,
): TreeChange[] {
  const changes = new Map<RawPath, TreeChange>();
  const asTree = (id: ObjectId | undefined) =>
    id === undefined ? undefined : { mode: '40000' as const, id };
  compareInto(changes, objects, {
    path: '' as RawPath,
    before: asTree(before),
    after: asTree(after),
  });
  changes.delete('' as RawPath);
  return inOrder(changes);
}

/** The same for whole snapshots, odd names included. */
export function diffSnapshots(
  objects: ReadableObjects,
  before: SnapshotTrees,
  after: SnapshotTrees,
): TreeChange[] {
  const changes = new Map<RawPath, TreeChange>();
  for (const change of diffTrees(objects, before.tree, after.tree))
    changes.set(change.path, change);
  if (before.odd === undefined && after.odd === undefined) return inOrder(changes);
  const oddBefore = readOddTree(objects, before.odd);
  const oddAfter = readOddTree(objects, after.odd);
  const pairs = new Map<RawPath, { before?: PlacedEntry; after?: PlacedEntry }>();
  for (const entry of oddBefore) pairs.set(entry.path, { before: entry });
  for (const entry of oddAfter) {
    pairs.set(entry.path, { ...pairs.get(entry.path), after: entry });
  }
  for (const [path, pair] of pairs) {
    compareInto(changes, objects, { path, before: pair.before, after: pair.after });
  }
  settleDirectories(changes, {
    before: new Side(objects, before, oddBefore),
    after: new Side(objects, after, oddAfter),
  });
  return inOrder(changes);
}

/** One of the snapshots, asked what a directory is that holds an entry with an odd name in one of them. */
class Side {
  /** The directories in which such an entry is, which may be empty in the tree of files. */
  readonly holding: ReadonlySet<RawPath>;
  readonly #lookup: TreeLookup;

  constructor(objects: ReadableObjects, trees: SnapshotTrees, odd: readonly PlacedEntry[]) {
    this.holding = new Set(odd.flatMap(({ path }) => directoriesAbove(path)));
    this.#lookup = new TreeLookup(objects, trees);
  }

  /** As it should stand among the changes, whatever is there on the other side. */
  stateOf(path: RawPath): EntryState | undefined {
    const found = this.#lookup.find(path);
    if (found?.mode !== '40000') return found;
    return found.id === EMPTY_TREE && !this.holding.has(path) ? found : undefined;
  }
}

/** Names a directory on the side on which it is empty, which the tree of files alone does not tell. */
function settleDirectories(
  changes: Map<RawPath, TreeChange>,
  { before, after }: { readonly before: Side; readonly after: Side },
): void {
  for (const path of new Set([...before.holding, ...after.holding])) {
    const isHeldByBoth = before.holding.has(path) && after.holding.has(path);
    if (isHeldByBoth && !changes.has(path)) continue;
    changes.delete(path);
    addLeaf(changes, path, { before: before.stateOf(path), after: after.stateOf(path) });
  }
}

function compareInto(
  changes: Map<RawPath, TreeChange>,
  objects: ReadableObjects,
  { path, before, after }: Pair & { readonly path: RawPath },
): void {
  if (isSameEntry(before, after)) return;
  const old = childrenOf(objects, before);
  const now = childrenOf(objects, after);
  addLeaf(changes, path, {
    before: old.size === 0 ? before : undefined,
    after: now.size === 0 ? after : undefined,
  });
  for (const [name, entry] of old) {
    compareInto(changes, objects, {
      path: joinRaw(path, name),
      before: entry,
      after: now.get(name),
    });
  }
  for (const [name, entry] of now) {
    if (old.has(name)) continue;
    compareInto(changes, objects, { path: joinRaw(path, name), before: undefined, after: entry });
  }
}

/** A path may come from both halves: `.gitmodules` is plain or odd by its content. */
function addLeaf(changes: Map<RawPath, TreeChange>, path: RawPath, { before, after }: Pair): void {
  const known = changes.get(path);
  const left = before ?? known?.before;
  const right = after ?? known?.after;
  if (left === undefined && right === undefined) return;
  changes.set(path, {
    path,
    ...(left === undefined ? {} : { before: stateOf(left) }),
    ...(right === undefined ? {} : { after: stateOf(right) }),
  });
}

function stateOf({ mode, id }: EntryState): EntryState {
  return { mode, id };
}

function childrenOf(
  objects: ReadableObjects,
  entry: EntryState | undefined,
): Map<RawName, TreeEntry> {
  const children = new Map<RawName, TreeEntry>();
  if (entry === undefined || entry.mode !== '40000' || entry.id === EMPTY_TREE) return children;
  for (const child of objects.readTree(entry.id)) {
    refuseUnsafePath(child.name, { lookAlikes: 'refused' });
    children.set(child.name, child);
  }
  return children;
}

function inOrder(changes: Map<RawPath, TreeChange>): TreeChange[] {
  return [...changes.values()].sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
}
