// What the store gives back, and how it says that an object is damaged.

import { GsessError } from '../errors.ts';
import type { ObjectId, ObjectType } from './object-id.ts';

export interface StoredObject {
  readonly type: ObjectType;
  /** Shared with the store's caches: never to be written to. */
  readonly content: Buffer;
}

export interface ObjectInfo {
  readonly type: ObjectType;
  readonly size: number;
}

/**
 * Larger objects are neither written nor read: an object is held in memory whole, and a few megabytes of a store can claim to be many
 * gigabytes.
 */
export const OBJECT_BYTES_MAX = 512 * 1024 * 1024;
/** Trees, commits and tags are parsed, which takes many times their size. A directory of 300,000 files is within this. */
export const STRUCTURE_BYTES_MAX = 16 * 1024 * 1024;

/** Says why an object is not read for its size; undefined if it is. */
export function sizeFault(type: ObjectType, sizeBytes: number): string | undefined {
  const max = type === 'blob' ? OBJECT_BYTES_MAX : STRUCTURE_BYTES_MAX;
  if (sizeBytes <= max) return undefined;
  return `it claims to be a ${type} of ${sizeBytes} bytes, and no more than ${max} are read`;
}

/** The error for bytes that are not the object they should be. */
export function objectDamaged(
  what: string,
  reason: string,
  data: { readonly id?: ObjectId; readonly path?: string; readonly cause?: unknown } = {},
): GsessError {
  const { cause, ...facts } = data;
  return new GsessError('object-damaged', `Cannot read ${what}: ${reason}`, {
    hint: 'Run `gsess verify` to see what is affected.',
    data: facts,
    ...(cause === undefined ? {} : { cause }),
  });
}
