// Says to whom the objects of a store belong. Each owner's are walked in turn: an object belongs to the first who comes to it, and to
// nobody once a second one does. So nothing is gone into more than twice, however much many sessions share.

import { setImmediate as giveWay } from 'node:timers/promises';
import type { ObjectId, ObjectType } from '../git/object-id.ts';
import { linksOf } from '../git/object-links.ts';
import { type ObjectSizes, objectSizes } from '../git/object-sizes.ts';
import type { ObjectStore } from '../git/object-store.ts';

/** What an object is part of. */
const PARTS = ['records', 'files', 'transcripts'] as const;
export type Part = (typeof PARTS)[number];

export interface Owned {
  /** What only this owner holds: erasing it frees so much. */
  readonly unique: number;
  readonly parts: Readonly<Record<Part, number>>;
}

interface Step {
  readonly id: ObjectId;
  readonly type: ObjectType | undefined;
  readonly part: number;
}

const SHARED = 0xffff_ffff;
const STEPS_BETWEEN_PAUSES = 4096;
/** Looking at everything that each one shares is given up after so many objects. */
const SHARED_STEPS_MAX = 2_000_000;
const PART_OF_ENTRY: Readonly<Record<string, Part>> = {
  files: 'files',
  odd: 'files',
  before: 'files',
  after: 'files',
  'before-odd': 'files',
  'after-odd': 'files',
  transcript: 'transcripts',
};

export class OwnedBytes {
  readonly sizes: ObjectSizes;
  readonly #objects: ObjectStore;
  readonly #onProgress: (() => void) | undefined;
  /** Owner + 1; 0 for nobody yet. */
  readonly #owners: Uint32Array;
  readonly #parts: Uint8Array;
  /** Who looked at an object last, while what each one shares is summed up. */
  readonly #lookers: Uint32Array;
  #steps = 0;
  #sharedSteps = 0;

  constructor(objects: ObjectStore, onProgress?: () => void) {
    this.#objects = objects;
    this.#onProgress = onProgress;
    this.sizes = objectSizes(objects.objectsDirectory);
    const { size } = this.sizes.ids;
    this.#owners = new Uint32Array(size);
    this.#parts = new Uint8Array(size);
    this.#lookers = new Uint32Array(size);
  }

  /** Gives an owner all that this leads to; `alone` leaves the parents of a commit out. */
  async give(owner: number, id: ObjectId, alone = false): Promise<void> {
    await this.#walk(id, alone, (position, part) => {
      const before = this.#owners[position];
      if (before === owner + 1 || before === SHARED) return false;
      this.#owners[position] = before === 0 ? owner + 1 : SHARED;
      if (before === 0) this.#parts[position] = part;
      return true;
    });
  }

  /** What each of so many owners has, what several have, and what nobody has. */
  sum(owners: number): {
    readonly owned: readonly Owned[];
    readonly shared: number;
    readonly unreached: number;
  } {
    const owned = Array.from({ length: owners }, () => ({
      unique: 0,
      parts: { records: 0, files: 0, transcripts: 0 },
    }));
    let shared = 0;
    let unreached = 0;
    for (let position = 0; position < this.#owners.length; position += 1) {
      const bytes = this.sizes.bytes[position] ?? 0;
      const owner = this.#owners[position] ?? 0;
      const own = owned[owner - 1];
      if (owner === SHARED) shared += bytes;
      else if (own === undefined) unreached += bytes;
      else {
        own.unique += bytes;
        own.parts[PARTS[this.#parts[position] ?? 0] ?? 'records'] += bytes;
      }
    }
    return { owned, shared, unreached };
  }

  /** What others hold too of what this leads to; null where all of it has become too much to look at. */
  async sharedBy(owner: number, id: ObjectId): Promise<number | null> {
    let shared = 0;
    await this.#walk(id, false, (position) => {
      if (this.#lookers[position] === owner + 1 || this.#sharedSteps > SHARED_STEPS_MAX)
        return false;
      this.#lookers[position] = owner + 1;
      this.#sharedSteps += 1;
      if (this.#owners[position] === SHARED) shared += this.sizes.bytes[position] ?? 0;
      return true;
    });
    return this.#sharedSteps > SHARED_STEPS_MAX ? null : shared;
  }

  async #walk(
    id: ObjectId,
    alone: boolean,
    enter: (position: number, part: number) => boolean,
  ): Promise<void> {
    const waiting: Step[] = [{ id, type: undefined, part: 0 }];
    for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
      const position = this.sizes.ids.position(step.id);
      if (position === undefined || !enter(position, step.part)) continue;
      for (const next of this.#below(step, alone)) waiting.push(next);
      this.#steps += 1;
      if (this.#steps % STEPS_BETWEEN_PAUSES !== 0) continue;
      this.#onProgress?.();
      await giveWay();
    }
  }

  *#below({ id, type: known, part }: Step, alone: boolean): Generator<Step> {
    const type = known ?? this.#objects.sizeOf(id).type;
    if (type === 'commit') {
      const { tree, parents } = this.#objects.readCommit(id);
      yield* this.#topEntries(tree);
      if (!alone) for (const parent of parents) yield { id: parent, type: 'commit', part: 0 };
    } else {
      for (const link of linksOf(this.#objects, id, type)) {
        yield { id: link.id, type: link.type, part };
      }
    }
  }

  /** The directory of a commit, and what stands in it, by the part it is of. */
  *#topEntries(tree: ObjectId): Generator<Step> {
    if (!this.sizes.ids.has(tree)) return;
    // Twice: the directory goes in as one that leads nowhere else.
    yield { id: tree, type: 'blob', part: 0 };
    for (const { mode, name, id } of this.#objects.readTree(tree)) {
      const part = PARTS.indexOf(PART_OF_ENTRY[name] ?? 'records');
      yield { id, type: mode === '40000' ? 'tree' : 'blob', part };
    }
  }
}
