// Applies git's deltas: a list of pieces to copy from a base and of bytes to insert. Every piece is held to the bounds of the base and
// to the size the delta declares.

import { OBJECT_BYTES_MAX } from './stored-object.ts';

export interface DeltaSizes {
  readonly baseBytes: number;
  readonly resultBytes: number;
  /** Where the instructions begin. */
  readonly end: number;
}

const COPY = 0x80;
const COPY_BYTES_DEFAULT = 0x10000;
/** To call for a copy costs more than to copy so few bytes one by one. */
const LOOP_BYTES_MAX = 64;

/** Makes an object from its base; undefined if the delta does not fit the base or itself. */
export function applyDelta(base: Buffer, delta: Buffer): Buffer | undefined {
  const sizes = readDeltaSizes(delta);
  if (sizes === undefined || sizes.baseBytes !== base.length) return undefined;
  const result = Buffer.allocUnsafe(sizes.resultBytes);
  let at = sizes.end;
  let filled = 0;
  while (at < delta.length) {
    const instruction = delta[at++] ?? 0;
    if (instruction === 0) return undefined;
    let source = delta;
    let start = at;
    let length = instruction;
    if (instruction >= COPY) {
      source = base;
      start = 0;
      length = 0;
      for (let bit = 0x01, factor = 1; bit <= 0x08; bit *= 2, factor *= 256) {
        if (instruction & bit) start += (delta[at++] ?? 0) * factor;
      }
      for (let bit = 0x10, factor = 1; bit <= 0x40; bit *= 2, factor *= 256) {
        if (instruction & bit) length += (delta[at++] ?? 0) * factor;
      }
      if (length === 0) length = COPY_BYTES_DEFAULT;
    } else {
      at += length;
    }
    if (start + length > source.length || filled + length > result.length) return undefined;
    if (length > LOOP_BYTES_MAX) source.copy(result, filled, start, start + length);
    else
      for (let next = 0; next < length; next += 1)
        result[filled + next] = source[start + next] ?? 0;
    filled += length;
  }
  return filled === result.length ? result : undefined;
}

/** Reads the sizes a delta begins with; undefined if there are none to believe. */
export function readDeltaSizes(delta: Buffer): DeltaSizes | undefined {
  const base = readSize(delta, 0);
  const result = base && readSize(delta, base.end);
  if (base === undefined || result === undefined || result.size > OBJECT_BYTES_MAX)
    return undefined;
  return { baseBytes: base.size, resultBytes: result.size, end: result.end };
}

function readSize(bytes: Buffer, offset: number): { size: number; end: number } | undefined {
  let size = 0;
  for (let at = offset, factor = 1; at < bytes.length && at < offset + 8; at += 1, factor *= 128) {
    const byte = bytes[at] ?? 0;
    size += (byte & 0x7f) * factor;
    if (byte < 0x80) return { size, end: at + 1 };
  }
  return undefined;
}
