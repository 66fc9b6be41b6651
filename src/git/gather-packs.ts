// Puts small packs together, so that a store does not come to consist of thousands: every write leaves one. Each object of theirs comes
// into the new pack, reached or not, and its age with it; nothing is lost, so nobody who writes or reads has to wait, and no prune gate
// is needed. A pack is taken only if it is small beside the smaller ones together, so each byte is written again a few times in all
// and one go takes a bounded time. The new pack is durable and visible before the first old one goes; a crash in between
// leaves both, and the next go takes the old ones away.

import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { PackCopy, removePack } from './copy-packs.ts';
import { syncDirectory } from './durable-file.ts';
import { Marks } from './mark-reachable.ts';
import type { ObjectId } from './object-id.ts';
import type { ObjectStore } from './object-store.ts';
import { PackIndex } from './pack-index.ts';
import { type PackOnDisk, packsOnDisk } from './stored-files.ts';
import { newestFirst } from './write-packs.ts';

export interface GatherOptions {
  /** Larger packs stay as they are. */
  readonly bytesMax: number;
  readonly freeBytes: (directory: string) => number;
}

/** Packs up to this size are taken whatever stands beside them, and their objects become deltas. */
const SMALL_BYTES_MAX = 64 * 1024;

/** Returns how many packs became one; 0 if there was nothing to gather. */
export async function gatherPacks(objects: ObjectStore, options: GatherOptions): Promise<number> {
  const { objectsDirectory } = objects;
  const chosen = chooseSmall(packsOnDisk(objectsDirectory), options.bytesMax);
  const bytes = chosen.reduce((sum, pack) => sum + pack.bytes, 0);
  if (chosen.length < 2 || options.freeBytes(objectsDirectory) < bytes) return 0;
  const path = await writeTogether(objects, chosen);
  const index = new PackIndex(`${path.slice(0, -'.pack'.length)}.idx`);
  const replaced = chosen.filter((pack) => pack.path !== path && isHeldBy(pack, index));
  removeReplaced(objectsDirectory, replaced);
  objects.rescan();
  return chosen.length;
}

/** The small ones, and each larger one that is no more than twice as large as all that are smaller. */
export function chooseSmall<T extends Pick<PackOnDisk, 'packBytes' | 'isKept'>>(
  packs: readonly T[],
  bytesMax: number,
): T[] {
  const chosen: T[] = [];
  let bytes = 0;
  const mayGo = packs.filter((pack) => !pack.isKept && pack.packBytes <= bytesMax);
  for (const pack of mayGo.toSorted((a, b) => a.packBytes - b.packBytes)) {
    const isSmall = pack.packBytes <= SMALL_BYTES_MAX || pack.packBytes <= bytes * 2;
    if (!isSmall || bytes + pack.packBytes > 2 * bytesMax) break;
    chosen.push(pack);
    bytes += pack.packBytes;
  }
  return chosen;
}

async function writeTogether(objects: ObjectStore, packs: readonly PackOnDisk[]): Promise<string> {
  const copied = new PackCopy(objects);
  try {
    const isSmall = ({ packBytes }: PackOnDisk) => packBytes <= SMALL_BYTES_MAX;
    for (const pack of packs) {
      if (isSmall(pack)) continue;
      for (const _ of copied.addPack(pack, () => true));
    }
    const ids = new Set(packs.filter(isSmall).flatMap(({ index }) => [...index.ids()]));
    const marks = await placesOf(objects, ids);
    const rest = [...ids].filter((id) => !copied.has(id));
    for (const position of newestFirst(objects, rest, marks)) {
      copied.add(marks.ids.at(position), marks.placeAt(position));
    }
    const [path = ''] = copied.publish(Math.max(...packs.map(({ bornAt }) => bornAt)));
    return path;
  } catch (error) {
    copied.discard();
    throw error;
  }
}

/** Where each of these objects stands in its commit: found from the commits among them that no other follows. */
async function placesOf(objects: ObjectStore, ids: ReadonlySet<ObjectId>): Promise<Marks> {
  const parents = new Set<ObjectId>();
  const commits: ObjectId[] = [];
  for (const id of ids) {
    if (objects.sizeOf(id).type !== 'commit') continue;
    commits.push(id);
    for (const parent of objects.readCommit(id).parents) parents.add(parent);
  }
  const marks = new Marks(objects, { isWithin: (id) => ids.has(id) });
  await marks.markIfThere(commits.filter((id) => !parents.has(id)));
  await marks.markIfThere(ids);
  return marks;
}

function isHeldBy({ index }: PackOnDisk, gathered: PackIndex): boolean {
  for (const id of index.ids()) if (gathered.offsetOf(id) === undefined) return false;
  return true;
}

function removeReplaced(objectsDirectory: string, packs: readonly PackOnDisk[]): void {
  const directory = join(objectsDirectory, 'pack');
  // Git would look for the objects in packs that are gone.
  rmSync(join(directory, 'multi-pack-index'), { force: true });
  for (const { path } of packs) {
    // Somebody wants it kept since.
    if (existsSync(`${path.slice(0, -'.pack'.length)}.keep`)) continue;
    removePack(path);
  }
  syncDirectory(directory);
}
