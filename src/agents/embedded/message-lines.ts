// How the messages of an embedding agent are kept: one JSON value a line, each message exactly as it was given. Lines that gsess adds
// of its own have `$gsess` as their first key, which no provider uses: where a conversation began, and what the agent wants to be
// remembered of its state. They are cut, forked and restored along with the messages.

import { GsessError } from '../../errors.ts';
import { readJsonLines } from '../../transcript/jsonl.ts';
import type { LineDialect } from '../line-records.ts';
import { isJsonObject, type JsonObject } from './message-reader.ts';

export const OWN_KEY = '$gsess';

/** The first line of a conversation. */
export interface BeginLine {
  readonly [OWN_KEY]: 'begin';
  readonly agent: string;
  readonly directory: string;
  /** ISO 8601, UTC. */
  readonly at: string;
}

/** Fields that replace those of the same name that were told before; of objects, their fields do. */
export interface StateLine {
  readonly [OWN_KEY]: 'state';
  readonly state: JsonObject;
}

/** The message of the next line was given by the agent's program, not by the user: it begins no turn. */
export const NOTICE_LINE = { [OWN_KEY]: 'notice' } as const;

/** A message, and whether it was given by the agent's program. */
export interface KeptMessage {
  readonly message: JsonObject;
  readonly isNotice: boolean;
}

export const messageDialect: LineDialect<JsonObject> = {
  parse: (value) => (isJsonObject(value) ? value : undefined),
  looksLikeRecord: (value) => 'role' in value || OWN_KEY in value,
  // The same words may be said twice.
  idOf: () => undefined,
};

export function isOwnLine(record: JsonObject): boolean {
  return OWN_KEY in record;
}

/** The messages among the lines, each with its own place in them. */
export function* messagesAmong<T extends { readonly record: JsonObject }>(
  lines: Iterable<T>,
): Generator<KeptMessage & { readonly line: T }> {
  let isNotice = false;
  for (const line of lines) {
    const { record: message } = line;
    if (!isOwnLine(message)) yield { message, isNotice, line };
    isNotice = message[OWN_KEY] === NOTICE_LINE[OWN_KEY];
  }
}

/** What was told of the state so far. */
export function stateOf(records: Iterable<JsonObject>): JsonObject {
  let state: JsonObject = {};
  for (const record of records) {
    const told = record[OWN_KEY] === 'state' ? record['state'] : undefined;
    if (isJsonObject(told)) state = withFields(state, told);
  }
  return state;
}

/** One level deep, so that a part of an object can be told by itself. */
export function withFields(state: JsonObject, told: JsonObject): JsonObject {
  const merged: Record<string, unknown> = { ...state };
  for (const [name, value] of Object.entries(told)) {
    const before = state[name];
    merged[name] = isJsonObject(before) && isJsonObject(value) ? { ...before, ...value } : value;
  }
  return merged;
}

/** The line of a message; throws `usage` for what would not be read back as it is. */
export function encodeLine(message: object): string {
  if (!isJsonObject(message)) throw refusal('it is a list, not an object');
  const line = `${textOf(message)}\n`;
  const [entry] = readJsonLines(Buffer.from(line));
  if (entry !== undefined && 'value' in entry) return line;
  throw refusal('it is longer, or nests deeper, than is read');
}

function textOf(message: object): string {
  try {
    return JSON.stringify(message, refuseLoss);
  } catch (error) {
    if (error instanceof GsessError) throw error;
    throw refusal(error instanceof Error ? error.message : String(error));
  }
}

/** `this` is the object that holds the value, as it was before JSON asked for its own form of it. */
function refuseLoss(this: unknown, key: string, value: unknown): unknown {
  const given = (this as JsonObject)[key];
  const isLost =
    ArrayBuffer.isView(given) ||
    given instanceof ArrayBuffer ||
    given instanceof Map ||
    given instanceof Set ||
    typeof given === 'bigint';
  if (!isLost) return value;
  throw refusal(`'${key}' holds a ${Object.prototype.toString.call(given).slice(8, -1)}`);
}

function refusal(reason: string): GsessError {
  return new GsessError('usage', `A message cannot be kept as JSON: ${reason}`, {
    hint: 'Give bytes as base64 text, and everything else as plain objects.',
  });
}
