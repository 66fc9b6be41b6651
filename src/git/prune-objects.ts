// Removes what nothing reaches: loose objects, and packs whose remaining objects stand in new ones. All of it while nobody writes,
// in slices: at the beginning of each the refs are read anew, and what they have come to reach stays. A crash between any two
// calls leaves at most a copy too many.

import { lstatSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { removePack } from './copy-packs.ts';
import { syncDirectory, syncIfThere } from './durable-file.ts';
import { loosePath } from './loose-object.ts';
import type { Marks } from './mark-reachable.ts';
import type { ObjectId } from './object-id.ts';
import type { LooseOnDisk, PackOnDisk } from './stored-files.ts';

/** One slice of removing, as `PruneGate.withPruning` gives it. */
export type PruneSlice = <T>(fn: (isOver: () => boolean) => Promise<T>) => Promise<T>;

export interface PruneRequest {
  readonly objectsDirectory: string;
  readonly marks: Marks;
  /** Marks what is reached now and was not when the marks were made. */
  readonly markAnew: () => Promise<void>;
  /** Packs that were written anew, and what stands in the new ones. */
  readonly replaced: readonly PackOnDisk[];
  readonly isInNewPack: (id: ObjectId) => boolean;
  /** Loose objects that nothing reached, old enough to go. */
  readonly loose: readonly LooseOnDisk[];
  /** Called before the first object goes, each time. */
  readonly beforeRemoval: () => void;
  readonly slice: PruneSlice;
}

export interface Pruned {
  readonly objects: number;
  /** Packs that had to stay, since something in them is wanted again. */
  readonly packsKept: readonly string[];
}

/** What git derives from commits and packs, and would take for true when they are gone. */
const DERIVED = [
  'info/commit-graph',
  'info/commit-graphs',
  'info/packs',
  'pack/multi-pack-index',
] as const;

export async function pruneObjects(request: PruneRequest): Promise<Pruned> {
  const { replaced, loose, slice } = request;
  if (replaced.length === 0 && loose.length === 0) return { objects: 0, packsKept: [] };
  let objects = 0;
  const packsKept: string[] = [];
  const packs = [...replaced];
  let next = 0;
  while (packs.length > 0 || next < loose.length) {
    await slice(async (isOver) => {
      await request.markAnew();
      request.beforeRemoval();
      removeDerived(request.objectsDirectory);
      objects += removePacks(request, packs.splice(0), packsKept);
      do {
        const object = loose[next];
        next += 1;
        if (object !== undefined && removeLoose(request, object)) objects += 1;
      } while (next < loose.length && !isOver());
    });
  }
  if (loose.length > 0) syncRemovals(request.objectsDirectory, loose);
  return { objects, packsKept };
}

/** What was to be erased must not come back after a power cut. */
function syncRemovals(objectsDirectory: string, loose: readonly LooseOnDisk[]): void {
  const directories = new Set(loose.map(({ id }) => dirname(loosePath(objectsDirectory, id))));
  for (const directory of directories) syncIfThere(directory);
  syncDirectory(objectsDirectory);
}

/** Removes packs of which everything that is reached stands in a new one; returns how many objects went with them. */
function removePacks(
  { objectsDirectory, marks, isInNewPack }: PruneRequest,
  packs: readonly PackOnDisk[],
  kept: string[],
): number {
  let objects = 0;
  for (const { path, index, name } of packs) {
    let gone = 0;
    let isWanted = false;
    for (const id of index.ids()) {
      if (isInNewPack(id)) continue;
      isWanted = marks.ids.has(id);
      if (isWanted) break;
      gone += 1;
    }
    if (isWanted) {
      kept.push(name);
      continue;
    }
    removePack(path);
    objects += gone;
  }
  if (packs.length > 0) syncDirectory(join(objectsDirectory, 'pack'));
  return objects;
}

function removeLoose({ objectsDirectory, marks }: PruneRequest, object: LooseOnDisk): boolean {
  if (marks.ids.has(object.id)) return false;
  const path = loosePath(objectsDirectory, object.id);
  const stat = lstatSync(path, { throwIfNoEntry: false });
  // One that was marked as new since is in the hands of somebody who does not know of the gate, such as git.
  if (stat === undefined || stat.mtimeMs !== object.changedAt) return false;
  removeLooseFile(path);
  return true;
}

/** Removes a loose object and its directory, if that is empty now. */
export function removeLooseFile(path: string): void {
  rmSync(path, { force: true });
  try {
    rmdirSync(dirname(path));
  } catch (error) {
    if (!isSystemError(error, 'ENOTEMPTY', 'EEXIST', 'ENOENT')) throw error;
  }
}

function removeDerived(objectsDirectory: string): void {
  for (const name of DERIVED)
    rmSync(join(objectsDirectory, name), { recursive: true, force: true });
}
