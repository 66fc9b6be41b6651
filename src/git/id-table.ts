// A set of object ids that numbers them in the order they came, 20 bytes each and a few for the search. A store may have millions of
// objects, and whoever walks all of them remembers each.

import { OBJECT_ID_BYTES, type ObjectId, objectIdAt } from './object-id.ts';

const CAPACITY_START = 1024;

export class IdTable {
  #ids = Buffer.allocUnsafeSlow(CAPACITY_START * OBJECT_ID_BYTES);
  /** Position + 1 of the id that hashes here; twice as many as ids. */
  #slots = new Uint32Array(CAPACITY_START * 2);
  readonly #wanted = Buffer.allocUnsafeSlow(OBJECT_ID_BYTES);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** Takes an id in; false if it was there. */
  add(id: ObjectId): boolean {
    const slot = this.#slotOf(id);
    if (this.#slots[slot] !== 0) return false;
    if (this.#size * 2 === this.#slots.length) {
      this.#grow();
      return this.add(id);
    }
    this.#wanted.copy(this.#ids, this.#size * OBJECT_ID_BYTES);
    this.#size += 1;
    this.#slots[slot] = this.#size;
    return true;
  }

  has(id: ObjectId): boolean {
    return this.position(id) !== undefined;
  }

  /** The number of an id, counted from 0; undefined if it was never added. */
  position(id: ObjectId): number | undefined {
    const found = this.#slots[this.#slotOf(id)] ?? 0;
    return found === 0 ? undefined : found - 1;
  }

  at(position: number): ObjectId {
    return objectIdAt(this.#ids, position * OBJECT_ID_BYTES);
  }

  /** The ids from this position on, those added meanwhile too. */
  *from(position: number): Generator<ObjectId> {
    for (let at = position; at < this.#size; at += 1) yield this.at(at);
  }

  /** Where the id stands, or where it would; ids are as good as random, so their first bytes are hash enough. */
  #slotOf(id: ObjectId): number {
    this.#wanted.write(id, 'hex');
    const mask = this.#slots.length - 1;
    let slot = this.#wanted.readUInt32BE(0) & mask;
    for (;;) {
      const found = this.#slots[slot] ?? 0;
      if (found === 0) return slot;
      const start = (found - 1) * OBJECT_ID_BYTES;
      if (this.#ids.compare(this.#wanted, 0, OBJECT_ID_BYTES, start, start + OBJECT_ID_BYTES) === 0)
        return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** Keeps a quarter of the slots free at the least, so that a search is short. */
  #grow(): void {
    const ids = Buffer.allocUnsafeSlow(this.#ids.length * 2);
    this.#ids.copy(ids);
    this.#ids = ids;
    const slots = new Uint32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let position = 0; position < this.#size; position += 1) {
      let slot = ids.readUInt32BE(position * OBJECT_ID_BYTES) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = position + 1;
    }
    this.#slots = slots;
  }
}
