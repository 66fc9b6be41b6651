// Remembers what the last snapshot of a root saw, so that the next one reads only what changed. Purely an aid: any doubt about
// the file, and it counts as empty. An entry is believed only if every stat field is the same and the file had been at rest for a
// while when it was read, for within one tick of the clock a file can change without its times changing.
//
// The cache names objects without holding them. It must therefore be saved after the ref that reaches them has moved, with that
// ref and commit as its anchor; whoever loads it compares the anchor with the store, and starts from an empty one if the commit
// is no longer reached or objects were pruned since (`generation`).

import { closeSync, fstatSync, openSync, readSync, renameSync, rmSync, writevSync } from 'node:fs';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { temporaryPath } from '../git/durable-file.ts';
import type { CheckedOut } from './not-checked-out.ts';
import { StatTable } from './stat-table.ts';

export interface CacheAnchor {
  readonly ref: string;
  readonly commit: string;
  /** The store's count of prunings when the cache was saved. */
  readonly generation: number;
}

/** What the remembered verdicts depend on besides the files in the tree. */
export interface CacheSubject {
  readonly rootDevice: number;
  readonly rulesKey: string;
  /** Rides along; nothing remembered depends on it. */
  readonly checkedOut?: CheckedOut;
}

interface Contents {
  readonly table: StatTable;
  readonly subject: CacheSubject | undefined;
}

/** Written in the machine's own byte order, so that a file from another kind of machine is not recognised. */
const MAGIC = Buffer.from(new Uint32Array([0x47535343, 2]).buffer);
const HEADER_BYTES = 16;
const CACHE_BYTES_MAX = 1024 * 1024 * 1024;

export class StatCache {
  /** What the cache was saved with; undefined for an empty one. */
  readonly anchor: CacheAnchor | undefined;
  #contents: Contents;

  constructor(
    anchor?: CacheAnchor,
    contents: Contents = { table: new StatTable(), subject: undefined },
  ) {
    this.anchor = anchor;
    this.#contents = contents;
  }

  /** For the snapshot only: the rows and what they depend on. */
  get contents(): Contents {
    return this.#contents;
  }

  /** For the snapshot only: takes what it has just seen. */
  replace(contents: Contents): void {
    this.#contents = contents;
  }

  /** Reads the file; an absent, damaged or foreign one gives an empty cache. */
  static load(path: string): StatCache {
    const bytes = readWhole(path);
    return (bytes === undefined ? undefined : decode(bytes)) ?? new StatCache();
  }

  /** Writes the file in one step. It is not synced: after a power cut the checksum decides. */
  save(path: string, anchor: CacheAnchor): void {
    const { table, subject } = this.#contents;
    const facts = Buffer.from(JSON.stringify({ anchor, subject }));
    const header = Buffer.alloc(HEADER_BYTES + roundUp(facts.length));
    MAGIC.copy(header);
    header.writeUInt32LE(facts.length, 8);
    facts.copy(header, HEADER_BYTES);
    const parts = [header, ...table.encode()];
    let sum = 0;
    for (const part of parts) sum = crc32(part, sum);
    const trailer = Buffer.alloc(4);
    trailer.writeUInt32LE(sum);
    const temporary = temporaryPath(dirname(path));
    try {
      writeParts(temporary, [...parts, trailer]);
      renameSync(temporary, path);
    } catch (error) {
      rmSync(temporary, { force: true });
      throw error;
    }
  }
}

function decode(bytes: Buffer<ArrayBuffer>): StatCache | undefined {
  const end = bytes.length - 4;
  if (end < HEADER_BYTES || !bytes.subarray(0, MAGIC.length).equals(MAGIC)) return undefined;
  if (crc32(bytes.subarray(0, end)) !== bytes.readUInt32LE(end)) return undefined;
  const factsLength = bytes.readUInt32LE(8);
  const facts = bytes.toString('utf8', HEADER_BYTES, HEADER_BYTES + factsLength);
  const table = StatTable.decode(bytes, HEADER_BYTES + roundUp(factsLength), end);
  if (table === undefined) return undefined;
  const { anchor, subject } = JSON.parse(facts);
  return new StatCache(anchor, { table, subject });
}

function readWhole(path: string): Buffer<ArrayBuffer> | undefined {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    const { size } = fstatSync(descriptor);
    if (size > CACHE_BYTES_MAX) return undefined;
    // Not from the pool: the columns need the bytes at an aligned start.
    const bytes = Buffer.from(new ArrayBuffer(size));
    let length = 0;
    while (length < size) {
      const read = readSync(descriptor, bytes, length, size - length, null);
      if (read === 0) return undefined;
      length += read;
    }
    return bytes;
  } catch (error) {
    // Why it cannot be read makes no difference: without it the snapshot only takes longer.
    if (error instanceof Error && 'syscall' in error) return undefined;
    throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function writeParts(path: string, parts: readonly Buffer[]): void {
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
  } finally {
    closeSync(descriptor);
  }
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
