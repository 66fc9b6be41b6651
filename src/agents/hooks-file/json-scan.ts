// Scans a JSON text into items that know their positions, for edits that leave everything else alone. Tolerates what people keep
// in settings files: a byte order mark, comments, trailing commas, duplicate keys. Anything else that is not JSON is refused whole.

import { GsessError } from '../../errors.ts';

/** Deeper nesting than any settings file has, and far below what recursion can bear. */
export const nestingMax = 200;

export interface JsonScalar {
  readonly kind: 'scalar';
  readonly start: number;
  readonly end: number;
  readonly value: unknown;
}

/** A member of an object or an element of an array. */
export interface JsonItem {
  readonly key: string | undefined;
  readonly value: JsonValue;
  /** Where the key or the element begins. */
  readonly start: number;
  /** Behind the punctuation or the last comment before the item: from here to `start` there is only white space. */
  readonly gap: number;
  /** The position of the comma that follows, if one does. */
  readonly comma: number | undefined;
}

export interface JsonContainer {
  readonly kind: 'object' | 'array';
  readonly start: number;
  readonly end: number;
  readonly items: readonly JsonItem[];
  /** Behind the last item, comma or comment: from here to the closing bracket there is only white space. */
  readonly tail: number;
}

export type JsonValue = JsonScalar | JsonContainer;

interface Cursor {
  readonly text: string;
  at: number;
}

const STRING = /"[^"\\]*(?:\\.[^"\\]*)*"/y;
const OTHER_SCALAR = /-?\d[\d.eE+-]*|true|false|null/y;
const WHITE_SPACE = /[ \t\r\n]*/y;
const COMMENT = /\/\/[^\r\n]*|\/\*[\s\S]*?\*\//y;

/** Scans a whole text; throws `settings-invalid` with the line and column of the first fault. */
export function scanJson(text: string): JsonValue {
  const cursor: Cursor = { text, at: text.startsWith('\uFEFF') ? 1 : 0 };
  skipSpace(cursor);
  const value = scanValue(cursor, 0);
  skipSpace(cursor);
  if (cursor.at < text.length) throw invalid(cursor, 'there is text after the end');
  return value;
}

/** The last member with this key, which is the one that readers of JSON take. */
export function memberOf(container: JsonContainer, key: string): JsonItem | undefined {
  return container.items.findLast((item) => item.key === key);
}

function scanValue(cursor: Cursor, depth: number): JsonValue {
  if (depth > nestingMax) throw invalid(cursor, `it nests deeper than ${nestingMax}`);
  const opening = cursor.text[cursor.at];
  return opening === '{' || opening === '[' ? scanContainer(cursor, depth) : scanScalar(cursor);
}

function scanContainer(cursor: Cursor, depth: number): JsonContainer {
  const start = cursor.at;
  const kind = cursor.text[start] === '{' ? 'object' : 'array';
  const closing = kind === 'object' ? '}' : ']';
  const items: JsonItem[] = [];
  cursor.at += 1;
  let gap = skipSpace(cursor);
  while (cursor.text[cursor.at] !== closing) {
    const previous = items.at(-1);
    if (previous !== undefined && previous.comma === undefined) {
      throw invalid(cursor, `a comma or '${closing}' is missing`);
    }
    const start = cursor.at;
    const key = kind === 'object' ? scanKey(cursor) : undefined;
    const value = scanValue(cursor, depth + 1);
    const behind = skipSpace(cursor);
    const comma = cursor.text[cursor.at] === ',' ? cursor.at : undefined;
    items.push({ key, value, start, gap, comma });
    if (comma !== undefined) cursor.at += 1;
    gap = comma === undefined ? behind : skipSpace(cursor);
  }
  cursor.at += 1;
  return { kind, start, end: cursor.at, items, tail: gap };
}

function scanKey(cursor: Cursor): string {
  const key = scanScalar(cursor).value;
  if (typeof key !== 'string') throw invalid(cursor, 'a key is not a string');
  skipSpace(cursor);
  if (cursor.text[cursor.at] !== ':') throw invalid(cursor, `':' is missing`);
  cursor.at += 1;
  skipSpace(cursor);
  return key;
}

function scanScalar(cursor: Cursor): JsonScalar {
  const start = cursor.at;
  const token = take(cursor, STRING) ?? take(cursor, OTHER_SCALAR);
  if (token === undefined) throw invalid(cursor, 'a value is missing');
  try {
    return { kind: 'scalar', start, end: cursor.at, value: JSON.parse(token) };
  } catch (cause) {
    throw invalid({ ...cursor, at: start }, 'a value is malformed', cause);
  }
}

/** Skips white space and comments; returns the end of the last comment, or where it began if there was none. */
function skipSpace(cursor: Cursor): number {
  let behind = cursor.at;
  take(cursor, WHITE_SPACE);
  while (take(cursor, COMMENT) !== undefined) {
    behind = cursor.at;
    take(cursor, WHITE_SPACE);
  }
  return behind;
}

function take(cursor: Cursor, pattern: RegExp): string | undefined {
  pattern.lastIndex = cursor.at;
  const match = pattern.exec(cursor.text);
  if (match === null) return undefined;
  cursor.at = pattern.lastIndex;
  return match[0];
}

function invalid(cursor: Cursor, fault: string, cause?: unknown): GsessError {
  const lines = cursor.text.slice(0, cursor.at).split('\n');
  const line = lines.length;
  const column = (lines.at(-1)?.length ?? 0) + 1;
  return new GsessError(
    'settings-invalid',
    `the settings are not JSON: at line ${line}, column ${column}, ${fault}`,
    { hint: 'Mend the file by hand; nothing was changed.', data: { line, column }, cause },
  );
}
