// Writes objects of some packs, and loose ones, into new packs. What stands in a pack is taken over as it stands, deltas too where
// their base comes along, so nothing is inflated that need not be; the index's checksum of each entry says whether it is as it was
// written. An entry that is not is put together from another copy of the object, or the whole attempt fails. For objects that
// come one by one deltas are made. Nothing is removed, and nothing is visible before `publish`.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { GsessError, isSystemError } from '../errors.ts';
import { makePrivateDirectory, syncDirectory } from './durable-file.ts';
import type { Place } from './mark-reachable.ts';
import type { ObjectId } from './object-id.ts';
import type { ObjectStore } from './object-store.ts';
import { PackDraft } from './pack-draft.ts';
import { type DeltaBases, PackFile } from './pack-file.ts';
import type { PackIndex } from './pack-index.ts';
import { PathDeltas } from './path-deltas.ts';
import { RecentCache } from './recent-cache.ts';

export interface SourcePack {
  readonly path: string;
  readonly index: PackIndex;
}

const PACK_BYTES_MAX = 1024 * 1024 * 1024;
const DELTA_BASES_BYTES_MAX = 16 * 1024 * 1024;

/** Throws `object-missing` for a pack that is gone: somebody else, such as git, packs the store too. */
function openPack(path: string, index: PackIndex, bases: DeltaBases): PackFile {
  try {
    return new PackFile(path, index, bases);
  } catch (cause) {
    if (!isSystemError(cause, 'ENOENT')) throw cause;
    const message = `The pack '${path}' was removed while it was being used`;
    throw new GsessError('object-missing', message, { data: { path }, cause });
  }
}

export class PackCopy {
  readonly #objects: ObjectStore;
  readonly #directory: string;
  readonly #sealed: PackDraft[] = [];
  readonly #deltas: PathDeltas;
  #draft: PackDraft | undefined;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
    this.#deltas = new PathDeltas(objects);
    this.#directory = join(objects.objectsDirectory, 'pack');
  }

  has(id: ObjectId): boolean {
    return this.#drafts().some((draft) => draft.has(id));
  }

  /** Takes over what is wanted of a pack and was not taken before; all of it comes into one new pack. */
  *addPack({ path, index }: SourcePack, isWanted: (id: ObjectId) => boolean): Generator<ObjectId> {
    const bases: DeltaBases = new RecentCache(DELTA_BASES_BYTES_MAX);
    const source = openPack(path, index, bases);
    try {
      const entries = index.entries();
      const idAt = new Map(entries.map(({ id, offset }) => [offset, id]));
      for (const [position, { id, offset, crc }] of entries.entries()) {
        if (!isWanted(id) || this.has(id)) continue;
        const raw = source.rawEntry(offset, entries[position + 1]?.offset);
        const { type, sizeBytes, deflated, baseAt } = raw;
        const isWhole = crc32(deflated, crc32(raw.header)) === crc;
        const base = baseAt === undefined ? undefined : idAt.get(baseAt);
        const draft = this.#open();
        if (isWhole && type !== undefined) draft.addDeflated(id, { type, sizeBytes, deflated });
        else if (isWhole && base !== undefined && draft.has(base)) {
          draft.addDelta(id, { base, sizeBytes, deflated });
        } else draft.add(id, this.#objects.read(id));
        yield id;
      }
    } finally {
      source.close();
    }
    this.#sealIfLarge();
  }

  /** Takes over an object from wherever there is a sound copy of it, as a delta of what stood at its place before where that is smaller. */
  add(id: ObjectId, place: Place): void {
    if (this.has(id)) return;
    this.#deltas.add(this.#open(), { id, place, object: this.#objects.read(id) });
    this.#sealIfLarge();
  }

  /** Makes the new packs durable and visible, and returns their paths. With `bornAt` they are as old as what is in them. */
  publish(bornAt?: number): string[] {
    this.#seal();
    if (this.#sealed.length === 0) return [];
    const paths = this.#sealed.map((draft) => `${draft.path}.pack`);
    for (const draft of this.#sealed) draft.publish(bornAt);
    this.#sealed.length = 0;
    syncDirectory(this.#directory);
    return paths;
  }

  /** Removes what was not published. */
  discard(): void {
    for (const draft of this.#drafts()) draft.discard();
    this.#sealed.length = 0;
    this.#draft = undefined;
  }

  #drafts(): PackDraft[] {
    return this.#draft === undefined ? this.#sealed : [...this.#sealed, this.#draft];
  }

  #open(): PackDraft {
    if (this.#draft === undefined) {
      makePrivateDirectory(this.#directory);
      this.#draft = new PackDraft(this.#directory);
    }
    return this.#draft;
  }

  #sealIfLarge(): void {
    if (this.#draft !== undefined && this.#draft.sizeBytes >= PACK_BYTES_MAX) this.#seal();
  }

  #seal(): void {
    if (this.#draft === undefined) return;
    this.#draft.seal();
    this.#sealed.push(this.#draft);
    this.#draft = undefined;
  }
}

/** Removes a pack with all that git keeps beside it; the index last, so that what a crash leaves is small and known for what it is. */
export function removePack(path: string): void {
  const base = path.slice(0, -'.pack'.length);
  for (const suffix of ['.pack', '.rev', '.bitmap', '.mtimes', '.idx']) {
    rmSync(`${base}${suffix}`, { force: true });
  }
}
