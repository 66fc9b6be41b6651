// What a restore and an undo should make of the files, said in one sentence each. A restore: what the target holds, and what is not
// gsess's to touch; if these two contradict each other, nothing at all happens. An undo: the same, with as target the present
// in which what the operation changed is as it was before.

import { covered, isIgnored } from './left-out.ts';
import {
  above,
  DIRECTORY,
  hasBelow,
  isAtOrBelow,
  isBelow,
  isDirectory,
  settled,
  type Tree,
} from './tree-oracle.ts';

export interface RestoreTarget {
  /** What the checkpoint holds. */
  readonly files: Tree;
  /** What was there and was left out of it. */
  readonly leftOut: ReadonlySet<string>;
}

/** The disk afterwards, or 'blocked'. */
export function afterRestore(disk: Tree, { files, leftOut }: RestoreTarget): Tree | 'blocked' {
  const untouched = new Map(
    [...disk].filter(([path, entry]) => {
      if (!covered(disk).has(path)) return true;
      if (files.has(path)) return false;
      if (isIgnored(files, path, isDirectory(entry))) return true;
      return [path, ...above(path)].some((place) => leftOut.has(place));
    }),
  );
  for (const [path, entry] of untouched) {
    const wanted = files.get(path);
    if (wanted !== undefined && wanted !== entry && !(isDirectory(wanted) && isDirectory(entry)))
      return 'blocked';
    if (!isDirectory(entry) && hasBelow(files, path)) return 'blocked';
    for (const directory of above(path)) {
      const inTheWay = files.get(directory);
      if (inTheWay !== undefined && !isDirectory(inTheWay)) return 'blocked';
    }
  }
  return settled([...files, ...untouched]);
}

/** The present, but what lies at or below a path as the target has it. */
export function narrowed(disk: Tree, files: Tree, within: string): Map<string, string> {
  const kept = [...covered(disk)].filter(([path]) => !isAtOrBelow(path, within));
  const taken = [...files].filter(([path]) => isAtOrBelow(path, within));
  return settled([...kept, ...taken]);
}

export interface Change {
  readonly before: Tree;
  readonly after: Tree;
}

/** The present with a change taken back, and the paths of it that were changed since. */
export function takenBack(
  disk: Tree,
  { before, after }: Change,
): { readonly files: Map<string, string>; readonly changedSince: string[] } {
  const present = covered(disk);
  const paths = [...new Set([...before.keys(), ...after.keys()])];
  const changes = paths.filter((path) => before.get(path) !== after.get(path));
  const files = new Map(present);
  for (const path of changes) files.delete(path);
  const restored = changes.filter((path) => before.has(path));
  // A file cannot be where a directory is needed, nor the other way round; whoever made it since is in the way.
  const inTheWay = [...files.keys()].filter((path) =>
    restored.some(
      (wanted) =>
        (isBelow(path, wanted) && !isDirectory(before.get(wanted))) ||
        (isBelow(wanted, path) && !isDirectory(files.get(path))),
    ),
  );
  for (const path of inTheWay) files.delete(path);
  for (const path of restored) files.set(path, before.get(path) ?? '');
  const changed = changes.filter((path) => present.get(path) !== after.get(path));
  const changedSince = [...changed, ...inTheWay];
  return { files: settled(files), changedSince };
}

/** Whether so much would be deleted that a general yes is no yes to it: more than half, and not just a few. */
export function deletesMuch(disk: Tree, expected: Tree): boolean {
  const leaves = [...covered(disk)].filter(([, entry]) => !isDirectory(entry));
  const deleted = leaves.filter(([path]) => isDirectory(expected.get(path) ?? DIRECTORY));
  return deleted.length >= 5 && deleted.length * 2 > leaves.length;
}
