// Reads the objects of a store, packed or loose, and survives stock git repacking it meanwhile: what is missed is looked for again
// after the list of packs was read anew. Where one copy of an object is damaged another is used; if none is whole the damage is
// reported, never "missing". Writing is `object-batch.ts`.

import { lstatSync, statSync, utimesSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GsessError, isExhaustion, isSystemError } from '../errors.ts';
import { type Commit, parseCommit } from './commit.ts';
import { looseIds, looseInfo, loosePath, readLoose } from './loose-object.ts';
import { hashObject, type ObjectId, type ObjectType } from './object-id.ts';
import type { PackFile } from './pack-file.ts';
import { type PackDamage, PackList } from './pack-list.ts';
import { RecentCache } from './recent-cache.ts';
import { type ObjectInfo, objectDamaged, type StoredObject } from './stored-object.ts';
import { parseTag, type Tag } from './tag.ts';
import { parseTree, type TreeEntry } from './tree.ts';

const TREE_ENTRIES_KEPT_MAX = 65_536;
/** Stock git may repack between listing the packs and opening one, but hardly three times in a row. */
const ROUNDS_MAX = 3;
const PREFIX = /^[0-9a-f]{0,40}$/;

interface Reading<T> {
  readonly packed: (file: PackFile, offset: number) => T;
  readonly loose: () => T | undefined;
}

export class ObjectStore {
  readonly objectsDirectory: string;
  readonly #packs: PackList;
  readonly #trees = new RecentCache<ObjectId, readonly TreeEntry[]>(TREE_ENTRIES_KEPT_MAX);

  constructor(gitDirectory: string) {
    this.objectsDirectory = join(gitDirectory, 'objects');
    this.#packs = new PackList(this.objectsDirectory);
  }

  /** Reads an object; throws `object-missing` or `object-damaged`. The content must not be written to. */
  read(id: ObjectId): StoredObject {
    const found = this.#lookUp(id, {
      packed: (file, offset) => readPacked(file, offset, id),
      loose: () => readLoose(this.objectsDirectory, id),
    });
    return found ?? this.#missing(id);
  }

  /** Reads type and size without reading the content. */
  sizeOf(id: ObjectId): ObjectInfo {
    const found = this.#lookUp(id, {
      packed: (file, offset) => file.info(offset),
      loose: () => looseInfo(this.objectsDirectory, id),
    });
    return found ?? this.#missing(id);
  }

  /** Tells whether there is such an object, whole or not. */
  has(id: ObjectId): boolean {
    const found = this.#lookUp(id, {
      packed: () => true,
      loose: () => isThere(loosePath(this.objectsDirectory, id)) || undefined,
    });
    return found === true;
  }

  /** Reads a blob. */
  readBlob(id: ObjectId): Buffer {
    return this.#readAs('blob', id);
  }

  /** Reads a directory; the entries are shared and must not be changed. */
  readTree(id: ObjectId): readonly TreeEntry[] {
    const kept = this.#trees.get(id);
    if (kept !== undefined) return kept;
    const entries = parsed(id, () => parseTree(this.#readAs('tree', id)));
    this.#trees.set(id, entries, entries.length + 1);
    return entries;
  }

  readCommit(id: ObjectId): Commit {
    return parsed(id, () => parseCommit(this.#readAs('commit', id)));
  }

  readTag(id: ObjectId): Tag {
    return parsed(id, () => parseTag(this.#readAs('tag', id)));
  }

  /** All objects whose ids begin with these digits, in order. */
  findByPrefix(prefix: string): ObjectId[] {
    if (!PREFIX.test(prefix)) return [];
    const ids = new Set<ObjectId>(looseIds(this.objectsDirectory, prefix));
    this.#packs.rescan();
    for (const { index } of this.#packs.all()) for (const id of index.ids(prefix)) ids.add(id);
    return [...ids].sort();
  }

  /** All objects there are, in order. */
  allIds(): ObjectId[] {
    return this.findByPrefix('');
  }

  /** Reads every byte of every pack and index, and returns those that are not as they were written. */
  damagedPacks(): PackDamage[] {
    const damage: PackDamage[] = [];
    this.#packs.readAnew();
    for (const pack of this.#packs.all()) {
      const { path, index } = pack;
      try {
        if (!index.isIntact() || this.#packs.open(pack)?.isIntact() === false) {
          throw objectDamaged(`the pack '${path}'`, 'its checksum is wrong', { path });
        }
      } catch (error) {
        damage.push({ path, error });
      }
    }
    return [...damage, ...this.#packs.damage];
  }

  /**
   * Tells whether the store holds exactly this object, readable, and marks it as new so that a prune leaves it alone. Anything that
   * keeps us from believing it means no, and the caller writes it again. Directories of loose objects that are not there are added to
   * `missing`, and not looked for again.
   */
  freshen(
    id: ObjectId,
    { type, content }: StoredObject,
    { now, missing }: { readonly now: number; readonly missing?: Set<string> },
  ): boolean {
    const touch = (path: string, stored: StoredObject | undefined): boolean => {
      if (stored?.type !== type || !stored.content.equals(content)) return false;
      // Times are changed through a link as well.
      if (!lstatSync(path).isFile()) return false;
      utimesSync(path, now / 1000, now / 1000);
      return true;
    };
    const packed = this.#packs.find(id, (pack, offset) =>
      unlessUnreadable(() => touch(pack.path, this.#packs.open(pack)?.read(offset))),
    );
    if (packed === true) return true;
    const fanOut = id.slice(0, 2);
    if (missing?.has(fanOut)) return false;
    const path = loosePath(this.objectsDirectory, id);
    if (!isThere(path)) {
      if (missing !== undefined && !isThere(dirname(path))) missing.add(fanOut);
      return false;
    }
    return unlessUnreadable(() => touch(path, readLoose(this.objectsDirectory, id))) === true;
  }

  /** Tells whether a pack has a whole copy of exactly this object. */
  isPacked(id: ObjectId, { type, content }: StoredObject): boolean {
    const found = this.#packs.find(id, (pack, offset) =>
      unlessUnreadable(() => {
        const copy = this.#packs.open(pack)?.read(offset);
        return copy?.type === type && copy.content.equals(content);
      }),
    );
    return found === true;
  }

  /** Takes in packs that were added; a miss does so by itself. */
  rescan(): void {
    this.#packs.rescan();
  }

  /** Gives back all descriptors; the store may be used again. */
  close(): void {
    this.#packs.close();
  }

  #readAs(type: ObjectType, id: ObjectId): Buffer {
    const object = this.read(id);
    if (object.type === type) return object.content;
    throw objectDamaged(`object ${id}`, `it is a ${object.type} where a ${type} belongs`, { id });
  }

  #lookUp<T>(id: ObjectId, { packed, loose }: Reading<T>): T | undefined {
    let damage: unknown;
    const unlessDamaged = (read: () => T | undefined): T | undefined => {
      try {
        return read();
      } catch (error) {
        if (!isDamage(error)) throw readFailed(id, error);
        damage ??= error;
        return undefined;
      }
    };
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      if (round > 0 && !this.#packs.rescan()) break;
      const found =
        this.#packs.find(id, (pack, offset) =>
          unlessDamaged(() => {
            const file = this.#packs.open(pack);
            return file && packed(file, offset);
          }),
        ) ?? unlessDamaged(loose);
      if (found !== undefined) return found;
    }
    if (damage !== undefined) throw damage;
    return undefined;
  }

  #missing(id: ObjectId): never {
    const [damage] = this.#packs.damage;
    if (damage !== undefined) {
      throw objectDamaged(`object ${id}`, `it may be in '${damage.path}', which is damaged`, {
        id,
        path: damage.path,
        cause: damage.error,
      });
    }
    throw new GsessError('object-missing', `Object ${id} is not in the store`, { data: { id } });
  }
}

/** zlib's own checksum covers a whole blob; what was put together, or what others depend on, is hashed. */
function readPacked(file: PackFile, offset: number, id: ObjectId): StoredObject {
  const { type, content, isFromDelta } = file.read(offset);
  if ((isFromDelta || type !== 'blob') && hashObject(type, content) !== id) {
    throw objectDamaged(`object ${id}`, 'its content is not what its name says', {
      id,
      path: file.path,
    });
  }
  return { type, content };
}

function parsed<T>(id: ObjectId, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    if (!isDamage(error) || error.data['id'] !== undefined || error.data['path'] !== undefined) {
      throw error;
    }
    throw objectDamaged(`object ${id}`, error.message, { id, cause: error });
  }
}

function isThere(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

function unlessUnreadable(read: () => boolean): true | undefined {
  try {
    return read() || undefined;
  } catch (error) {
    if (isDamage(error) || isSystemError(error, 'ENOENT', 'EIO', 'EACCES', 'EPERM', 'EROFS')) {
      return undefined;
    }
    throw error;
  }
}

function isDamage(error: unknown): error is GsessError {
  return error instanceof GsessError && error.code === 'object-damaged';
}

/** An error of ours tells of the object, and whoever lists may pass it over. */
function readFailed(id: ObjectId, cause: unknown): unknown {
  if (cause instanceof GsessError || isExhaustion(cause)) return cause;
  return new GsessError('io-failed', `Cannot read object ${id}`, { data: { id }, cause });
}
