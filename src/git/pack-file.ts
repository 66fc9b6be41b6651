// Reads objects out of one pack: whole ones and both kinds of delta. Only the bytes of the objects asked for are read, through a
// descriptor that is opened once, so a pack that is deleted meanwhile stays readable. A pack that does not belong to its index
// is refused.

import { createHash } from 'node:crypto';
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { applyDelta, readDeltaSizes } from './apply-delta.ts';
import { deflatedBytesMax, inflateExactly, inflateStart } from './inflate.ts';
import { OBJECT_ID_BYTES, type ObjectType, objectIdAt } from './object-id.ts';
import type { PackIndex } from './pack-index.ts';
import type { RecentCache } from './recent-cache.ts';
import {
  OBJECT_BYTES_MAX,
  type ObjectInfo,
  objectDamaged,
  type StoredObject,
  sizeFault,
} from './stored-object.ts';

/** Objects that others were made from, by pack and offset. */
export type DeltaBases = RecentCache<string, StoredObject>;

export interface PackedObject extends StoredObject {
  /** Whether it was put together from deltas, which zlib's own checksum does not cover. */
  readonly isFromDelta: boolean;
}

/** An entry as it stands in the pack. */
export interface RawEntry {
  /** Undefined for a delta. */
  readonly type: ObjectType | undefined;
  /** Of the object, or of its delta. */
  readonly sizeBytes: number;
  /** Where the object that a delta is made from begins. */
  readonly baseAt: number | undefined;
  readonly header: Buffer;
  readonly deflated: Buffer;
}

interface Entry {
  /** Undefined for a delta. */
  readonly type: ObjectType | undefined;
  readonly sizeBytes: number;
  readonly dataAt: number;
  readonly baseAt: number | undefined;
}

const SIGNATURE = 'PACK';
const HEADER_BYTES = 12;
const CHECKSUM_BYTES = 20;
const TYPES: readonly (ObjectType | undefined)[] = [undefined, 'commit', 'tree', 'blob', 'tag'];
const OFFSET_DELTA = 6;
const REFERENCE_DELTA = 7;
/** The longest entry header: nine bytes of size, then a base's offset or id. */
const ENTRY_HEADER_BYTES_MAX = 9 + OBJECT_ID_BYTES;
/** git makes chains of 50 and allows 4,095. */
const DELTA_DEPTH_MAX = 10_000;
const DELTA_SIZES_START_BYTES = 512;
/** What all steps of one chain may make together: each is copied, which takes time. */
const CHAIN_BYTES_MAX = 32 * 1024 * 1024 * 1024;

const WINDOW_BYTES = 16 * 1024;
const READ_AHEAD_BYTES = 4096;

/** The bytes read last, of whichever pack: a header and its data, or neighbours, then take one read. */
const window = {
  bytes: Buffer.allocUnsafeSlow(WINDOW_BYTES),
  pack: undefined as PackFile | undefined,
  offset: 0,
  length: 0,
};

/** Closes what nobody can close any more: a store that is just dropped, as a library's caller may, keeps no pack open for good. */
const dropped = new FinalizationRegistry<number>((descriptor) => closeSync(descriptor));

export class PackFile {
  readonly path: string;
  readonly #index: PackIndex;
  readonly #bases: DeltaBases;
  readonly #descriptor: number;
  /** Where the entries end and the checksum begins. */
  readonly #end: number;

  /** Opens a pack; passes ENOENT out, throws `object-damaged` if it is not the pack of this index. */
  constructor(path: string, index: PackIndex, bases: DeltaBases) {
    this.path = path;
    this.#index = index;
    this.#bases = bases;
    this.#descriptor = openSync(path, 'r');
    try {
      this.#end = fstatSync(this.#descriptor).size - CHECKSUM_BYTES;
      this.#checkFrame();
    } catch (error) {
      closeSync(this.#descriptor);
      throw error;
    }
    dropped.register(this, this.#descriptor, this);
  }

  close(): void {
    dropped.unregister(this);
    closeSync(this.#descriptor);
  }

  /** Reads the object at an offset its index gave. */
  read(offset: number): PackedObject {
    const deltas: { readonly offset: number; readonly delta: Buffer }[] = [];
    let deltaBytes = 0;
    let madeBytes = 0;
    let position = offset;
    let object = this.#bases.get(this.#baseKey(position));
    while (object === undefined) {
      const entry = this.#entryAt(position);
      this.#checkSize(entry.type ?? 'blob', entry.sizeBytes, position);
      const content = this.#inflate(entry);
      if (entry.type !== undefined) {
        object = { type: entry.type, content };
      } else {
        deltaBytes += content.length;
        if (deltas.length === DELTA_DEPTH_MAX || deltaBytes > OBJECT_BYTES_MAX) {
          throw this.#damaged('a chain of deltas has no end');
        }
        deltas.push({ offset: position, delta: content });
        position = entry.baseAt ?? 0;
        object = this.#bases.get(this.#baseKey(position));
      }
    }
    const isFromDelta = deltas.length > 0;
    for (let next = deltas.pop(); next !== undefined; next = deltas.pop()) {
      this.#bases.set(this.#baseKey(position), object, object.content.length);
      const resultBytes = readDeltaSizes(next.delta)?.resultBytes ?? 0;
      this.#checkSize(object.type, resultBytes, next.offset);
      madeBytes += resultBytes;
      if (madeBytes > CHAIN_BYTES_MAX) throw this.#damaged('a chain of deltas makes too much');
      const content = applyDelta(object.content, next.delta);
      if (content === undefined) throw this.#damaged(`the delta at ${next.offset} does not fit`);
      object = { type: object.type, content };
      position = next.offset;
    }
    return { ...object, isFromDelta };
  }

  #checkSize(type: ObjectType, sizeBytes: number, offset: number): void {
    const fault = sizeFault(type, sizeBytes);
    if (fault !== undefined) throw this.#damaged(`of the object at ${offset}, ${fault}`);
  }

  /** Reads type and size without the content. */
  info(offset: number): ObjectInfo {
    let entry = this.#entryAt(offset);
    let size = entry.sizeBytes;
    if (entry.type === undefined) {
      const start = inflateStart(this.#bytesAt(entry.dataAt, DELTA_SIZES_START_BYTES));
      const sizes = start && readDeltaSizes(start);
      if (sizes === undefined) throw this.#damaged(`the delta at ${offset} has no size`);
      size = sizes.resultBytes;
    }
    for (let depth = 0; depth <= DELTA_DEPTH_MAX; depth += 1) {
      if (entry.type !== undefined) return { type: entry.type, size };
      entry = this.#entryAt(entry.baseAt ?? 0);
    }
    throw this.#damaged('a chain of deltas has no end');
  }

  /** Reads an entry as it stands, without inflating it; `end` is where the next one begins, or undefined for the last. */
  rawEntry(offset: number, end = this.#end): RawEntry {
    const { type, sizeBytes, dataAt, baseAt } = this.#entryAt(offset);
    const bytes = Buffer.from(this.#bytesAt(offset, end - offset));
    const headerBytes = dataAt - offset;
    const header = bytes.subarray(0, headerBytes);
    return { type, sizeBytes, baseAt, header, deflated: bytes.subarray(headerBytes) };
  }

  /** Tells whether every byte of the pack is as it was written. */
  isIntact(): boolean {
    const hash = createHash('sha1');
    for (let at = 0; at < this.#end; at += WINDOW_BYTES) {
      hash.update(this.#bytesAt(at, WINDOW_BYTES));
    }
    return hash.digest().equals(this.#index.packChecksum);
  }

  #checkFrame(): void {
    if (this.#end < HEADER_BYTES) throw this.#damaged('it is cut short');
    const header = this.#bytesAt(0, HEADER_BYTES);
    const isPack = header.toString('latin1', 0, 4) === SIGNATURE && header.readUInt32BE(4) === 2;
    if (!isPack) throw this.#damaged('it is no pack');
    const checksum = Buffer.allocUnsafe(CHECKSUM_BYTES);
    readSync(this.#descriptor, checksum, 0, CHECKSUM_BYTES, this.#end);
    if (!checksum.equals(this.#index.packChecksum)) {
      throw this.#damaged('it is not the pack of its index');
    }
  }

  #entryAt(offset: number): Entry {
    const bytes = this.#bytesAt(offset, ENTRY_HEADER_BYTES_MAX);
    let at = 0;
    let byte = bytes[at++] ?? 0;
    const kind = (byte >> 4) & 7;
    let sizeBytes = byte & 0x0f;
    for (let factor = 16; byte >= 0x80; factor *= 128) {
      byte = bytes[at++] ?? 0;
      sizeBytes += (byte & 0x7f) * factor;
    }
    if (offset < HEADER_BYTES || !Number.isSafeInteger(sizeBytes)) {
      throw this.#noEntry(offset);
    }
    const type = TYPES[kind];
    if (type !== undefined) return { type, sizeBytes, dataAt: offset + at, baseAt: undefined };
    const base =
      kind === OFFSET_DELTA
        ? readBaseOffset(bytes, at, offset)
        : kind === REFERENCE_DELTA && at + OBJECT_ID_BYTES <= bytes.length
          ? { at: this.#index.offsetOf(objectIdAt(bytes, at)), end: at + OBJECT_ID_BYTES }
          : undefined;
    if (base?.at === undefined) throw this.#noEntry(offset);
    return { type, sizeBytes, dataAt: offset + base.end, baseAt: base.at };
  }

  #inflate({ dataAt, sizeBytes }: Entry): Buffer {
    // How long the deflated data is stands nowhere, so as much is read as it could be.
    const deflated = this.#bytesAt(dataAt, deflatedBytesMax(sizeBytes));
    const content = inflateExactly(deflated, sizeBytes);
    if (content === undefined) throw this.#damaged(`the data at ${dataAt} is cut short or altered`);
    return content;
  }

  /** Up to this many bytes of entries; valid until the next call. */
  #bytesAt(offset: number, lengthMax: number): Buffer {
    const length = Math.max(0, Math.min(lengthMax, this.#end - offset));
    if (length > window.bytes.length) {
      return this.#readInto(Buffer.allocUnsafe(length), offset, length);
    }
    const start = offset - window.offset;
    if (window.pack === this && start >= 0 && start + length <= window.length) {
      return window.bytes.subarray(start, start + length);
    }
    window.pack = this;
    window.offset = offset;
    const readAhead = Math.max(length, Math.min(READ_AHEAD_BYTES, this.#end - offset));
    window.length = 0;
    window.length = this.#readInto(window.bytes, offset, readAhead).length;
    return window.bytes.subarray(0, Math.min(length, window.length));
  }

  #readInto(bytes: Buffer, offset: number, length: number): Buffer {
    let filled = 0;
    while (filled < length) {
      const read = readSync(this.#descriptor, bytes, filled, length - filled, offset + filled);
      if (read === 0) break;
      filled += read;
    }
    return bytes.subarray(0, filled);
  }

  #baseKey(offset: number): string {
    return `${this.path}:${offset}`;
  }

  #noEntry(offset: number): Error {
    return this.#damaged(`no object begins at ${offset}`);
  }

  #damaged(reason: string): Error {
    return objectDamaged(`the pack '${this.path}'`, reason, { path: this.path });
  }
}

/** How far before its delta a base lies, in git's own variable-length form. */
function readBaseOffset(
  bytes: Buffer,
  start: number,
  offset: number,
): { at: number | undefined; end: number } {
  let at = start;
  let byte = bytes[at++] ?? 0;
  let distance = byte & 0x7f;
  while (byte >= 0x80) {
    byte = bytes[at++] ?? 0;
    distance = (distance + 1) * 128 + (byte & 0x7f);
  }
  const isBefore = distance > 0 && distance <= offset;
  return { at: isBefore ? offset - distance : undefined, end: at };
}
