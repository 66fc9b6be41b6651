// Whether a plan takes away so much that it is asked about by itself: a restore to the wrong moment shows by what it deletes. Decides
// only; who is asked, and what a yes looks like, is not known here.

import type { TreeEntry } from '../git/tree.ts';
import { readOddTree } from './odd-tree.ts';
import type { ReadableObjects, SnapshotTrees } from './tree-diff.ts';

export interface Deletion {
  readonly deleted: number;
  /** How many files there are now, those included. */
  readonly of: number;
}

/** More than this is much whatever there is. */
const DELETED_MAX = 100;
/** Fewer than this is little, even where it is all there is. */
const DELETED_MIN = 5;

/** More than a hundred files, or more than half of them where that is five or more. */
export function isLargeDeletion({ deleted, of }: Deletion): boolean {
  if (deleted < DELETED_MIN) return false;
  return deleted > DELETED_MAX || deleted * 2 > of;
}

/** How many files and links a snapshot holds. */
export function countEntries(objects: ReadableObjects, { tree, odd }: SnapshotTrees): number {
  return countOf(objects, [...objects.readTree(tree), ...readOddTree(objects, odd)]);
}

function countOf(
  objects: ReadableObjects,
  entries: readonly Pick<TreeEntry, 'mode' | 'id'>[],
): number {
  let count = 0;
  for (const { mode, id } of entries) {
    count += mode === '40000' ? countOf(objects, objects.readTree(id)) : 1;
  }
  return count;
}
