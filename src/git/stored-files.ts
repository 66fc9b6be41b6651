// The files that hold the objects of a store, with their sizes and ages.

import { existsSync, lstatSync, type Stats } from 'node:fs';
import { basename, join } from 'node:path';
import { directoryNames } from './directory-names.ts';
import { looseIds, loosePath } from './loose-object.ts';
import type { ObjectId } from './object-id.ts';
import type { PackIndex } from './pack-index.ts';
import { PackList } from './pack-list.ts';
import { objectDamaged } from './stored-object.ts';

export interface PackOnDisk {
  readonly path: string;
  /** `pack-<hash>`. */
  readonly name: string;
  readonly index: PackIndex;
  /** What it takes on disk, with its index. */
  readonly bytes: number;
  /** How long the pack itself is. */
  readonly packBytes: number;
  /** When the newest of its objects came into the store, at the latest. */
  readonly bornAt: number;
  /** Somebody's `.keep` stands beside it. */
  readonly isKept: boolean;
}

export interface LooseOnDisk {
  readonly id: ObjectId;
  /** What it takes on disk, which is more than it holds. */
  readonly bytes: number;
  readonly changedAt: number;
}

const BLOCK_BYTES = 512;

/** The packs of a store; throws `object-damaged` where an index cannot be read, since nobody knows what that pack holds. */
export function packsOnDisk(objectsDirectory: string): PackOnDisk[] {
  const packs = new PackList(objectsDirectory);
  const all = packs.all().map(({ path, index }) => ({ path, index }));
  const [damage] = packs.damage;
  packs.close();
  if (damage !== undefined) {
    throw objectDamaged(`the pack '${damage.path}'`, 'its index is damaged', {
      path: damage.path,
      cause: damage.error,
    });
  }
  return all.flatMap(({ path, index }) => {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return [];
    const base = path.slice(0, -'.pack'.length);
    return {
      path,
      name: basename(base),
      index,
      bytes: bytesOnDisk(stat) + bytesAt(index.path),
      packBytes: stat.size,
      bornAt: bornAt(stat),
      isKept: existsSync(`${base}.keep`),
    };
  });
}

export function looseOnDisk(objectsDirectory: string): LooseOnDisk[] {
  const found: LooseOnDisk[] = [];
  for (const id of looseIds(objectsDirectory)) {
    const stat = lstatSync(loosePath(objectsDirectory, id), { throwIfNoEntry: false });
    if (stat !== undefined) found.push({ id, bytes: bytesOnDisk(stat), changedAt: stat.mtimeMs });
  }
  return found;
}

/** What everything below a directory takes on disk. */
export function bytesBelow(directory: string): number {
  let bytes = 0;
  for (const name of directoryNames(directory)) {
    const path = join(directory, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    bytes += bytesOnDisk(stat) + (stat.isDirectory() ? bytesBelow(path) : 0);
  }
  return bytes;
}

export function bytesAt(path: string): number {
  const stat = lstatSync(path, { throwIfNoEntry: false });
  return stat === undefined ? 0 : bytesOnDisk(stat);
}

/** A file system that packs small files together may count no blocks for them. */
function bytesOnDisk({ blocks, size }: Stats): number {
  return blocks > 0 ? blocks * BLOCK_BYTES : size;
}

/** Writers mark a whole pack as new whenever they find one object in it, so its last change says nothing; when it was made does. */
function bornAt({ birthtimeMs, mtimeMs }: Stats): number {
  return birthtimeMs > 0 ? Math.min(birthtimeMs, mtimeMs) : mtimeMs;
}
