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

/** Larger objects are neither written nor read: they could not be held in one buffer everywhere. */
export const OBJECT_BYTES_MAX = 2 ** 31 - 1;

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
