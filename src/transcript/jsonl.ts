// Reads a transcript's lines and survives what real ones hold: a torn last or middle line, records glued on one line, runs of
// NUL, a byte order mark, CRLF, blank lines, one array instead of lines, bytes that are no UTF-8. Every byte that is
// not white space is in exactly one entry: a value, or a problem with its place. It never throws on content.

import { DEPTH_MAX, isDeep, isDense } from './json-bounds.ts';
import { endOfValue, skipSpace } from './json-values.ts';

export type JsonProblem = 'torn' | 'not-json' | 'nul' | 'too-long' | 'too-deep' | 'too-many';

export type JsonEntry =
  | { readonly offset: number; readonly length: number; readonly value: unknown }
  | { readonly offset: number; readonly length: number; readonly problem: JsonProblem };

export interface JsonLinesOptions {
  /** Longer lines are reported, not parsed. */
  readonly lineBytesMax?: number;
  /** What comes after so many entries is one more, not read. */
  readonly entriesMax?: number;
  /** Tells a record from an object inside one, when a whole record is looked for behind a torn one. */
  readonly isRecord?: (value: object) => boolean;
}

const LINE_BYTES_MAX = 64 * 1024 * 1024;
/** A transcript of half a gigabyte has half as many. */
const ENTRIES_MAX = 1_000_000;
/** How often a damaged line's own length may be searched for whole records. */
const SEARCH_FACTOR = 32;
const NEWLINE = 0x0a;

interface Span {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
  readonly isLast: boolean;
}

/** Yields the values of a transcript in file order, with what could not be read in between. */
export function* readJsonLines(
  content: Uint8Array,
  options: JsonLinesOptions = {},
): Generator<JsonEntry> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  let left = options.entriesMax ?? ENTRIES_MAX;
  for (const entry of readEntries(bytes, options)) {
    if (left === 0) {
      const rest = { bytes, start: entry.offset, end: bytes.length, isLast: true };
      yield problem(trim(rest), 'too-many');
      return;
    }
    left -= 1;
    yield entry;
  }
}

function* readEntries(bytes: Buffer, options: JsonLinesOptions): Generator<JsonEntry> {
  const first = bytes.subarray(0, 3).toString('latin1') === '\xef\xbb\xbf' ? 3 : 0;
  const lineBytesMax = options.lineBytesMax ?? LINE_BYTES_MAX;
  const isReadable = () => bytes.length <= lineBytesMax && !isDense(bytes, first, bytes.length);
  if (beginsWithArray(bytes, first) && isReadable()) {
    yield* readArray({ bytes, start: first, end: bytes.length, isLast: true }, options);
    return;
  }
  let start = first;
  while (start < bytes.length) {
    const newline = bytes.indexOf(NEWLINE, start);
    const end = newline < 0 ? bytes.length : newline;
    const span = trim({ bytes, start, end, isLast: newline < 0 });
    const isTooLong = span.end - span.start > lineBytesMax;
    if (isTooLong || isDense(bytes, span.start, span.end)) yield problem(span, 'too-long');
    else if (span.end > span.start) yield* readLine(span, options);
    start = end + 1;
  }
}

/** Raw NUL is never JSON: a crash left it. What stands before and after a run of it is read on its own. */
function* readLine(line: Span, options: JsonLinesOptions): Generator<JsonEntry> {
  let rest = line;
  while (rest.end > rest.start) {
    const nul = rest.bytes.subarray(rest.start, rest.end).indexOf(0);
    const nulStart = nul < 0 ? rest.end : rest.start + nul;
    const isLast = rest.isLast && nul < 0;
    const before = trim({ ...rest, end: nulStart, isLast });
    if (before.end > before.start) yield* readValues(before, options);
    let nulEnd = nulStart;
    while (nulEnd < rest.end && rest.bytes[nulEnd] === 0) nulEnd += 1;
    if (nulEnd > nulStart) yield problem({ ...rest, start: nulStart, end: nulEnd }, 'nul');
    rest = trim({ ...rest, start: nulEnd });
  }
}

function* readValues(span: Span, options: JsonLinesOptions): Generator<JsonEntry> {
  const whole = parse(span.bytes.toString('utf8', span.start, span.end));
  if (whole) {
    yield entryOf({ offset: span.start, length: span.end - span.start }, whole.value);
    return;
  }
  yield* readGlued(span, options);
}

/** One array of records in place of lines: its elements are the records. */
function* readArray(span: Span, options: JsonLinesOptions): Generator<JsonEntry> {
  const { start, end } = trim(span);
  const isClosed = span.bytes[end - 1] === 0x5d;
  yield* readGlued({ ...span, start: start + 1, end: isClosed ? end - 1 : end }, options);
}

/** Values one after another, perhaps with commas between, perhaps with a torn one in front of a whole one. */
function* readGlued(span: Span, options: JsonLinesOptions): Generator<JsonEntry> {
  const text = span.bytes.toString('latin1', span.start, span.end);
  const search = { budget: text.length * SEARCH_FACTOR, isRecord: options.isRecord };
  let at = skipSeparators(text, 0);
  while (at < text.length) {
    const end = text.charAt(at) === '{' ? endOfValue(text, at) : -1;
    const found = end < 0 ? undefined : parse(utf8(text, at, end));
    if (found) {
      yield entryOf({ offset: span.start + at, length: end - at }, found.value);
      at = skipSeparators(text, end);
      continue;
    }
    const next = findRecord(text, at + 1, search);
    const kind = text.charAt(at) === '{' ? 'torn' : 'not-json';
    yield problem({ ...span, start: span.start + at, end: span.start + next }, kind);
    at = next;
  }
}

/** Looks for the next whole record; its first character, or the end of the text. */
function findRecord(
  text: string,
  from: number,
  search: { budget: number; readonly isRecord: JsonLinesOptions['isRecord'] },
): number {
  let at = text.indexOf('{"', from);
  while (at >= 0 && search.budget > 0) {
    const end = endOfValue(text, at);
    search.budget -= (end < 0 ? text.length : end) - at;
    const value = end < 0 ? undefined : parse(utf8(text, at, end))?.value;
    if (typeof value === 'object' && value !== null && (search.isRecord ?? hasType)(value)) {
      return at;
    }
    at = text.indexOf('{"', at + 1);
  }
  return text.length;
}

/** What is short cannot nest deep. */
function entryOf(place: Pick<JsonEntry, 'offset' | 'length'>, value: unknown): JsonEntry {
  const isTooDeep = place.length > 2 * DEPTH_MAX && isDeep(value);
  return isTooDeep ? { ...place, problem: 'too-deep' } : { ...place, value };
}

function hasType(value: object): boolean {
  return 'type' in value && typeof value.type === 'string';
}

function parse(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function utf8(text: string, start: number, end: number): string {
  return Buffer.from(text.slice(start, end), 'latin1').toString('utf8');
}

function problem(span: Span, kind: JsonProblem): JsonEntry {
  const torn = kind === 'not-json' && span.isLast && span.end === span.bytes.length;
  return {
    offset: span.start,
    length: span.end - span.start,
    problem: torn ? 'torn' : kind,
  };
}

function skipSeparators(text: string, from: number): number {
  let at = skipSpace(text, from);
  while (text.charAt(at) === ',') at = skipSpace(text, at + 1);
  return at;
}

function trim(span: Span): Span {
  let { start, end } = span;
  while (start < end && isSpace(span.bytes[start])) start += 1;
  while (end > start && isSpace(span.bytes[end - 1])) end -= 1;
  return { ...span, start, end };
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d || byte === NEWLINE;
}

function beginsWithArray(bytes: Buffer, from: number): boolean {
  return /^\s*\[\s*\{/.test(bytes.toString('latin1', from, from + 1024));
}
