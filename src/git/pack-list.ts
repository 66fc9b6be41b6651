// The packs of a store as they are on disk at the moment. Stock git may replace all of them at any time, so the list is read again
// when something is missed: packs that went are let go, new ones are taken in. A pack without its index, or an index without its pack,
// is somebody's unfinished work and does not count.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { isExhaustion, isSystemError } from '../errors.ts';
import { directoryNames } from './directory-names.ts';
import type { ObjectId } from './object-id.ts';
import { type DeltaBases, PackFile } from './pack-file.ts';
import { PackIndex } from './pack-index.ts';
import { RecentCache } from './recent-cache.ts';
import type { StoredObject } from './stored-object.ts';

/** A pack on disk: its index in memory, its descriptor open while it is among the last used. */
export interface Pack {
  readonly path: string;
  readonly index: PackIndex;
  file: PackFile | undefined;
  /** Set once the file turned out not to fit the index, which then is read again. */
  isStale: boolean;
}

export interface PackDamage {
  readonly path: string;
  readonly error: unknown;
}

const PACK_NAME = /^pack-.+\.pack$/;
const DELTA_BASES_BYTES_MAX = 32 * 1024 * 1024;
/** Descriptors are few where `ulimit -n` is low. */
const OPEN_PACKS_MAX = 8;
/**
 * Indexes that this process has read, by file and its times: who opens a store for each event would read all of them for each. They need
 * not have come to rest, since nobody writes into one: another comes as another file.
 */
const keptIndexes = new RecentCache<string, PackIndex>(64 * 1024 * 1024);

export class PackList {
  readonly directory: string;
  readonly #bases: DeltaBases = new RecentCache<string, StoredObject>(DELTA_BASES_BYTES_MAX);
  /** The pack that answered last stands first. */
  #packs: Pack[] | undefined;
  #damage: PackDamage[] = [];
  readonly #open: Pack[] = [];

  constructor(objectsDirectory: string) {
    this.directory = join(objectsDirectory, 'pack');
  }

  /** Packs whose index cannot be used; what they hold seems missing. */
  get damage(): readonly PackDamage[] {
    return this.#damage;
  }

  /** The packs as last seen. */
  all(): readonly Pack[] {
    if (this.#packs === undefined) this.rescan();
    return this.#packs ?? [];
  }

  /** Calls `use` for each pack that holds the object, until it returns something. */
  find<T>(id: ObjectId, use: (pack: Pack, offset: number) => T | undefined): T | undefined {
    const packs = this.all();
    for (let position = 0; position < packs.length; position += 1) {
      const pack = packs[position];
      const offset = pack?.index.offsetOf(id);
      if (pack === undefined || offset === undefined) continue;
      const found = use(pack, offset);
      if (found === undefined) continue;
      if (position > 0) this.#moveToFront(position);
      return found;
    }
    return undefined;
  }

  /** The open pack, or undefined if it is no longer there. */
  open(pack: Pack): PackFile | undefined {
    if (pack.file !== undefined) return pack.file;
    pack.isStale = true;
    const file = unlessGone(() => new PackFile(pack.path, pack.index, this.#bases));
    if (file === undefined) return undefined;
    pack.isStale = false;
    pack.file = file;
    this.#open.push(pack);
    if (this.#open.length > OPEN_PACKS_MAX) closePack(this.#open.shift());
    return file;
  }

  /** Reads the directory again and tells whether the packs are others than before. */
  rescan(): boolean {
    const known = new Map((this.#packs ?? []).map((pack) => [pack.path, pack]));
    const packs: Pack[] = [];
    let hasNew = false;
    this.#damage = [];
    for (const path of packPathsIn(this.directory)) {
      const before = known.get(path);
      const pack = before?.isStale === false ? before : this.#take(path);
      if (pack === undefined) continue;
      packs.push(pack);
      if (pack === before) known.delete(path);
      else hasNew = true;
    }
    for (const gone of known.values()) this.#letGo(gone);
    this.#packs = packs;
    return hasNew || known.size > 0;
  }

  /** Reads the directory and every index again, whatever this process remembers: damage need not change the times of a file. */
  readAnew(): void {
    keptIndexes.clear();
    this.close();
    this.rescan();
  }

  /** Gives back all descriptors; the next use opens them again. */
  close(): void {
    for (const pack of this.#open.splice(0)) closePack(pack);
    this.#packs = undefined;
    this.#bases.clear();
  }

  #take(path: string): Pack | undefined {
    try {
      const index = unlessGone(() => readIndex(`${path.slice(0, -'.pack'.length)}.idx`));
      return index && { path, index, file: undefined, isStale: false };
    } catch (error) {
      if (isExhaustion(error)) throw error;
      this.#damage.push({ path, error });
      return undefined;
    }
  }

  #letGo(pack: Pack): void {
    const position = this.#open.indexOf(pack);
    if (position >= 0) this.#open.splice(position, 1);
    closePack(pack);
    if (pack.isStale) this.#bases.clear();
  }

  #moveToFront(position: number): void {
    const [pack] = this.#packs?.splice(position, 1) ?? [];
    if (pack !== undefined) this.#packs?.unshift(pack);
  }
}

function readIndex(path: string): PackIndex {
  const { ino, size, mtimeMs, ctimeMs } = statSync(path);
  const key = [path, ino, size, mtimeMs, ctimeMs].join(' ');
  const index = keptIndexes.get(key) ?? new PackIndex(path);
  keptIndexes.set(key, index, size);
  return index;
}

function packPathsIn(directory: string): string[] {
  const names = directoryNames(directory);
  const present = new Set(names);
  return (
    names
      .filter(
        (name) => PACK_NAME.test(name) && present.has(`${name.slice(0, -'.pack'.length)}.idx`),
      )
      // Not `join`, which takes each of hundreds of paths apart again.
      .map((name) => `${directory}/${name}`)
  );
}

function closePack(pack: Pack | undefined): void {
  pack?.file?.close();
  if (pack !== undefined) pack.file = undefined;
}

function unlessGone<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}
