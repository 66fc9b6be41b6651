// Reads refs that are files. A file that holds neither an id nor a symbolic ref is damage and is told apart from one that is not
// there: taking an emptied ref for an unborn one would begin a history without its past. Symbolic links are not followed,
// and nothing else than a plain file can make a reader wait.

import { closeSync, constants, openSync, readdirSync, readSync } from 'node:fs';
import { isSystemError } from '../errors.ts';
import { isObjectId, type ObjectId } from './object-id.ts';

export type LooseRef =
  | { readonly kind: 'absent' }
  | { readonly kind: 'id'; readonly id: ObjectId }
  | { readonly kind: 'symbolic'; readonly target: string }
  | { readonly kind: 'damaged'; readonly reason: string };

const REF_BYTES_MAX = 1024;
const READ_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);
const NULL_ID = '0'.repeat(40);

/** Gives the path of a ref's file; a name holds one character per byte. */
export function refPath(gitDirectory: string, name: string): string | Buffer {
  const path = `${gitDirectory}/${name}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the range is ASCII.
  if (/^[\x00-\x7f]*$/.test(name)) return path;
  return Buffer.concat([Buffer.from(`${gitDirectory}/`), Buffer.from(name, 'latin1')]);
}

export function readLooseRef(gitDirectory: string, name: string): LooseRef {
  try {
    return parseLooseRef(readStart(refPath(gitDirectory, name)));
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EISDIR')) return { kind: 'absent' };
    if (isSystemError(error, 'ELOOP', 'ENXIO')) return damaged('it is not a plain file');
    throw error;
  }
}

function readStart(path: string | Buffer): string {
  const buffer = Buffer.allocUnsafe(REF_BYTES_MAX + 1);
  const descriptor = openSync(path, READ_FLAGS);
  try {
    return buffer.toString('latin1', 0, readSync(descriptor, buffer));
  } finally {
    closeSync(descriptor);
  }
}

function parseLooseRef(content: string): LooseRef {
  if (content.length === 0) return damaged('it is empty');
  if (content.length > REF_BYTES_MAX) return damaged('it is too long');
  const text = content.trimEnd();
  if (text.startsWith('ref:')) return { kind: 'symbolic', target: text.slice(4).trim() };
  if (isObjectId(text) && text !== NULL_ID) return { kind: 'id', id: text };
  return damaged('it holds no object id');
}

function damaged(reason: string): LooseRef {
  return { kind: 'damaged', reason };
}

/** Names everything below a directory of refs that is not itself a directory, locks left out. */
export function* looseRefNames(gitDirectory: string, directory: string): Generator<string> {
  for (const entry of entriesOf(refPath(gitDirectory, directory))) {
    const name = `${directory}/${entry.name}`;
    if (entry.isDirectory()) yield* looseRefNames(gitDirectory, name);
    else if (!name.endsWith('.lock')) yield name;
  }
}

function entriesOf(path: string | Buffer) {
  try {
    return readdirSync(path, { withFileTypes: true, encoding: 'latin1' });
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
