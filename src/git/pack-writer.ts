// Writes any number of objects into packs. A pack that grows too large is sealed and another begun; all of them appear together, in
// `finish`, after everything is on disk. Whoever is killed before leaves temporary files only.

import { makeStoreDirectory, syncDirectory } from './durable-file.ts';
import { keepPack } from './keep-file.ts';
import type { ObjectId } from './object-id.ts';
import type { Owner } from './owner-file.ts';
import { PackDraft } from './pack-draft.ts';
import type { StoredObject } from './stored-object.ts';

export interface PackLimits {
  /** A pack this large is sealed and another begun. */
  readonly packBytesMax?: number;
}

const PACK_BYTES_MAX = 256 * 1024 * 1024;

export class PackWriter {
  readonly #directory: string;
  readonly #packBytesMax: number;
  readonly #sealed: PackDraft[] = [];
  #current: PackDraft | undefined;

  constructor(packDirectory: string, { packBytesMax = PACK_BYTES_MAX }: PackLimits = {}) {
    this.#directory = packDirectory;
    this.#packBytesMax = packBytesMax;
  }

  /** Appends an object, which must not have been added before. */
  add(id: ObjectId, object: StoredObject): void {
    if (this.#current !== undefined && this.#current.sizeBytes >= this.#packBytesMax) this.#seal();
    if (this.#current === undefined) {
      makeStoreDirectory(this.#directory);
      this.#current = new PackDraft(this.#directory);
    }
    this.#current.add(id, object);
  }

  has(id: ObjectId): boolean {
    return this.#drafts().some((draft) => draft.has(id));
  }

  /** Reads an object back before it is in the store. */
  read(id: ObjectId): StoredObject | undefined {
    return this.#drafts()
      .find((draft) => draft.has(id))
      ?.read(id);
  }

  /** Makes all objects durable and visible; returns the files by which `keptFor` has the packs kept, if told. */
  finish(keptFor?: Owner): string[] {
    this.#seal();
    if (this.#sealed.length === 0) return [];
    const keeps =
      keptFor === undefined ? [] : this.#sealed.map(({ path }) => keepPack(path, keptFor));
    for (const draft of this.#sealed) draft.publish();
    this.#sealed.length = 0;
    syncDirectory(this.#directory);
    return keeps;
  }

  /** Removes everything that `finish` did not make visible. */
  discard(): void {
    for (const draft of this.#drafts()) draft.discard();
    this.#sealed.length = 0;
    this.#current = undefined;
  }

  #drafts(): PackDraft[] {
    return this.#current === undefined ? this.#sealed : [...this.#sealed, this.#current];
  }

  #seal(): void {
    if (this.#current === undefined) return;
    this.#current.seal();
    this.#sealed.push(this.#current);
    this.#current = undefined;
  }
}
