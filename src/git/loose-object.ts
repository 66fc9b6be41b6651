// Loose objects: one deflated file each, named by its id. A file is believed only if its content has the id it is filed under, and
// it is inflated no further than the size it declares.

import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readdirSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { isSystemError } from '../errors.ts';
import { INFLATE_RATIO_MAX, inflateAtMost, inflateExactly, inflateStart } from './inflate.ts';
import { isObjectId, isObjectType, type ObjectId, type ObjectType } from './object-id.ts';
import {
  type ObjectInfo,
  objectDamaged,
  STRUCTURE_BYTES_MAX,
  type StoredObject,
  sizeFault,
} from './stored-object.ts';

/** A file up to this size is inflated in one go: at worst it makes what is read of any object. */
const SMALL_BYTES_MAX = Math.floor(STRUCTURE_BYTES_MAX / INFLATE_RATIO_MAX);
/** Enough of any stream to give the header, the tables of its first block included. */
const START_BYTES = 1024;
const DEFLATE_LEVEL = 1;
const HEADER = /^([a-z]+) (0|[1-9]\d{0,15})\0/;
const HEADER_BYTES_MAX = 32;
const FAN_OUT = /^[0-9a-f]{2}$/;

/** Read into and used up before the next read; reading is synchronous. */
const scratch = Buffer.allocUnsafeSlow(64 * 1024);

interface Header extends ObjectInfo {
  readonly end: number;
}

/** Where an object is filed if it is loose. */
export function loosePath(objectsDirectory: string, id: ObjectId): string {
  return `${objectsDirectory}/${id.slice(0, 2)}/${id.slice(2)}`;
}

/** The bytes of a loose object's file. */
export function encodeLoose(type: ObjectType, content: Uint8Array): Buffer {
  const header = Buffer.from(`${type} ${content.length}\0`, 'latin1');
  return deflateSync(Buffer.concat([header, content]), { level: DEFLATE_LEVEL });
}

/** Reads and checks a loose object; undefined if there is none, `object-damaged` if the file is not that object. */
export function readLoose(objectsDirectory: string, id: ObjectId): StoredObject | undefined {
  const path = loosePath(objectsDirectory, id);
  const deflated = readFile(path, Number.POSITIVE_INFINITY);
  if (deflated === undefined) return undefined;
  // What a small file makes is small enough to be looked at afterwards.
  const claimed = deflated.length > SMALL_BYTES_MAX ? headerOf(deflated) : undefined;
  const fault = claimed && sizeFault(claimed.type, claimed.size);
  if (fault !== undefined) throw objectDamaged(`object ${id}`, fault, { id, path });
  const bytes =
    deflated.length > SMALL_BYTES_MAX
      ? claimed && inflateExactly(deflated, claimed.end + claimed.size)
      : inflateAtMost(deflated, STRUCTURE_BYTES_MAX);
  const header = bytes && parseHeader(bytes);
  if (header === undefined || bytes?.length !== header.end + header.size) {
    throw objectDamaged(`object ${id}`, 'its file is empty, cut short or altered', { id, path });
  }
  if (createHash('sha1').update(bytes).digest('hex') !== id) {
    throw objectDamaged(`object ${id}`, 'its content is not what its name says', { id, path });
  }
  return { type: header.type, content: bytes.subarray(header.end) };
}

/** Reads type and size from the start of the file; undefined if there is no such object. */
export function looseInfo(objectsDirectory: string, id: ObjectId): ObjectInfo | undefined {
  const path = loosePath(objectsDirectory, id);
  const deflated = readFile(path, START_BYTES);
  if (deflated === undefined) return undefined;
  const header = headerOf(deflated);
  if (header !== undefined) return { type: header.type, size: header.size };
  throw objectDamaged(`object ${id}`, 'its file has no header', { id, path });
}

/** Lists the loose objects whose ids begin with the prefix. */
export function* looseIds(objectsDirectory: string, prefix = ''): Generator<ObjectId> {
  const wanted = prefix.slice(0, 2);
  const directories = wanted.length === 2 ? [wanted] : namesIn(objectsDirectory);
  for (const directory of directories) {
    if (!FAN_OUT.test(directory) || !directory.startsWith(wanted)) continue;
    for (const name of namesIn(join(objectsDirectory, directory))) {
      const id = directory + name;
      if (isObjectId(id) && id.startsWith(prefix)) yield id;
    }
  }
}

/** What the first bytes of a file say it holds. */
function headerOf(deflated: Buffer): Header | undefined {
  const start = inflateStart(deflated.subarray(0, START_BYTES));
  return start && parseHeader(start);
}

function parseHeader(bytes: Buffer): Header | undefined {
  const match = HEADER.exec(bytes.toString('latin1', 0, HEADER_BYTES_MAX));
  const [text = '', type = '', size] = match ?? [];
  if (!isObjectType(type)) return undefined;
  return { type, size: Number(size), end: text.length };
}

/** The first bytes of the file, all of it at most; undefined if there is no such file. */
function readFile(path: string, bytesMax: number): Buffer | undefined {
  let descriptor: number;
  try {
    descriptor = openSync(path, 'r');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
  try {
    const length = readSync(descriptor, scratch, 0, Math.min(bytesMax, scratch.length), 0);
    if (length < scratch.length) return scratch.subarray(0, length);
    const bytes = Buffer.allocUnsafe(fstatSync(descriptor).size);
    let filled = 0;
    while (filled < bytes.length) {
      const read = readSync(descriptor, bytes, filled, bytes.length - filled, filled);
      if (read === 0) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  } finally {
    closeSync(descriptor);
  }
}

function namesIn(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
}
