// Makes git's deltas: what an object has in common with another is copied from there, the rest inserted. Versions of one file mostly share
// their beginning and their end, so these are compared first; what lies between is searched for pieces of the base wherever they
// stand. It finds most of what git finds, in one look at one base.

const COPY_BYTES_MAX = 0x10000;
const INSERT_BYTES_MAX = 0x7f;
/** Shorter matches, deflate finds as well, and each copy more takes a reader time. */
const MATCH_BYTES_MIN = 32;
/** The same for the common beginning and end. */
const EDGE_BYTES_MIN = 12;
const HASHED_BYTES = 8;
/** Of a larger base only every so-manieth position is looked up, which bounds the table. */
const POSITIONS_MAX = 1 << 16;

/** Where in the base bytes with this hash stand, plus one; used up before the next call. */
const table = new Int32Array(POSITIONS_MAX * 2);

/** The delta that makes `target` of `base`; undefined if it would have more than `bytesMax`. */
export function makeDelta(base: Buffer, target: Buffer, bytesMax: number): Buffer | undefined {
  const delta = new Delta(base, target, bytesMax);
  const shorter = Math.min(base.length, target.length);
  let start = 0;
  while (start < shorter && base[start] === target[start]) start += 1;
  let end = 0;
  while (end < shorter - start && base[base.length - 1 - end] === target[target.length - 1 - end]) {
    end += 1;
  }
  if (start < EDGE_BYTES_MIN) start = 0;
  if (end < EDGE_BYTES_MIN) end = 0;
  delta.copy(0, start);
  const isDone = delta.between(start, { base: base.length - end, target: target.length - end });
  delta.copy(base.length - end, end);
  return isDone ? delta.bytes() : undefined;
}

class Delta {
  readonly #base: Buffer;
  readonly #target: Buffer;
  readonly #bytesMax: number;
  readonly #out: Buffer;
  #length = 0;

  constructor(base: Buffer, target: Buffer, bytesMax: number) {
    this.#base = base;
    this.#target = target;
    this.#bytesMax = bytesMax;
    // Inserting takes a byte in 127 more, and what overflows is seen after one instruction.
    this.#out = Buffer.allocUnsafe(Math.max(64, bytesMax + 256));
    this.#size(base.length);
    this.#size(target.length);
  }

  bytes(): Buffer | undefined {
    return this.#length <= this.#bytesMax ? this.#out.subarray(0, this.#length) : undefined;
  }

  /** Copies or inserts the target up to where both have the same end; false if it takes too much. */
  between(start: number, ends: { readonly base: number; readonly target: number }): boolean {
    if (ends.base - start < MATCH_BYTES_MIN || ends.target - start < MATCH_BYTES_MIN) {
      return this.#insert(start, ends.target);
    }
    const mask = this.#index(start, ends.base);
    const target = this.#target;
    let inserted = start;
    let at = start;
    while (at + MATCH_BYTES_MIN <= ends.target) {
      const found = (table[hashAt(target, at) & mask] ?? 0) - 1;
      const match = found < 0 ? undefined : this.#match(found, at, { inserted, end: ends.target });
      if (match === undefined) {
        at += 1;
        // A stretch without a match is not looked at to its end if it is too long already.
        if (at - inserted > this.#bytesMax) return false;
        continue;
      }
      if (!this.#insert(inserted, match.to)) return false;
      this.copy(match.from, match.length);
      at = match.to + match.length;
      inserted = at;
    }
    return this.#insert(inserted, ends.target);
  }

  copy(from: number, length: number): void {
    for (let done = 0; done < length && this.#length <= this.#bytesMax; ) {
      const piece = Math.min(COPY_BYTES_MAX, length - done);
      this.#copyPiece(from + done, piece === COPY_BYTES_MAX ? 0 : piece);
      done += piece;
    }
  }

  /** Notes where the base has what; returns how much of a hash counts. */
  #index(start: number, end: number): number {
    const step = Math.max(1, Math.ceil((end - start) / POSITIONS_MAX));
    let slots = 1024;
    while (slots < ((end - start) / step) * 2 && slots < table.length) slots *= 2;
    table.fill(0, 0, slots);
    for (let at = start; at + HASHED_BYTES <= end; at += step) {
      table[hashAt(this.#base, at) & (slots - 1)] = at + 1;
    }
    return slots - 1;
  }

  /** How far both sides agree around these positions; undefined if that is too little. */
  #match(
    found: number,
    at: number,
    within: { readonly inserted: number; readonly end: number },
  ): { from: number; to: number; length: number } | undefined {
    const base = this.#base;
    const target = this.#target;
    let length = 0;
    while (at + length < within.end && base[found + length] === target[at + length]) length += 1;
    if (length < HASHED_BYTES) return undefined;
    let back = 0;
    while (
      at - back > within.inserted &&
      back < found &&
      base[found - back - 1] === target[at - back - 1]
    ) {
      back += 1;
    }
    if (length + back < MATCH_BYTES_MIN) return undefined;
    return { from: found - back, to: at - back, length: length + back };
  }

  #insert(from: number, to: number): boolean {
    for (let at = from; at < to; ) {
      const piece = Math.min(INSERT_BYTES_MAX, to - at);
      if (this.#length + piece > this.#bytesMax) return false;
      this.#out[this.#length] = piece;
      this.#target.copy(this.#out, this.#length + 1, at, at + piece);
      this.#length += piece + 1;
      at += piece;
    }
    return true;
  }

  #copyPiece(from: number, length: number): void {
    const instructionAt = this.#length;
    let instruction = 0x80;
    this.#length += 1;
    for (let bit = 0, rest = from; rest > 0; bit += 1, rest = Math.floor(rest / 256)) {
      if (rest % 256 !== 0) {
        instruction |= 1 << bit;
        this.#out[this.#length++] = rest % 256;
      }
    }
    for (let bit = 0, rest = length; rest > 0; bit += 1, rest >>= 8) {
      if ((rest & 0xff) !== 0) {
        instruction |= 0x10 << bit;
        this.#out[this.#length++] = rest & 0xff;
      }
    }
    this.#out[instructionAt] = instruction;
  }

  #size(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#out[this.#length++] = (rest & 0x7f) | 0x80;
      rest = Math.floor(rest / 128);
    }
    this.#out[this.#length++] = rest;
  }
}

/** A hash of the eight bytes that stand here. */
function hashAt(bytes: Buffer, at: number): number {
  const low = word(bytes, at);
  const high = word(bytes, at + 4);
  const mixed = Math.imul(low, 0x9e3779b1) ^ Math.imul(high, 0x85ebca6b);
  return (mixed ^ (mixed >>> 15)) >>> 0;
}

function word(bytes: Buffer, at: number): number {
  return (
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24)
  );
}
