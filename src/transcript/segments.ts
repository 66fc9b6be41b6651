// Transcripts are stored as append-only segments: in order they are the agent's file, byte for byte. This file decides what a
// checkpoint adds: nothing, the bytes appended since, or (the agent rewrote its file) everything after the longest run of
// segments that is still there. It only decides; it reads in small chunks, writes nothing, and knows no store.

/** The agent's file as it is now. `read` gives fewer bytes only where the file ends. */
export interface ByteSource {
  readonly size: number;
  read(offset: number, length: number): Uint8Array;
}

/** What the last checkpoint holds. `equals` tells whether the chunks, joined, are segment `index`; a hash will do. */
export interface StoredSegments {
  readonly count: number;
  readonly bytes: number;
  length(index: number): number;
  equals(index: number, chunks: Iterable<Uint8Array>): boolean;
}

export interface GrowthOptions {
  /** `ends` compares a large transcript whole only now and then, so that a long session costs no more than a short one. */
  readonly check: 'ends' | 'whole';
  /** Takes a torn last line too: no more will come. */
  readonly final?: boolean;
}

/** Bytes `from` to `to` of the file are to be stored after the first `keepSegments` segments. */
export type Growth =
  | { readonly kind: 'same' }
  | {
      readonly kind: 'appended' | 'rewritten';
      readonly keepSegments: number;
      readonly from: number;
      readonly to: number;
    };

/** Transcripts up to this size are compared whole at every event. */
export const WHOLE_CHECK_BYTES_MAX = 128 * 1024;
/** A larger one is compared whole each time it has grown by this factor, which makes a constant share of the work per byte. */
const WHOLE_CHECK_FACTOR = 1.25;
/** No segment is made larger: the first and the last one are compared whole at every event. */
export const SEGMENT_BYTES_MAX = 1024 * 1024;
/** How much is compared at either end of a larger transcript. */
const END_BYTES = 16 * 1024;
const CHUNK_BYTES = 1024 * 1024;
const SEARCH_BYTES = 64 * 1024;
const SEGMENTS_PER_DIRECTORY = 100;
const NEWLINE = 0x0a;

/** Decides what the next checkpoint has to store. */
export function growth(stored: StoredSegments, file: ByteSource, options: GrowthOptions): Growth {
  if (file.size < stored.bytes || !isPrefix(stored, file, options)) {
    const kept = unchangedRun(stored, file);
    const to = completeLength(file, kept.bytes, options.final === true);
    return { kind: 'rewritten', keepSegments: kept.count, from: kept.bytes, to };
  }
  const to = completeLength(file, stored.bytes, options.final === true);
  if (to === stored.bytes) return { kind: 'same' };
  return { kind: 'appended', keepSegments: stored.count, from: stored.bytes, to };
}

/** Gives the length of the file up to its last complete line, never less than `from`; all of it when `final`. */
export function completeLength(file: ByteSource, from: number, final: boolean): number {
  if (final) return Math.max(from, file.size);
  return lastLineEnd(file, from, file.size) ?? from;
}

/** Cuts bytes `from` to `to` into pieces of at most `SEGMENT_BYTES_MAX`, at line ends where a line allows it. */
export function splitSegments(
  file: ByteSource,
  range: { readonly from: number; readonly to: number },
  bytesMax: number = SEGMENT_BYTES_MAX,
): { offset: number; length: number }[] {
  const pieces: { offset: number; length: number }[] = [];
  let offset = range.from;
  while (offset < range.to) {
    const limit = offset + bytesMax;
    const end = limit >= range.to ? range.to : (lastLineEnd(file, offset, limit) ?? limit);
    pieces.push({ offset, length: end - offset });
    offset = end;
  }
  return pieces;
}

/** Names segment `index` within a transcript's directory: 17 is `0000/0017.jsonl`, 117 is `0001/0117.jsonl`. */
export function segmentPath(index: number): string {
  const directory = Math.floor(index / SEGMENTS_PER_DIRECTORY);
  return `${String(directory).padStart(4, '0')}/${String(index).padStart(4, '0')}.jsonl`;
}

/** Reads a segment's index back from its path; undefined for any other file. */
export function segmentIndex(path: string): number | undefined {
  const match = /^\d{4,}\/(\d{4,})\.jsonl$/.exec(path);
  const index = Number(match?.[1]);
  return match && segmentPath(index) === path ? index : undefined;
}

function isPrefix(stored: StoredSegments, file: ByteSource, options: GrowthOptions): boolean {
  const isMilestone = milestone(file.size) > milestone(stored.bytes);
  if (options.check === 'whole' || isMilestone || stored.bytes <= WHOLE_CHECK_BYTES_MAX) {
    return unchangedRun(stored, file).count === stored.count;
  }
  return headMatches(stored, file) && tailMatches(stored, file);
}

/** How many times a transcript has grown by the factor. */
function milestone(bytes: number): number {
  return Math.floor(Math.log(Math.max(1, bytes)) / Math.log(WHOLE_CHECK_FACTOR));
}

function headMatches(stored: StoredSegments, file: ByteSource): boolean {
  let offset = 0;
  for (let index = 0; index < stored.count && offset < END_BYTES; index += 1) {
    const length = stored.length(index);
    if (!stored.equals(index, chunks(file, offset, length))) return false;
    offset += length;
  }
  return true;
}

function tailMatches(stored: StoredSegments, file: ByteSource): boolean {
  let end = stored.bytes;
  for (let index = stored.count - 1; index >= 0 && stored.bytes - end < END_BYTES; index -= 1) {
    const length = stored.length(index);
    if (!stored.equals(index, chunks(file, end - length, length))) return false;
    end -= length;
  }
  return true;
}

function unchangedRun(stored: StoredSegments, file: ByteSource): { count: number; bytes: number } {
  let bytes = 0;
  for (let index = 0; index < stored.count; index += 1) {
    const length = stored.length(index);
    const there = bytes + length <= file.size;
    if (!there || !stored.equals(index, chunks(file, bytes, length)))
      return { count: index, bytes };
    bytes += length;
  }
  return { count: stored.count, bytes };
}

/** Reads a range piece by piece; it ends early if the file shrank meanwhile, which no comparison then mistakes for equal. */
export function* chunks(file: ByteSource, offset: number, length: number): Generator<Uint8Array> {
  const end = offset + length;
  let at = offset;
  while (at < end) {
    const chunk = file.read(at, Math.min(CHUNK_BYTES, end - at));
    if (chunk.length === 0) return;
    yield chunk;
    at += chunk.length;
  }
}

/** Finds the end of the last line that ends after `from` and not after `to`, reading backwards. */
function lastLineEnd(file: ByteSource, from: number, to: number): number | undefined {
  let end = to;
  while (end > from) {
    const start = Math.max(from, end - SEARCH_BYTES);
    const found = file.read(start, end - start).lastIndexOf(NEWLINE);
    if (found >= 0) return start + found + 1;
    end = start;
  }
  return undefined;
}
