// Pack indexes, version 2: which objects a pack holds, at which offset. An index is read whole and searched in memory. Its layout is
// checked when it is opened; its own checksum only by `isIntact`, which reads every byte.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { OBJECT_ID_BYTES, type ObjectId, objectIdAt } from './object-id.ts';
import { objectDamaged } from './stored-object.ts';

export interface PackIndexEntry {
  readonly id: ObjectId;
  readonly offset: number;
  /** CRC-32 of the entry as it stands in the pack, header included. */
  readonly crc: number;
}

const MAGIC_AND_VERSION = Buffer.from([0xff, 0x74, 0x4f, 0x63, 0, 0, 0, 2]);
const FAN_OUT_AT = MAGIC_AND_VERSION.length;
const IDS_AT = FAN_OUT_AT + 256 * 4;
const LARGE_OFFSET = 0x8000_0000;
const CHECKSUM_BYTES = 20;

export class PackIndex {
  readonly path: string;
  readonly count: number;
  readonly #bytes: Buffer;
  readonly #offsetsAt: number;
  readonly #largeOffsetsAt: number;

  /** Reads an index; throws `object-damaged` if it is not one, and passes ENOENT out. */
  constructor(path: string) {
    const bytes = readFileSync(path);
    const count = bytes.length < IDS_AT ? 0 : bytes.readUInt32BE(IDS_AT - 4);
    this.path = path;
    this.count = count;
    this.#bytes = bytes;
    this.#offsetsAt = IDS_AT + count * (OBJECT_ID_BYTES + 4);
    this.#largeOffsetsAt = this.#offsetsAt + count * 4;
    const largeOffsetsBytes = bytes.length - 2 * CHECKSUM_BYTES - this.#largeOffsetsAt;
    const isWhole = largeOffsetsBytes >= 0 && largeOffsetsBytes % 8 === 0 && hasLayout(bytes);
    if (!isWhole) throw objectDamaged(`the pack index '${path}'`, 'it is no index', { path });
  }

  /** The checksum of the pack this index belongs to. */
  get packChecksum(): Buffer {
    return this.#bytes.subarray(-2 * CHECKSUM_BYTES, -CHECKSUM_BYTES);
  }

  /** Tells whether every byte of the index is as it was written. */
  isIntact(): boolean {
    const content = this.#bytes.subarray(0, -CHECKSUM_BYTES);
    return createHash('sha1')
      .update(content)
      .digest()
      .equals(this.#bytes.subarray(-CHECKSUM_BYTES));
  }

  /** The offset of an object in the pack, or undefined. */
  offsetOf(id: ObjectId): number | undefined {
    const key = Number.parseInt(id.slice(0, 8), 16);
    for (let at = this.#firstFrom(key); at < this.count && this.#keyAt(at) === key; at += 1) {
      if (this.#idAt(at) === id) return this.#offsetAt(at);
    }
    return undefined;
  }

  /** Lists the objects whose ids begin with the prefix. */
  *ids(prefix = ''): Generator<ObjectId> {
    const key = Number.parseInt(prefix.slice(0, 8).padEnd(8, '0'), 16);
    for (let at = this.#firstFrom(key); at < this.count; at += 1) {
      const id = this.#idAt(at);
      if (id.startsWith(prefix)) yield id;
      else if (id > prefix) return;
    }
  }

  /** All objects in the order in which they stand in the pack. */
  entries(): PackIndexEntry[] {
    const crcsAt = IDS_AT + this.count * OBJECT_ID_BYTES;
    const entries = Array.from({ length: this.count }, (_, position) => ({
      id: this.#idAt(position),
      offset: this.#offsetAt(position),
      crc: this.#bytes.readUInt32BE(crcsAt + position * 4),
    }));
    return entries.sort((a, b) => a.offset - b.offset);
  }

  /** The first position whose id begins with these four bytes or comes after them. */
  #firstFrom(key: number): number {
    const first = key >>> 24;
    let low = first === 0 ? 0 : this.#bytes.readUInt32BE(FAN_OUT_AT + (first - 1) * 4);
    let high = this.#bytes.readUInt32BE(FAN_OUT_AT + first * 4);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#keyAt(middle) < key) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #keyAt(position: number): number {
    return this.#bytes.readUInt32BE(IDS_AT + position * OBJECT_ID_BYTES);
  }

  #idAt(position: number): ObjectId {
    return objectIdAt(this.#bytes, IDS_AT + position * OBJECT_ID_BYTES);
  }

  #offsetAt(position: number): number {
    const offset = this.#bytes.readUInt32BE(this.#offsetsAt + position * 4);
    if (offset < LARGE_OFFSET) return offset;
    const at = this.#largeOffsetsAt + (offset - LARGE_OFFSET) * 8;
    if (at + 8 > this.#bytes.length - 2 * CHECKSUM_BYTES) {
      throw objectDamaged(`the pack index '${this.path}'`, 'an offset is wrong', {
        path: this.path,
      });
    }
    return Number(this.#bytes.readBigUInt64BE(at));
  }
}

/** Writes the index of a pack with this checksum. */
export function encodePackIndex(entries: readonly PackIndexEntry[], packChecksum: Buffer): Buffer {
  const sorted = [...entries].sort((a, b) => (a.id < b.id ? -1 : 1));
  const large = sorted.filter(({ offset }) => offset >= LARGE_OFFSET);
  const crcsAt = IDS_AT + sorted.length * OBJECT_ID_BYTES;
  const offsetsAt = crcsAt + sorted.length * 4;
  const largeOffsetsAt = offsetsAt + sorted.length * 4;
  const checksumsAt = largeOffsetsAt + large.length * 8;
  const bytes = Buffer.alloc(checksumsAt + 2 * CHECKSUM_BYTES);
  MAGIC_AND_VERSION.copy(bytes);
  const counts = new Uint32Array(256);
  let largeCount = 0;
  for (const [position, { id, offset, crc }] of sorted.entries()) {
    bytes.write(id, IDS_AT + position * OBJECT_ID_BYTES, 'hex');
    const first = bytes[IDS_AT + position * OBJECT_ID_BYTES] ?? 0;
    counts[first] = (counts[first] ?? 0) + 1;
    bytes.writeUInt32BE(crc, crcsAt + position * 4);
    if (offset < LARGE_OFFSET) {
      bytes.writeUInt32BE(offset, offsetsAt + position * 4);
      continue;
    }
    bytes.writeUInt32BE(LARGE_OFFSET + largeCount, offsetsAt + position * 4);
    bytes.writeBigUInt64BE(BigInt(offset), largeOffsetsAt + largeCount * 8);
    largeCount += 1;
  }
  let total = 0;
  for (const [first, count] of counts.entries()) {
    total += count;
    bytes.writeUInt32BE(total, FAN_OUT_AT + first * 4);
  }
  packChecksum.copy(bytes, checksumsAt);
  const checksum = createHash('sha1').update(bytes.subarray(0, -CHECKSUM_BYTES)).digest();
  checksum.copy(bytes, checksumsAt + CHECKSUM_BYTES);
  return bytes;
}

function hasLayout(bytes: Buffer): boolean {
  if (!bytes.subarray(0, FAN_OUT_AT).equals(MAGIC_AND_VERSION)) return false;
  let previous = 0;
  // Not `readUInt32BE`, which takes five times as long before V8 has made it fast: a hook opens forty indexes and then ends.
  const fanOut = new DataView(bytes.buffer, bytes.byteOffset + FAN_OUT_AT, IDS_AT - FAN_OUT_AT);
  for (let at = 0; at < fanOut.byteLength; at += 4) {
    const total = fanOut.getUint32(at);
    if (total < previous) return false;
    previous = total;
  }
  return true;
}
