// Finds everything that some objects lead to. Whatever cannot be read on the way ends the walk with its error, for who decides by it
// what may go must never decide on half an answer. Gives way now and then, so that an interrupt is heard.

import { setImmediate as giveWay } from 'node:timers/promises';
import { GsessError } from '../errors.ts';
import { IdTable } from './id-table.ts';
import { EMPTY_TREE, type ObjectId, type ObjectType } from './object-id.ts';
import { linksOf, type ObjectLink } from './object-links.ts';
import type { ObjectStore } from './object-store.ts';

export interface MarkOptions {
  /** Only what this takes is marked, and looked into. */
  readonly isWithin?: (id: ObjectId) => boolean;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((objects: number) => void) | undefined;
}

/** Where an object was first found. Versions of one file have the same `path`, files alike in one directory the same `kin`. */
export interface Place {
  readonly path: number;
  readonly kin: number;
}

interface Step extends Place {
  readonly id: ObjectId;
  readonly type: ObjectType | undefined;
}

/** What is below a commit or a tag itself begins here. */
const NO_PATH = 0x811c9dc5;
const DIGITS = /\d+/g;

const STEPS_BETWEEN_PAUSES = 4096;

export class Marks {
  /** All that was found; whoever marks in several goes tells them apart by their positions. */
  readonly ids = new IdTable();
  readonly #objects: ObjectStore;
  readonly #options: MarkOptions;
  readonly #isWithin: (id: ObjectId) => boolean;
  #pathOf = new Uint32Array(1024);
  #kinOf = new Uint32Array(1024);

  constructor(objects: ObjectStore, options: MarkOptions = {}) {
    this.#objects = objects;
    this.#options = options;
    this.#isWithin = options.isWithin ?? (() => true);
  }

  /** Marks what these lead to; throws `object-missing` or `object-damaged` if anything of it is not there. */
  async mark(roots: Iterable<ObjectId>): Promise<void> {
    await this.#walk(roots, (step) => this.#below(step));
  }

  /** The same, passing over what is not there or cannot be read. */
  async markIfThere(roots: Iterable<ObjectId>): Promise<void> {
    await this.#walk(roots, (step) => {
      try {
        return this.#below(step);
      } catch (error) {
        if (error instanceof GsessError) return [];
        throw error;
      }
    });
  }

  placeAt(position: number): Place {
    return { path: this.#pathOf[position] ?? 0, kin: this.#kinOf[position] ?? 0 };
  }

  async #walk(roots: Iterable<ObjectId>, below: (step: Step) => ObjectLink[]): Promise<void> {
    let steps = 0;
    for (const root of roots) {
      const waiting: Step[] = [{ id: root, type: undefined, path: NO_PATH, kin: NO_PATH }];
      for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
        if (!this.ids.add(step.id)) continue;
        this.#keepPlace(step);
        for (const { id, type, name } of below(step)) {
          if (this.ids.has(id) || !this.#isWithin(id)) continue;
          waiting.push({ id, type, ...placeBelow(step, name) });
        }
        steps += 1;
        if (steps % STEPS_BETWEEN_PAUSES === 0) await this.#pause();
      }
    }
  }

  async #pause(): Promise<void> {
    this.#options.onProgress?.(this.ids.size);
    await giveWay();
    this.#options.signal?.throwIfAborted();
  }

  #below({ id, type = this.#objects.sizeOf(id).type }: Step): ObjectLink[] {
    // git knows it without having it.
    if (id === EMPTY_TREE) return [];
    if (type === 'blob' && !this.#objects.has(id)) this.#objects.sizeOf(id);
    return linksOf(this.#objects, id, type);
  }

  #keepPlace({ path, kin }: Place): void {
    const position = this.ids.size - 1;
    if (position === this.#pathOf.length) {
      this.#pathOf = twiceAsLong(this.#pathOf);
      this.#kinOf = twiceAsLong(this.#kinOf);
    }
    this.#pathOf[position] = path;
    this.#kinOf[position] = kin;
  }
}

function placeBelow({ path }: Place, name: string): Place {
  if (name === '') return { path, kin: path };
  return { path: hashOf(path, name), kin: hashOf(path, name.replace(DIGITS, '0')) };
}

function hashOf(path: number, name: string): number {
  let hash = Math.imul(path ^ 0x2f, 0x01000193);
  for (let at = 0; at < name.length; at += 1) {
    hash = Math.imul(hash ^ name.charCodeAt(at), 0x01000193);
  }
  return hash >>> 0;
}

function twiceAsLong(before: Uint32Array<ArrayBuffer>): Uint32Array<ArrayBuffer> {
  const larger = new Uint32Array(before.length * 2);
  larger.set(before);
  return larger;
}
