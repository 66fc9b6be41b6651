// The file of a stat cache: a base that holds a whole table, and behind it one record for each save since, with the rows that the save
// changed. Each part has a checksum of its own. Reading ends at the first record that is cut or altered, which gives what an earlier
// save left; a base that is gives nothing. Nothing is synced: after a power cut the checksums decide.

import {
  closeSync,
  fstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  type Stats,
  writeSync,
  writevSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { isSystemError } from '../errors.ts';
import { temporaryPath } from '../git/durable-file.ts';
import { StatTable } from './stat-table.ts';

/** What a file holds. */
export interface FiledTable {
  /** JSON of the caller's. */
  readonly facts: string;
  readonly table: StatTable;
  readonly state: FileState;
}

/** What tells that a file is still the one that was read or written. */
export interface FileState {
  readonly ino: number;
  readonly mtimeMs: number;
  /** All of it counts; a file with a broken end is not appended to. */
  readonly size: number;
  readonly baseSize: number;
}

/** Written in the machine's own byte order, so that a file from another kind of machine is not recognised. */
const MAGIC = Buffer.from(new Uint32Array([0x47535343, 3]).buffer);
/** Magic, length of the facts, length of the base. */
const HEADER_BYTES = 24;
const CHECKSUM_BYTES = 4;
/** Length of the record, length of its facts, checksum of both. */
const RECORD_HEADER_BYTES = 12;
const FILE_BYTES_MAX = 1024 * 1024 * 1024;

/** Reads the file; undefined if it is absent, damaged or foreign. */
export function readCacheFile(path: string): FiledTable | undefined {
  const read = readWhole(path);
  if (read === undefined) return undefined;
  const { bytes, stat } = read;
  if (bytes.length < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    return undefined;
  }
  const baseSize = bytes.readDoubleLE(16);
  const end = baseSize - CHECKSUM_BYTES;
  if (!(end >= HEADER_BYTES && baseSize <= bytes.length)) return undefined;
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return undefined;
  const factsLength = bytes.readUInt32LE(8);
  const facts = bytes.toString('utf8', HEADER_BYTES, HEADER_BYTES + factsLength);
  const table = StatTable.decode(bytes, HEADER_BYTES + roundUp(factsLength), end);
  if (table === undefined) return undefined;
  const replayed = replay(table, bytes, baseSize);
  const state = { ino: stat.ino, mtimeMs: stat.mtimeMs, size: replayed.end, baseSize };
  return { facts: replayed.facts ?? facts, table, state };
}

function replay(
  table: StatTable,
  bytes: Buffer<SharedArrayBuffer>,
  start: number,
): { readonly end: number; readonly facts: string | undefined } {
  let facts: string | undefined;
  let at = start;
  while (at + RECORD_HEADER_BYTES <= bytes.length) {
    const end = at + RECORD_HEADER_BYTES + bytes.readUInt32LE(at);
    if (end > bytes.length || end === at + RECORD_HEADER_BYTES) break;
    const record = bytes.subarray(at + RECORD_HEADER_BYTES, end);
    if (checksumOf(bytes.subarray(at, at + 8), record) !== bytes.readUInt32LE(at + 8)) break;
    const factsLength = bytes.readUInt32LE(at + 4);
    facts = record.toString('utf8', 0, factsLength);
    table.applyChanges(record.subarray(factsLength));
    at = end;
  }
  return { end: at, facts };
}

function checksumOf(lengths: Buffer, record: Buffer): number {
  return crc32(record, crc32(lengths));
}

/** Writes a new file in one step. */
export function writeCacheFile(path: string, facts: string, table: StatTable): FileState {
  const text = Buffer.from(facts);
  const header = Buffer.alloc(HEADER_BYTES + roundUp(text.length));
  MAGIC.copy(header);
  header.writeUInt32LE(text.length, 8);
  text.copy(header, HEADER_BYTES);
  const parts = [header, ...table.encode()];
  const baseSize = parts.reduce((sum, part) => sum + part.length, CHECKSUM_BYTES);
  header.writeDoubleLE(baseSize, 16);
  let sum = 0;
  for (const part of parts) sum = crc32(part, sum);
  const trailer = Buffer.alloc(CHECKSUM_BYTES);
  trailer.writeUInt32LE(sum);
  const temporary = temporaryPath(dirname(path));
  try {
    const { ino, mtimeMs } = writeParts(temporary, [...parts, trailer]);
    renameSync(temporary, path);
    return { ino, mtimeMs, size: baseSize, baseSize };
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
}

/** Appends what changed since the state; undefined if the file is another one by now, or has a broken end. */
export function appendToCacheFile(
  path: string,
  state: FileState,
  { facts, changes }: { readonly facts: string; readonly changes: Buffer },
): FileState | undefined {
  const text = Buffer.from(facts);
  const record = Buffer.concat([Buffer.alloc(RECORD_HEADER_BYTES), text, changes]);
  record.writeUInt32LE(record.length - RECORD_HEADER_BYTES, 0);
  record.writeUInt32LE(text.length, 4);
  const sum = checksumOf(record.subarray(0, 8), record.subarray(RECORD_HEADER_BYTES));
  record.writeUInt32LE(sum, 8);
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r+');
    const { ino, mtimeMs, size } = fstatSync(descriptor);
    if (ino !== state.ino || mtimeMs !== state.mtimeMs || size !== state.size) return undefined;
    for (let done = 0; done < record.length; ) {
      done += writeSync(descriptor, record, done, record.length - done, size + done);
    }
    const after = fstatSync(descriptor);
    return { ...state, mtimeMs: after.mtimeMs, size: size + record.length };
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Tells whether the file at the path is still as it was. */
export function isSameFile(stat: Stats | undefined, state: FileState): boolean {
  return (
    stat !== undefined &&
    stat.ino === state.ino &&
    stat.mtimeMs === state.mtimeMs &&
    stat.size === state.size
  );
}

function readWhole(
  path: string,
): { readonly bytes: Buffer<SharedArrayBuffer>; readonly stat: Stats } | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const stat = fstatSync(descriptor);
    if (stat.size > FILE_BYTES_MAX) return undefined;
    // Memory of its own, since the columns need an aligned start; shared, since another thread may look at them.
    const bytes = Buffer.from(new SharedArrayBuffer(stat.size));
    let length = 0;
    while (length < bytes.length) {
      const read = readSync(descriptor, bytes, length, bytes.length - length, null);
      if (read === 0) return undefined;
      length += read;
    }
    return { bytes, stat };
  } catch (error) {
    // Why it cannot be read makes no difference: without it the snapshot only takes longer.
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function writeParts(path: string, parts: readonly Buffer[]): Stats {
  const descriptor = openSync(path, 'w', 0o600);
  try {
    for (let rest = parts; rest.length > 0; ) {
      let written = writevSync(descriptor, rest);
      const index = rest.findIndex((part) => {
        written -= part.length;
        return written < 0;
      });
      const partial = rest[index];
      rest = partial === undefined ? [] : [partial.subarray(written), ...rest.slice(index + 1)];
    }
    return fstatSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
