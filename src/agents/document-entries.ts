// Takes the file of a session apart, whatever form its agent gave it: a record a line, or one document that holds all messages in a list
// (opencode; older sessions of Gemini, and conversations saved with /chat). A document comes out as its header and one entry for each
// message, each with its place, so that it can be cut between two of them as lines can. Never throws on content.

import { isDeep, isDense } from '../transcript/json-bounds.ts';
import { elementsOf, fieldsOf } from '../transcript/json-values.ts';
import type { JsonEntry } from '../transcript/jsonl.ts';
import { type LineDialect, lineEntries } from './line-records.ts';

const DOCUMENT_BYTES_MAX = 64 * 1024 * 1024;
const LISTS: readonly string[] = ['messages', 'history'];
const TORN_LIST = /"(?:messages|history)"\s*:\s*\[/;

type ValueEntry = Extract<JsonEntry, { value: unknown }>;

/** Walks the entries of a session; the same reading serves the view and the writer. */
export function* documentEntries(
  content: Uint8Array,
  dialect: Pick<LineDialect<unknown>, 'looksLikeRecord'>,
): Generator<JsonEntry> {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength);
  const start = documentStart(bytes);
  const whole = start === undefined ? undefined : wholeDocument(bytes, start);
  if (whole !== undefined) {
    yield* withMessages(bytes, whole);
    return;
  }
  const torn = start === undefined ? undefined : tornDocument(bytes, start);
  if (torn !== undefined) {
    yield* torn;
    return;
  }
  for (const entry of lineEntries(bytes, dialect)) {
    if ('value' in entry) yield* withMessages(bytes, entry);
    else yield entry;
  }
}

/** Where an object begins that does not end on its first line. */
function documentStart(bytes: Buffer): number | undefined {
  const start = bytes.indexOf('{');
  const isFirst =
    start >= 0 &&
    bytes
      .toString('utf8', 0, start)
      .replace(/^\uFEFF/, '')
      .trim() === '';
  if (!isFirst || bytes.length > DOCUMENT_BYTES_MAX || isDense(bytes, start, bytes.length)) {
    return undefined;
  }
  const newline = bytes.indexOf('\n', start);
  const isLine = parsed(bytes.toString('utf8', start, newline < 0 ? bytes.length : newline));
  return isLine === undefined ? start : undefined;
}

function wholeDocument(bytes: Buffer, start: number): ValueEntry | undefined {
  const value = parsed(bytes.toString('utf8', start));
  if (value === undefined || isDeep(value.value)) return undefined;
  const length = bytes.toString('latin1', start).trimEnd().length;
  return { offset: start, length, value: value.value };
}

/** A document that ends too early: what stands before its messages, those that are whole, and the rest. */
function tornDocument(bytes: Buffer, start: number): JsonEntry[] | undefined {
  const text = bytes.toString('latin1', start);
  const list = TORN_LIST.exec(text);
  if (list === null) return undefined;
  const from = list.index + list[0].length;
  const header = parsed(`${bytes.toString('utf8', start, start + from)}]}`);
  if (header === undefined) return undefined;
  const entries: JsonEntry[] = [{ offset: start, length: from, value: header.value }];
  let end = from;
  for (const element of elementsOf(text, from - 1)) {
    const offset = start + element.start;
    const value = parsed(bytes.toString('utf8', offset, start + element.end));
    if (value === undefined || isDeep(value.value)) break;
    entries.push({ offset, length: element.end - element.start, value: value.value });
    end = element.end;
  }
  // A cut between two messages leaves what divides them.
  const isCut = /^[\s,]*$/.test(text.slice(end));
  if (!isCut) {
    entries.push({ offset: start + end, length: bytes.length - start - end, problem: 'torn' });
  }
  return entries;
}

/** The record itself without the list in it, and the messages of the list. */
function* withMessages(bytes: Buffer, entry: ValueEntry): Generator<JsonEntry> {
  const list = listIn(entry.value);
  if (list === undefined) {
    yield entry;
    return;
  }
  const { offset, length, value } = entry;
  const text = bytes.toString('latin1', offset, offset + length);
  const field = fieldsOf(text).findLast(({ key }) => key === list.key);
  const elements = field === undefined ? [] : elementsOf(text, field.valueStart);
  const header = Object.fromEntries(
    Object.entries(value as object).filter(([key]) => key !== list.key),
  );
  yield { offset, length: field === undefined ? length : field.valueStart + 1, value: header };
  for (const [index, { start, end }] of elements.entries()) {
    yield { offset: offset + start, length: end - start, value: list.values[index] };
  }
}

function listIn(value: unknown): { key: string; values: readonly unknown[] } | undefined {
  if (typeof value !== 'object' || value === null || 'id' in value) return undefined;
  const found = Object.entries(value).find(
    ([key, list]) => LISTS.includes(key) && Array.isArray(list),
  );
  return found && { key: found[0], values: found[1] as readonly unknown[] };
}

function parsed(text: string): { value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
