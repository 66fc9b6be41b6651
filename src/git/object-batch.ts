// Collects the objects of one operation and writes them together: one or two become loose objects, more a pack, which is synced once and
// not file by file. Nothing is visible before `flush`, and everything is durable when it returns. Objects appear together or in the
// order they were put, so whoever puts a tree after what it names never leaves one that names nothing, even if killed in between.
// An object the store already holds is checked, for an empty or altered file must not be taken for a saved one, and marked as new
// instead of being written. Once the refs have moved, `settle` makes sure that stock git took nothing of it away in between.

import { renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GsessError, isSystemError, systemFault } from '../errors.ts';
import { makeStoreDirectory, syncIfThere, temporaryPath, writeSynced } from './durable-file.ts';
import { encodeLoose, loosePath } from './loose-object.ts';
import { hashObject, type ObjectId, type ObjectType } from './object-id.ts';
import type { ObjectStore } from './object-store.ts';
import type { Owner } from './owner-file.ts';
import { PackWriter } from './pack-writer.ts';
import { type StoredObject, sizeFault } from './stored-object.ts';
import { parseTree, type TreeEntry } from './tree.ts';
import { Unsettled } from './unsettled.ts';

export interface BatchOptions {
  /** The clock, for marking objects as new: milliseconds since 1970. */
  readonly now: () => number;
  /** More objects than this go into a pack. */
  readonly looseMax?: number;
  /** With more objects or bytes than this a pack is begun before `flush`. */
  readonly bufferedMax?: number;
  readonly bufferBytesMax?: number;
  readonly packBytesMax?: number;
  readonly sideFromBytes?: number;
  /** Told why a large write has no second thread to help. */
  readonly onFault?: (reason: string) => void;
  /** Who works; its packs are kept from stock git until `settle`. */
  readonly owner?: Owner;
}

const LOOSE_MAX = 2;
/** So many wait in memory; with more, a pack is begun. */
const BUFFERED_MAX = 24;
const BUFFER_BYTES_MAX = 4 * 1024 * 1024;
const DIRECTORY_TRIES_MAX = 5;

export class ObjectBatch {
  readonly #store: ObjectStore;
  readonly #options: BatchOptions;
  readonly #looseMax: number;
  readonly #bufferedMax: number;
  readonly #bufferBytesMax: number;
  /** What is not yet in a pack; a Map keeps the order. */
  readonly #buffered = new Map<ObjectId, StoredObject>();
  /** Found whole in the store by this batch. */
  readonly #present = new Set<ObjectId>();
  /** Directories of loose objects that were not there. If one came meanwhile, what is in it is written twice, and no more. */
  readonly #missing = new Set<string>();
  readonly #unsettled: Unsettled;
  #bufferedBytes = 0;
  #newBytes = 0;
  #pack: PackWriter | undefined;

  constructor(store: ObjectStore, options: BatchOptions) {
    this.#store = store;
    this.#unsettled = new Unsettled(store);
    this.#options = options;
    this.#looseMax = options.looseMax ?? LOOSE_MAX;
    this.#bufferedMax = options.bufferedMax ?? BUFFERED_MAX;
    this.#bufferBytesMax = options.bufferBytesMax ?? BUFFER_BYTES_MAX;
  }

  /** Takes an object and returns its id. The content is copied or written at once, and may be reused by the caller. */
  put(type: ObjectType, content: Uint8Array): ObjectId {
    if (sizeFault(type, content.length) !== undefined) {
      throw new GsessError('usage', `A ${type} of ${content.length} bytes is too large to store`);
    }
    const id = hashObject(type, content);
    if (this.#present.has(id) || this.#holds(id)) return id;
    const object = { type, content: asBuffer(content) };
    this.#guard('write an object', () => {
      const known = { now: this.#options.now(), missing: this.#missing };
      if (!this.#store.freshen(id, object, known)) return this.#take(id, object);
      this.#present.add(id);
      this.#unsettled.note(id, object);
    });
    return id;
  }

  /** Content that was put and the store does not hold yet, before compression. */
  get newBytes(): number {
    return this.#newBytes;
  }

  /** Tells whether the batch or the store holds the object, or `settle` would write it again. */
  has(id: ObjectId): boolean {
    return this.#holds(id) || this.#unsettled.holds(id) || this.#store.has(id);
  }

  /** Reads an object of the batch or of the store. */
  read(id: ObjectId): StoredObject {
    return this.#buffered.get(id) ?? this.#pack?.read(id) ?? this.#store.read(id);
  }

  /** The size of an object of the batch or of the store, without reading it. */
  sizeOf(id: ObjectId): number {
    const pending = this.#buffered.get(id)?.content.length ?? this.#pack?.sizeOf(id);
    return pending ?? this.#store.sizeOf(id).size;
  }

  /** Reads a directory of the batch or of the store. */
  readTree(id: ObjectId): readonly TreeEntry[] {
    return this.#holds(id) ? parseTree(this.read(id).content) : this.#store.readTree(id);
  }

  /** Makes everything put so far durable and visible. The batch may be used again. */
  flush(): void {
    this.#guard('write objects', () => {
      if (this.#buffered.size > this.#looseMax) this.#beginPack();
      if (this.#pack === undefined) {
        writeLooseObjects(this.#store.objectsDirectory, this.#buffered);
        for (const [id, object] of this.#buffered) this.#unsettled.note(id, object);
      } else {
        this.#unsettled.noteKeeps(this.#pack.finish(this.#options.owner));
        this.#store.rescan();
      }
    });
    this.#reset();
  }

  /** To be called when refs lead to what was flushed: what stock git removed meanwhile is written again. */
  settle(): void {
    this.#guard('write objects', () => this.#unsettled.settle(this.#options.now()));
  }

  /** Forgets everything that was not flushed and removes its temporary files. */
  discard(): void {
    this.#pack?.discard();
    this.#unsettled.release();
    this.#reset();
  }

  #holds(id: ObjectId): boolean {
    return this.#buffered.has(id) || this.#pack?.has(id) === true;
  }

  #take(id: ObjectId, object: StoredObject): void {
    this.#newBytes += object.content.length;
    if (this.#pack !== undefined) {
      this.#pack.add(id, object);
      return;
    }
    const bytes = this.#bufferedBytes + object.content.length;
    if (this.#buffered.size < this.#bufferedMax && bytes <= this.#bufferBytesMax) {
      this.#buffered.set(id, { type: object.type, content: Buffer.from(object.content) });
      this.#bufferedBytes = bytes;
      return;
    }
    this.#beginPack().add(id, object);
  }

  /** Begins a pack with what waited. */
  #beginPack(): PackWriter {
    const pack = new PackWriter(join(this.#store.objectsDirectory, 'pack'), this.#options);
    this.#pack = pack;
    for (const [id, object] of this.#buffered) pack.add(id, object);
    this.#buffered.clear();
    return pack;
  }

  #reset(): void {
    this.#buffered.clear();
    this.#present.clear();
    this.#missing.clear();
    this.#bufferedBytes = 0;
    this.#newBytes = 0;
    this.#pack = undefined;
  }

  /** A batch that failed half way holds nothing any more: what was put must be put again. */
  #guard(action: string, write: () => void): void {
    try {
      write();
    } catch (cause) {
      this.discard();
      if (cause instanceof GsessError) throw cause;
      const { is, hint } = systemFault(cause) ?? { is: String(cause), hint: '' };
      throw new GsessError('io-failed', `Cannot ${action}: ${is}`, {
        ...(hint && { hint }),
        cause,
      });
    }
  }
}

/** Writes and syncs all of them before the first gets its name. */
function writeLooseObjects(
  objectsDirectory: string,
  objects: ReadonlyMap<ObjectId, StoredObject>,
): void {
  const renames: { readonly from: string; readonly to: string }[] = [];
  try {
    for (const [id, { type, content }] of objects) {
      const from = temporaryPath(objectsDirectory);
      writeSynced(from, encodeLoose(type, content));
      renames.push({ from, to: loosePath(objectsDirectory, id) });
    }
    const directories = new Set(renames.map(({ to }) => dirname(to)));
    for (const path of directories) despiteTidying(() => makeStoreDirectory(path));
    for (const { from, to } of renames) {
      despiteTidying(() => renameSync(from, to), dirname(to));
    }
    for (const directory of directories) syncIfThere(directory);
  } catch (error) {
    for (const { from } of renames) rmSync(from, { force: true });
    throw error;
  }
}

/** Stock git removes directories of objects that became empty, at any moment; `directory` is made again where that is why `act` failed. */
function despiteTidying(act: () => void, directory?: string): void {
  for (let tries = 1; ; tries += 1) {
    try {
      if (tries > 1 && directory !== undefined) makeStoreDirectory(directory);
      act();
      return;
    } catch (error) {
      if (!isSystemError(error, 'ENOENT') || tries === DIRECTORY_TRIES_MAX) throw error;
    }
  }
}

function asBuffer(content: Uint8Array): Buffer {
  return Buffer.from(content.buffer, content.byteOffset, content.byteLength);
}
