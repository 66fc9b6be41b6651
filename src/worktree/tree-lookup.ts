// Finds single paths in a snapshot. Each directory on the way is read once.

import type { ObjectId } from '../git/object-id.ts';
import type { RawName, RawPath } from '../git/raw-path.ts';
import type { TreeEntry } from '../git/tree.ts';
import { readOddTree } from './odd-tree.ts';
import type { EntryState, ReadableObjects, SnapshotTrees } from './tree-diff.ts';

export class TreeLookup {
  readonly #objects: ReadableObjects;
  readonly #root: EntryState;
  readonly #odd: ReadonlyMap<RawPath, EntryState>;
  readonly #directories = new Map<ObjectId, Map<RawName, TreeEntry>>();

  constructor(objects: ReadableObjects, { tree, odd }: SnapshotTrees) {
    this.#objects = objects;
    this.#root = { mode: '40000', id: tree };
    this.#odd = new Map(readOddTree(objects, odd).map((entry) => [entry.path, entry]));
  }

  /** The entry at the path; undefined if the snapshot has none. */
  find(path: RawPath): EntryState | undefined {
    if (path === '') return this.#root;
    const odd = this.#odd.get(path);
    if (odd !== undefined) return odd;
    const slash = path.lastIndexOf('/');
    const above = this.find(path.slice(0, Math.max(0, slash)) as RawPath);
    if (above?.mode !== '40000') return undefined;
    return this.#entries(above.id).get(path.slice(slash + 1) as RawName);
  }

  /** The bytes of the plain file at the path; undefined if there is none. */
  readFile(path: RawPath): Buffer | undefined {
    const entry = this.find(path);
    if (entry === undefined || entry.mode === '40000' || entry.mode === '120000') return undefined;
    return this.#objects.read(entry.id).content;
  }

  #entries(id: ObjectId): Map<RawName, TreeEntry> {
    const known = this.#directories.get(id);
    if (known !== undefined) return known;
    const entries = new Map(this.#objects.readTree(id).map((entry) => [entry.name, entry]));
    this.#directories.set(id, entries);
    return entries;
  }
}
