// Objects that are small on the disk and claim to be enormous, written without ever making what they claim.

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { constants, deflateRawSync, deflateSync } from 'node:zlib';
import type { ObjectId } from '../../src/git/object-id.ts';
import { encodePackIndex, type PackIndexEntry } from '../../src/git/pack-index.ts';

const BLOCK_BYTES = 16 * 1024 * 1024;
const ADLER_MODULUS = 65_521;

/** A zlib stream of `head` and then this many zeros (a multiple of 16 MiB), made in no time. */
export function zeroBomb(head: string, zeroBytes: number): Buffer {
  const flushed = { finishFlush: constants.Z_FULL_FLUSH, level: 9 };
  const first = deflateRawSync(Buffer.from(head, 'latin1'), flushed);
  const block = deflateRawSync(Buffer.alloc(BLOCK_BYTES), flushed);
  const blocks = Array.from({ length: zeroBytes / BLOCK_BYTES }, () => block);
  const last = deflateRawSync(Buffer.alloc(0));
  let [a, b] = [1, 0];
  for (const byte of Buffer.from(head, 'latin1')) {
    a = (a + byte) % ADLER_MODULUS;
    b = (b + a) % ADLER_MODULUS;
  }
  b = (b + (zeroBytes % ADLER_MODULUS) * a) % ADLER_MODULUS;
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(b * 65_536 + a);
  return Buffer.concat([Buffer.from([0x78, 0xda]), first, ...blocks, last, checksum]);
}

/** Files deflated bytes as a loose object. */
export function plantLoose(store: string, id: string, deflated: Buffer): void {
  const path = join(store, 'objects', id.slice(0, 2), id.slice(2));
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, deflated, { mode: 0o600 });
}

export interface PlantedEntry {
  readonly id: string;
  /** Header and data as they stand in a pack; given the place of each entry before it. */
  bytes(offsets: readonly number[], own: number): Buffer;
}

/** Writes a pack of these entries with an index that fits it. */
export function plantPack(store: string, entries: readonly PlantedEntry[]): string {
  const header = Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1');
  header.writeUInt32BE(entries.length, 8);
  const parts: Buffer[] = [header];
  const offsets: number[] = [];
  let at = header.length;
  for (const entry of entries) {
    const bytes = entry.bytes(offsets, at);
    offsets.push(at);
    parts.push(bytes);
    at += bytes.length;
  }
  const body = Buffer.concat(parts);
  const checksum = createHash('sha1').update(body).digest();
  const listed: PackIndexEntry[] = entries.map(({ id }, index) => ({
    id: id as ObjectId,
    offset: offsets[index] ?? 0,
    crc: 0,
  }));
  const path = join(store, 'objects', 'pack', `pack-${checksum.toString('hex')}`);
  writeFileSync(`${path}.pack`, Buffer.concat([body, checksum]), { mode: 0o600 });
  writeFileSync(`${path}.idx`, encodePackIndex(listed, checksum), { mode: 0o600 });
  return `${path}.pack`;
}

const KINDS = { commit: 1, tree: 2, blob: 3, offsetDelta: 6, referenceDelta: 7 } as const;

/** What stands before the data of an entry. */
export function entryHeader(kind: keyof typeof KINDS, sizeBytes: number): Buffer {
  const bytes = [(KINDS[kind] << 4) | (sizeBytes % 16)];
  for (let rest = Math.floor(sizeBytes / 16); rest > 0; rest = Math.floor(rest / 128)) {
    bytes[bytes.length - 1] = (bytes.at(-1) ?? 0) | 0x80;
    bytes.push(rest % 128);
  }
  return Buffer.from(bytes);
}

/** A delta that copies the first 64 KiB of its base over and over, until it has made this much. */
export function copyDelta(baseBytes: number, resultBytes: number): Buffer {
  const copy = Buffer.from([0x80]);
  const copies = Buffer.alloc(resultBytes / 65_536, copy);
  return Buffer.concat([varint(baseBytes), varint(resultBytes), copies]);
}

/** An entry that is this delta of the object with that id. */
export function referenceDelta(baseId: string, delta: Buffer): Buffer {
  const header = entryHeader('referenceDelta', delta.length);
  return Buffer.concat([header, Buffer.from(baseId, 'hex'), deflateSync(delta)]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  do {
    bytes.push((rest % 128) + (rest >= 128 ? 128 : 0));
    rest = Math.floor(rest / 128);
  } while (rest > 0);
  return Buffer.from(bytes);
}
