// The records of a Gemini session as they go into a new one: one line each, with its bytes but for the fields that must change. An older
// form, one document or a conversation saved with /chat, becomes lines too. Text is held one character per byte.

import { createHash } from 'node:crypto';
import { GsessError } from '../../errors.ts';
import { decodeTranscript } from '../../transcript/compressed.ts';
import { compactJson, endOfValue, fieldsOf, replaceFields } from '../../transcript/json-values.ts';
import type { JsonEntry } from '../../transcript/jsonl.ts';
import { documentEntries } from '../document-entries.ts';
import { jsonBytes, type Placed } from '../line-records.ts';
import { type GeminiRecord, kindOf, looksLikeRecord, parseRecord } from './record.ts';

export interface GeminiLine extends Placed<GeminiRecord> {
  readonly text: string;
}

/** What a saved conversation does not tell. */
const NO_TIME = new Date(0).toISOString();

/** Takes a stored session apart; what is no part of a conversation is left out. */
export function geminiLines(content: Uint8Array): { lines: GeminiLine[]; warnings: string[] } {
  const decoded = decodeTranscript(content);
  if (decoded.problem !== undefined) {
    throw new GsessError('transcript-refused', `Transcript ${decoded.problem}`);
  }
  const bytes = Buffer.from(decoded.bytes);
  const lines: GeminiLine[] = [];
  const warnings: string[] = [];
  for (const entry of documentEntries(bytes, { looksLikeRecord })) {
    const record = 'value' in entry ? parseRecord(entry.value) : undefined;
    const line = record && lineOf(bytes, entry, record);
    if (line !== undefined) lines.push(line);
    if (record !== undefined) continue;
    const kind = 'problem' in entry ? entry.problem : 'not-a-record';
    warnings.push(`Left out ${entry.length} bytes at byte ${entry.offset} (${kind})`);
  }
  return { lines, warnings };
}

/** Gives the line its new id, and the mark of its new directory if it moves. */
export function renamed(text: string, change: { nativeId: string; projectHash?: string }): string {
  return replaceFields(text, (key, value) => {
    if (key === '$set' && value.startsWith('{')) return renamed(value, change);
    if (!value.startsWith('"')) return undefined;
    if (key === 'sessionId') return jsonBytes(change.nativeId);
    return key === 'projectHash' && change.projectHash ? jsonBytes(change.projectHash) : undefined;
  });
}

/** How Gemini marks the sessions of a directory. */
export function projectHash(cwd: string): string {
  return createHash('sha256').update(cwd).digest('hex');
}

/** A new line of a record that is made up. */
export function newLine(value: object, source: GeminiLine['source']): GeminiLine {
  const record = parseRecord(value);
  if (record === undefined) throw new Error('a made-up record is no record');
  return { record, source, text: jsonBytes(value) };
}

function lineOf(bytes: Buffer, entry: JsonEntry, record: GeminiRecord): GeminiLine | undefined {
  const source = { offset: entry.offset, length: entry.length };
  const kind = kindOf(record);
  if (kind === 'logged' || kind === 'other') return undefined;
  const slice = bytes.toString('latin1', entry.offset, entry.offset + entry.length);
  // Of a document with a list in it there is more in the file than in the record.
  const isWhole = endOfValue(slice, 0) === slice.length;
  const text = isWhole ? slice : jsonBytes('value' in entry ? entry.value : null);
  const line = /[\r\n]/.test(text) ? compactJson(text) : text;
  return kind === 'saved' ? savedLine(line, { record, source }) : { record, source, text: line };
}

/** A message of a saved conversation, in the form of a session. */
function savedLine(text: string, { record, source }: Placed<GeminiRecord>): GeminiLine {
  const field = fieldsOf(text).findLast(({ key }) => key === 'parts');
  const content = field === undefined ? '[]' : text.slice(field.valueStart, field.valueEnd);
  const type = record.role === 'model' ? 'gemini' : 'user';
  const id = createHash('sha256').update(`${source.offset} ${text}`).digest('hex').slice(0, 32);
  const head = jsonBytes({ id, timestamp: NO_TIME, type }).slice(0, -1);
  return {
    record: { ...record, id, timestamp: NO_TIME, type, content: record.parts },
    source,
    text: `${head},"content":${content}}`,
  };
}
