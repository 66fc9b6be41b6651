// Writes any number of objects into packs. A pack that grows too large is sealed and another begun; all of them appear together, in
// `finish`, after everything is on disk. Where there is much to write, a second thread makes packs of blobs beside (side-packer.ts).
// Whoever is killed before leaves temporary files only.

import { makeStoreDirectory, syncDirectory } from './durable-file.ts';
import { keepPack } from './keep-file.ts';
import type { ObjectId } from './object-id.ts';
import type { Owner } from './owner-file.ts';
import { PackDraft } from './pack-draft.ts';
import { SidePacker } from './side-packer.ts';
import type { StoredObject } from './stored-object.ts';

export interface PackLimits {
  /** A pack this large is sealed and another begun. */
  readonly packBytesMax?: number;
  /** From so many bytes on, before compression, a second thread helps. */
  readonly sideFromBytes?: number;
  /** Of the second thread; see `SidePackerOptions`. */
  readonly script?: URL;
  readonly onFault?: (reason: string) => void;
}

const PACK_BYTES_MAX = 256 * 1024 * 1024;
/** Before compression; the thread cannot tell us how much it has written. */
const SIDE_BYTES_MAX = 1024 * 1024 * 1024;
/** Less is deflated before a thread has started. */
const SIDE_FROM_BYTES = 1024 * 1024;

export class PackWriter {
  readonly #directory: string;
  readonly #limits: PackLimits;
  readonly #packBytesMax: number;
  readonly #sideFromBytes: number;
  readonly #sealed: PackDraft[] = [];
  readonly #sides: SidePacker[] = [];
  #current: PackDraft | undefined;
  #bytes = 0;

  constructor(packDirectory: string, limits: PackLimits = {}) {
    this.#directory = packDirectory;
    this.#limits = limits;
    this.#packBytesMax = limits.packBytesMax ?? PACK_BYTES_MAX;
    this.#sideFromBytes = limits.sideFromBytes ?? SIDE_FROM_BYTES;
  }

  /** Appends an object, which must not have been added before. */
  add(id: ObjectId, object: StoredObject): void {
    this.#bytes += object.content.length;
    // Blobs name nothing, so they may come before all else.
    if (object.type === 'blob' && this.#side()?.offer(id, object.content)) return;
    this.#addHere(id, object);
  }

  #addHere(id: ObjectId, object: StoredObject): void {
    if (this.#current !== undefined && this.#current.sizeBytes >= this.#packBytesMax) this.#seal();
    if (this.#current === undefined) {
      makeStoreDirectory(this.#directory);
      this.#current = new PackDraft(this.#directory);
    }
    this.#current.add(id, object);
  }

  has(id: ObjectId): boolean {
    // Asked of every object, so nothing is made for it.
    if (this.#current?.has(id)) return true;
    return this.#sides.some((side) => side.has(id)) || this.#sealed.some((draft) => draft.has(id));
  }

  /** Undefined where there is no such object. */
  sizeOf(id: ObjectId): number | undefined {
    return this.#whole(id)?.sizeOf(id);
  }

  /** Reads an object back before it is in the store. */
  read(id: ObjectId): StoredObject | undefined {
    return this.#whole(id)?.read(id);
  }

  /** Makes all objects durable and visible; returns the files by which `keptFor` has the packs kept, if told. */
  finish(keptFor?: Owner): string[] {
    for (const side of [...this.#sides]) this.#takeBack(side);
    this.#seal();
    for (const side of this.#sides) side.waitUntilSealed();
    const parts = [...this.#sides, ...this.#sealed];
    if (parts.length === 0) return [];
    const keeps = keptFor === undefined ? [] : parts.map(({ path }) => keepPack(path, keptFor));
    for (const part of parts) part.publish();
    this.#forget();
    syncDirectory(this.#directory);
    return keeps;
  }

  /** Removes everything that `finish` did not make visible. */
  discard(): void {
    for (const part of [...this.#sides, ...this.#drafts()]) part.discard();
    this.#forget();
  }

  #forget(): void {
    this.#sealed.length = 0;
    this.#sides.length = 0;
    this.#current = undefined;
    this.#bytes = 0;
  }

  #drafts(): PackDraft[] {
    return this.#current === undefined ? this.#sealed : [...this.#sealed, this.#current];
  }

  /** What holds the object, ready to be read. */
  #whole(id: ObjectId): PackDraft | SidePacker | undefined {
    const side = this.#sides.find((part) => part.has(id));
    if (side !== undefined) this.#takeBack(side);
    return [...this.#sides, ...this.#drafts()].find((part) => part.has(id));
  }

  #seal(): void {
    if (this.#current === undefined) return;
    this.#current.seal();
    this.#sealed.push(this.#current);
    this.#current = undefined;
  }

  /** The thread that takes objects at the moment. One that has enough for a pack completes it while the next one begins. */
  #side(): SidePacker | undefined {
    if (this.#bytes <= this.#sideFromBytes) return undefined;
    const last = this.#sides.at(-1);
    if (last !== undefined && last.offeredBytes < SIDE_BYTES_MAX) return last;
    if (last !== undefined) this.#takeBack(last);
    makeStoreDirectory(this.#directory);
    const { script, onFault } = this.#limits;
    const side = new SidePacker({
      packDirectory: this.#directory,
      ...(script && { script }),
      ...(onFault && { onFault }),
    });
    this.#sides.push(side);
    return side;
  }

  /** Lets a thread complete its pack; what it never began to do is done here. */
  #takeBack(side: SidePacker): void {
    const returned = side.finish();
    if (returned === undefined) return;
    this.#sides.splice(this.#sides.indexOf(side), 1);
    for (const { id, object } of returned) this.#addHere(id, object);
  }
}
