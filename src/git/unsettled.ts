// What a batch wrote or found before any ref leads to it. Stock git, run by hand in that instant, takes it for garbage: `git gc
// --prune=now` drops loose objects whatever their age, and objects in packs that it replaces. So packs of ours are kept by a
// file (`keep-file.ts`), and once the refs have moved `settle` looks whether all is still there and writes again what is not, as a
// pack. A pack that appears after the move is safe by itself: git first lists the packs it will replace, and then asks what is reachable.
//
// While a `git gc` runs, what is there now may be gone in a moment, since it may have asked before the move. Then everything goes into
// such a pack. What remains: a bare `git prune`, or `git repack -a -d`, by hand, that asked before the move and removes after the look.

import { rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GsessError } from '../errors.ts';
import type { ObjectId } from './object-id.ts';
import type { ObjectStore } from './object-store.ts';
import { PackWriter } from './pack-writer.ts';
import type { StoredObject } from './stored-object.ts';

/** So much is held in memory to be written again; objects beyond it, all of them found and not written, are only looked for. */
const HELD_BYTES_MAX = 8 * 1024 * 1024;
/** A `git gc` that was killed leaves its file behind. */
const GC_AGE_MS_MAX = 60 * 60_000;

export class Unsettled {
  readonly #store: ObjectStore;
  readonly #objects = new Map<ObjectId, StoredObject | undefined>();
  readonly #keeps: string[] = [];
  #heldBytes = 0;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  /** Takes note of an object that is loose, or was found; the content is copied. */
  note(id: ObjectId, { type, content }: StoredObject): void {
    if (this.#objects.has(id)) return;
    const isHeld = this.#heldBytes + content.length <= HELD_BYTES_MAX;
    if (isHeld) this.#heldBytes += content.length;
    this.#objects.set(id, isHeld ? { type, content: Buffer.from(content) } : undefined);
  }

  /** Whether the object can be written again. */
  holds(id: ObjectId): boolean {
    return this.#objects.get(id) !== undefined;
  }

  /** Takes note of the files that keep packs. */
  noteKeeps(paths: readonly string[]): void {
    this.#keeps.push(...paths);
  }

  /** To be called when the refs have moved. Throws `object-missing` for an object that is gone and was not held. */
  settle(now: number): void {
    this.#store.rescan();
    const isThreatened = isGcRunning(dirname(this.#store.objectsDirectory), now);
    const lost = [...this.#objects].filter(
      ([id, object]) => (isThreatened && object !== undefined) || !this.#store.has(id),
    );
    if (lost.length > 0) this.#writeAgain(lost);
    this.release();
  }

  /** Forgets all of it. */
  release(): void {
    for (const path of this.#keeps.splice(0)) rmSync(path, { force: true });
    this.#objects.clear();
    this.#heldBytes = 0;
  }

  #writeAgain(lost: readonly (readonly [ObjectId, StoredObject | undefined])[]): void {
    const pack = new PackWriter(join(this.#store.objectsDirectory, 'pack'));
    try {
      for (const [id, object] of lost) {
        if (object === undefined) throw removedMeanwhile(id);
        pack.add(id, object);
      }
      pack.finish();
    } catch (error) {
      pack.discard();
      throw error;
    }
    this.#store.rescan();
  }
}

function isGcRunning(gitDirectory: string, now: number): boolean {
  const stat = statSync(join(gitDirectory, 'gc.pid'), { throwIfNoEntry: false });
  return stat !== undefined && now - stat.mtimeMs < GC_AGE_MS_MAX;
}

function removedMeanwhile(id: ObjectId): GsessError {
  return new GsessError(
    'object-missing',
    `Object ${id} was removed from the store while it was being used`,
    { hint: `Try again, and run 'git gc' in the store only while nobody writes.`, data: { id } },
  );
}
