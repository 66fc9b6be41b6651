// Finds everything that some objects lead to. Whatever cannot be read on the way ends the walk with its error, for who decides by it
// what may go must never decide on half an answer. Gives way now and then, so that an interrupt is heard.

import { setImmediate as giveWay } from 'node:timers/promises';
import { GsessError } from '../errors.ts';
import { IdTable } from './id-table.ts';
import { EMPTY_TREE, type ObjectId, type ObjectType } from './object-id.ts';
import { linksOf } from './object-links.ts';
import type { ObjectStore } from './object-store.ts';

export interface MarkOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((objects: number) => void) | undefined;
}

interface Step {
  readonly id: ObjectId;
  readonly type: ObjectType | undefined;
  /** Position of the name it has in its directory. */
  readonly name: number;
}

const STEPS_BETWEEN_PAUSES = 4096;
const NAMES_MAX = 1 << 16;

export class Marks {
  /** All that was found; whoever marks in several goes tells them apart by their positions. */
  readonly ids = new IdTable();
  readonly #objects: ObjectStore;
  readonly #options: MarkOptions;
  readonly #names = new Map<string, number>([['', 0]]);
  #nameOf = new Uint16Array(1024);
  #namesByNumber: string[] | undefined;

  constructor(objects: ObjectStore, options: MarkOptions = {}) {
    this.#objects = objects;
    this.#options = options;
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

  /** The name under which the object was first found in a directory, '' for none; versions of one file share it. */
  nameAt(position: number): string {
    const wanted = this.#nameOf[position] ?? 0;
    this.#namesByNumber ??= [...this.#names.keys()];
    return this.#namesByNumber[wanted] ?? '';
  }

  async #walk(roots: Iterable<ObjectId>, below: (step: Step) => Step[]): Promise<void> {
    let steps = 0;
    for (const root of roots) {
      const waiting: Step[] = [{ id: root, type: undefined, name: 0 }];
      for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
        if (!this.ids.add(step.id)) continue;
        this.#keepName(step.name);
        for (const next of below(step)) if (!this.ids.has(next.id)) waiting.push(next);
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

  #below({ id, type = this.#objects.sizeOf(id).type }: Step): Step[] {
    // git knows it without having it.
    if (id === EMPTY_TREE) return [];
    if (type === 'blob' && !this.#objects.has(id)) this.#objects.sizeOf(id);
    return linksOf(this.#objects, id, type).map((link) => ({
      id: link.id,
      type: link.type,
      name: this.#numberOf(link.name),
    }));
  }

  #numberOf(name: string): number {
    const known = this.#names.get(name);
    if (known !== undefined) return known;
    if (this.#names.size === NAMES_MAX) return 0;
    this.#names.set(name, this.#names.size);
    this.#namesByNumber = undefined;
    return this.#names.size - 1;
  }

  #keepName(name: number): void {
    const position = this.ids.size - 1;
    if (position === this.#nameOf.length) {
      const larger = new Uint16Array(this.#nameOf.length * 2);
      larger.set(this.#nameOf);
      this.#nameOf = larger;
    }
    this.#nameOf[position] = name;
  }
}
