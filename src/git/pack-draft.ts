// One pack while it is being written: whole objects, lightly deflated, under a temporary name. `seal` completes and
// syncs it together with its index, `publish` gives both their names. Until then it counts for nobody, and a crash leaves
// temporary files only.

import { createHash } from 'node:crypto';
import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { deflate } from './deflate.ts';
import { temporaryPath, writeSynced } from './durable-file.ts';
import { inflateExactly } from './inflate.ts';
import type { ObjectId, ObjectType } from './object-id.ts';
import { encodePackIndex, type PackIndexEntry } from './pack-index.ts';
import { objectDamaged, type StoredObject } from './stored-object.ts';
import { undeflated } from './undeflated.ts';

/** A delta whose base is in the same pack, deflated already. */
export interface DeflatedDelta {
  readonly base: ObjectId;
  readonly sizeBytes: number;
  readonly deflated: Buffer;
}

interface Entry extends PackIndexEntry {
  /** Undefined for a delta, which is not read back. */
  readonly type: ObjectType | undefined;
  readonly size: number;
  readonly dataAt: number;
  readonly end: number;
}

const TYPE_CODES = { commit: 1, tree: 2, blob: 3, tag: 4 } as const;
const OFFSET_DELTA = 6;
/** Most packs are of a few kilobytes, and memory that is asked for anew each time is not for nothing. */
const BUFFER_BYTES = 256 * 1024;
const COUNT_AT = 8;
/** Some thirty entries. */
const SMALL_TREE_BYTES_MAX = 1024;
/** Of an entry, which says type and size. */
const HEADER_BYTES_MAX = 9;

/** The temporary files of a draft. */
export interface DraftFiles {
  readonly pack: string;
  readonly index: string;
}

/** New ones, in the directory where the pack will be. */
export function draftFiles(directory: string): DraftFiles {
  return { pack: temporaryPath(directory), index: temporaryPath(directory) };
}

/** The place of a pack by its checksum, without `.pack`. */
export function packPath(directory: string, checksum: string): string {
  return join(directory, `pack-${checksum}`);
}

/** Gives a sealed pack and then its index their names; the directory is synced by the caller. */
export function publishFiles(files: DraftFiles, path: string): void {
  renameSync(files.pack, `${path}.pack`);
  renameSync(files.index, `${path}.idx`);
}

export function removeFiles(files: DraftFiles): void {
  rmSync(files.pack, { force: true });
  rmSync(files.index, { force: true });
}

export class PackDraft {
  readonly #directory: string;
  readonly #files: DraftFiles;
  readonly #entries = new Map<ObjectId, Entry>();
  readonly #buffer = Buffer.allocUnsafeSlow(BUFFER_BYTES);
  #buffered = 0;
  #written = 0;
  #descriptor: number | undefined;
  #checksum = '';

  constructor(directory: string, files = draftFiles(directory)) {
    this.#directory = directory;
    this.#files = files;
    this.#descriptor = openSync(files.pack, 'wx+', 0o600);
    try {
      fchmodSync(this.#descriptor, 0o600);
    } catch (error) {
      this.discard();
      throw error;
    }
    this.#append(Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1'));
  }

  get sizeBytes(): number {
    return this.#written + this.#buffered;
  }

  has(id: ObjectId): boolean {
    return this.#entries.has(id);
  }

  /** Undefined where it has no such object, or only as a delta. */
  sizeOf(id: ObjectId): number | undefined {
    const entry = this.#entries.get(id);
    return entry?.type && entry.size;
  }

  add(id: ObjectId, { type, content }: StoredObject): void {
    const isSmallTree = type === 'tree' && content.length <= SMALL_TREE_BYTES_MAX;
    const deflated = isSmallTree ? undeflated(content) : deflate(content);
    this.addDeflated(id, { type, sizeBytes: content.length, deflated });
  }

  /** Takes a whole object over from another pack as it stands there. */
  addDeflated(
    id: ObjectId,
    object: {
      readonly type: ObjectType;
      readonly sizeBytes: number;
      readonly deflated: Buffer;
    },
  ): void {
    const { type, sizeBytes, deflated } = object;
    const header = encodeEntryHeader(TYPE_CODES[type], sizeBytes);
    this.#enter(id, { type, sizeBytes, header, deflated });
  }

  /** Takes a delta; its base must be in this pack already. */
  addDelta(id: ObjectId, { base, sizeBytes, deflated }: DeflatedDelta): void {
    const at = this.#entries.get(base)?.offset;
    if (at === undefined) throw new TypeError(`A delta of ${base}, which is not in the pack`);
    const start = encodeEntryHeader(OFFSET_DELTA, sizeBytes);
    const header = Buffer.concat([start, encodeDistance(this.sizeBytes - at)]);
    this.#enter(id, { type: undefined, sizeBytes, header, deflated });
  }

  #enter(
    id: ObjectId,
    entry: Pick<Entry, 'type'> & {
      readonly sizeBytes: number;
      readonly header: Buffer;
      readonly deflated: Buffer;
    },
  ): void {
    const { type, sizeBytes, header, deflated } = entry;
    const offset = this.sizeBytes;
    this.#append(header);
    this.#append(deflated);
    this.#entries.set(id, {
      id,
      offset,
      crc: crc32(deflated, crc32(header)),
      type,
      size: sizeBytes,
      dataAt: offset + header.length,
      end: offset + header.length + deflated.length,
    });
  }

  /** Reads an object back before it is published. */
  read(id: ObjectId): StoredObject | undefined {
    const entry = this.#entries.get(id);
    if (entry?.type === undefined) return undefined;
    this.#flush();
    const deflated = Buffer.allocUnsafe(entry.end - entry.dataAt);
    const length = readSync(this.#open, deflated, 0, deflated.length, entry.dataAt);
    const content = inflateExactly(deflated.subarray(0, length), entry.size);
    if (content !== undefined) return { type: entry.type, content };
    throw objectDamaged(`object ${id}`, 'it did not come back as it was written', { id });
  }

  /** Completes pack and index, syncs both, and returns the checksum of the pack. */
  seal(): string {
    this.#flush();
    const count = Buffer.allocUnsafe(4);
    count.writeUInt32BE(this.#entries.size);
    writeSync(this.#open, count, 0, count.length, COUNT_AT);
    const checksum = this.#hashWritten();
    this.#append(checksum);
    this.#flush();
    fsyncSync(this.#open);
    writeSynced(this.#files.index, encodePackIndex([...this.#entries.values()], checksum));
    this.#checksum = checksum.toString('hex');
    return this.#checksum;
  }

  /** Where a sealed pack will be, without `.pack`. */
  get path(): string {
    return packPath(this.#directory, this.#checksum);
  }

  /** Gives pack and index their names. What was in the store before keeps its age by `bornAt`, in milliseconds since 1970. */
  publish(bornAt?: number): void {
    this.close();
    if (bornAt !== undefined) utimesSync(this.#files.pack, bornAt / 1000, bornAt / 1000);
    publishFiles(this.#files, this.path);
  }

  /** Removes what was not published. */
  discard(): void {
    this.close();
    removeFiles(this.#files);
  }

  get #open(): number {
    if (this.#descriptor !== undefined) return this.#descriptor;
    throw new TypeError('The pack is closed already');
  }

  /** Gives back the descriptor; nothing can be added or read any more. */
  close(): void {
    if (this.#descriptor === undefined) return;
    closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }

  #append(bytes: Buffer): void {
    if (this.#buffered + bytes.length > this.#buffer.length) this.#flush();
    if (bytes.length > this.#buffer.length) {
      this.#write(bytes);
    } else {
      bytes.copy(this.#buffer, this.#buffered);
      this.#buffered += bytes.length;
    }
  }

  #flush(): void {
    const bytes = this.#buffer.subarray(0, this.#buffered);
    this.#buffered = 0;
    this.#write(bytes);
  }

  #write(bytes: Buffer): void {
    for (let done = 0; done < bytes.length; ) {
      const length = writeSync(this.#open, bytes, done, bytes.length - done, this.#written);
      this.#written += length;
      done += length;
    }
  }

  /** The count stands before all objects and is known after them, so the hash is taken in a second pass over cached pages. */
  #hashWritten(): Buffer {
    const hash = createHash('sha1');
    for (let at = 0; at < this.#written; ) {
      const length = readSync(this.#open, this.#buffer, 0, BUFFER_BYTES, at);
      if (length === 0) throw objectDamaged(`the pack '${this.#files.pack}'`, 'it became shorter');
      hash.update(this.#buffer.subarray(0, length));
      at += length;
    }
    return hash.digest();
  }
}

function encodeEntryHeader(code: number, size: number): Buffer {
  const bytes = Buffer.allocUnsafe(HEADER_BYTES_MAX);
  let length = 0;
  let byte = (code << 4) | (size & 0x0f);
  for (let rest = Math.floor(size / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[length] = byte | 0x80;
    length += 1;
    byte = rest & 0x7f;
  }
  bytes[length] = byte;
  return bytes.subarray(0, length + 1);
}

/** How far before a delta its base begins, in git's own variable-length form. */
function encodeDistance(distance: number): Buffer {
  const bytes = [distance & 0x7f];
  for (let rest = Math.floor(distance / 128); rest > 0; rest = Math.floor(rest / 128)) {
    rest -= 1;
    bytes.unshift((rest & 0x7f) | 0x80);
  }
  return Buffer.from(bytes);
}
