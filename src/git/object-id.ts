// The names of git objects: SHA-1, forty hexadecimal digits in lower case. Text from outside becomes an ObjectId here and is not
// checked again further in.

import { createHash } from 'node:crypto';
import { GsessError } from '../errors.ts';

declare const objectIdBrand: unique symbol;

export type ObjectId = string & { readonly [objectIdBrand]: true };

export type ObjectType = 'blob' | 'tree' | 'commit' | 'tag';

/** The tree with nothing in it. */
export const EMPTY_TREE = '4b825dc642cb6eb9a060e54bf8d69288fbee4904' as ObjectId;

export const OBJECT_ID_BYTES = 20;

const OBJECT_ID = /^[0-9a-f]{40}$/;

/** Tells whether the text is a full object id. */
export function isObjectId(text: string): text is ObjectId {
  return OBJECT_ID.test(text);
}

/** Returns the text as an object id; throws `usage` if it is none. */
export function parseObjectId(text: string): ObjectId {
  if (isObjectId(text)) return text;
  throw new GsessError('usage', `Not an object id: '${text}'`, {
    hint: 'Give all forty hexadecimal digits in lower case.',
  });
}

/** Tells whether the text names a type of object. */
export function isObjectType(text: string): text is ObjectType {
  return text === 'blob' || text === 'tree' || text === 'commit' || text === 'tag';
}

/** Names an object by its type and content, as `git hash-object` does. */
export function hashObject(type: ObjectType, content: Uint8Array): ObjectId {
  return createHash('sha1')
    .update(`${type} ${content.length}\0`, 'latin1')
    .update(content)
    .digest('hex') as ObjectId;
}

/** Reads an id from its twenty bytes. */
export function objectIdAt(bytes: Buffer, offset: number): ObjectId {
  return bytes.toString('hex', offset, offset + OBJECT_ID_BYTES) as ObjectId;
}

/** Names an object whose content comes in pieces; `length` must be their sum, or another object is named. */
export function hashPieces(
  type: ObjectType,
  length: number,
  pieces: Iterable<Uint8Array>,
): ObjectId {
  const hash = createHash('sha1').update(`${type} ${length}\0`, 'latin1');
  for (const piece of pieces) hash.update(piece);
  return hash.digest('hex') as ObjectId;
}
