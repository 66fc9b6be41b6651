// The records of a transcript that holds one JSON value a line, each with its place, for agents that write such. What cannot be read
// becomes a warning, and a record that stands twice is taken once. Never throws on content.

import { GsessError } from '../errors.ts';
import { decodeTranscript } from '../transcript/compressed.ts';
import { type JsonEntry, readJsonLines } from '../transcript/jsonl.ts';
import type { Source, Transcript } from '../transcript/transcript.ts';

export interface Placed<T> {
  readonly record: T;
  readonly source: Source;
}

/** How an agent's records are told from other values. */
export interface LineDialect<T> {
  /** Undefined for a value that is no record. */
  parse(value: unknown): T | undefined;
  /** Tells a whole record from an object inside one. */
  looksLikeRecord(value: object): boolean;
  /** A record with the same id and the same bytes as an earlier one is a repeat; undefined for one that has none. */
  idOf(record: T): string | undefined;
}

export interface LineRecords<T> {
  readonly records: readonly Placed<T>[];
  /** To be added to: what is no message. */
  readonly others: Transcript['others'];
  readonly warnings: Transcript['warnings'];
  /** Of the transcript, after decompression. */
  readonly bytes: number;
}

/** Reads a whole transcript, plain or compressed; `entriesOf` takes apart what is not made of lines. */
export function lineRecords<T>(
  content: Uint8Array,
  dialect: LineDialect<T>,
  entriesOf: typeof lineEntries = lineEntries,
): LineRecords<T> {
  const decoded = decodeTranscript(content);
  const records: Placed<T>[] = [];
  const others: Transcript['others'] = [];
  const warnings: Transcript['warnings'] = [];
  const seen = new Map<string, Source>();
  for (const entry of entriesOf(decoded.bytes, dialect)) {
    const source = { offset: entry.offset, length: entry.length };
    const record = 'value' in entry ? dialect.parse(entry.value) : undefined;
    if (record === undefined) {
      const problem = 'problem' in entry ? entry.problem : 'not-a-record';
      if (problem === 'not-a-record') others.push({ type: problem, source });
      warnings.push({ problem, message: describe(problem, source), source });
      continue;
    }
    const id = dialect.idOf(record);
    const earlier = id === undefined ? undefined : seen.get(id);
    if (earlier && sameBytes(decoded.bytes, earlier, source)) {
      others.push({ type: 'repeated', source });
      continue;
    }
    if (id !== undefined) seen.set(id, source);
    records.push({ record, source });
  }
  if (decoded.problem !== undefined) {
    warnings.push({ problem: 'compressed', message: `Transcript ${decoded.problem}` });
  }
  return { records, others, warnings, bytes: decoded.bytes.length };
}

/** A record as it goes into a new transcript. */
export interface LineText<T> extends Placed<T> {
  readonly offset: number;
  /** Without line ends, one character per byte. */
  readonly text: string;
}

/** The records of a transcript to be written anew, with what was left out. Throws `transcript-refused` for one that cannot be unpacked. */
export function lineTexts<T>(
  content: Uint8Array,
  dialect: Pick<LineDialect<T>, 'parse' | 'looksLikeRecord'>,
): { readonly lines: LineText<T>[]; readonly warnings: string[] } {
  const decoded = decodeTranscript(content);
  if (decoded.problem !== undefined) {
    throw new GsessError('transcript-refused', `Transcript ${decoded.problem}`);
  }
  const bytes = Buffer.from(decoded.bytes);
  const lines: LineText<T>[] = [];
  const warnings: string[] = [];
  for (const entry of lineEntries(bytes, dialect)) {
    const { offset, length } = entry;
    const record = 'value' in entry ? dialect.parse(entry.value) : undefined;
    if (record === undefined) {
      const kind = 'problem' in entry ? entry.problem : 'not-a-record';
      warnings.push(`Left out ${length} bytes at byte ${offset} (${kind})`);
      continue;
    }
    const source = { offset, length };
    lines.push({ offset, source, text: lineText(bytes, entry), record });
  }
  return { lines, warnings };
}

/** Inside a value a line end can only be white space; an array of records may hold some. */
export function lineText(bytes: Buffer, { offset, length }: Source): string {
  return bytes.toString('latin1', offset, offset + length).replace(/[\r\n]+/g, ' ');
}

/** Walks the entries of a transcript; the same reading serves the view and the writer. */
export function lineEntries(
  content: Uint8Array,
  { looksLikeRecord }: Pick<LineDialect<unknown>, 'looksLikeRecord'>,
): Generator<JsonEntry> {
  return readJsonLines(content, { isRecord: looksLikeRecord });
}

/** Records as they stand in a file that holds one a line. */
export function recordLines(records: readonly object[]): Buffer {
  return Buffer.from(records.map((record) => `${JSON.stringify(record)}\n`).join(''), 'utf8');
}

/** Writes a JSON value as text of one character per byte, as records are held while they are written. */
export function jsonBytes(value: unknown): string {
  return Buffer.from(JSON.stringify(value), 'utf8').toString('latin1');
}

function sameBytes(content: Uint8Array, one: Source, other: Source): boolean {
  if (one.length !== other.length) return false;
  const first = content.subarray(one.offset, one.offset + one.length);
  return Buffer.compare(first, content.subarray(other.offset, other.offset + other.length)) === 0;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  torn: 'a record that ends too early',
  'not-json': 'bytes that are no record',
  nul: 'a run of NUL bytes',
  'too-long': 'a line too long to read, or with too much in it',
  'too-deep': 'a record that nests too deeply',
  'too-many': 'all that is left, after more records than are read,',
  'not-a-record': 'a value that is no record',
};

function describe(problem: string, source: Source): string {
  return `Passed over ${PROBLEMS[problem]} at byte ${source.offset} (${source.length} bytes)`;
}
