// Writes a Codex rollout that `codex resume` takes up: the stored records under a new id, cut where wanted, with nothing torn and every
// call answered, wherever it stands. Touches no file; the same input gives the same bytes, and its own
// output passes through unchanged. A record keeps its bytes but for the values that must change.

import type { AgentToolCall, NativeRequest, NativeTranscript } from '../agent.ts';
import { jsonBytes, type LineText, lineTexts } from '../line-records.ts';
import { cutLines, withoutOrphans } from '../native-lines.ts';
import { answerType, callOf, resultOf } from './content.ts';
import type { CodexRecord } from './record.ts';
import { rolloutDialect } from './transcript-reader.ts';

/** What Codex itself says of a call that it finds without a result. */
export const ABORTED = 'aborted';

type Line = LineText<CodexRecord>;

/** Makes a new rollout out of a stored one. */
export function writeNative(request: NativeRequest): NativeTranscript {
  const { lines: all, warnings } = lineTexts(request.bytes, rolloutDialect);
  const lines = cutLines(all, request.cut, ({ payload }) => payload.id);
  const calls = new Set(lines.flatMap((line) => callIdOf(line) ?? []));
  const kept = withoutOrphans({ lines, warnings }, calls, answersOf);
  const open = openCalls(kept);
  const last = open.at(-1);
  const answered = request.pending === 'keep' ? new Set(open.slice(0, -1)) : new Set(open);
  const change = changesOf(all, request);
  const written = kept.flatMap((line) => [
    change(line),
    ...(answered.has(line) ? [answerTo(line)] : []),
  ]);
  return {
    bytes: Buffer.from(written.map((text) => `${text}\n`).join(''), 'latin1'),
    messages: kept.filter(({ record }) => isSpoken(record)).length,
    pending: last && toolCall(last),
    warnings,
  };
}

/** The calls that nobody answered, wherever they stand. */
function openCalls(lines: readonly Line[]): Line[] {
  const answered = new Set(lines.flatMap(({ record }) => answersOf(record)));
  return lines.filter((line) => {
    const id = callIdOf(line);
    return id !== undefined && !answered.has(id);
  });
}

function answersOf({ type, payload }: CodexRecord): string[] {
  const result = type === 'response_item' ? resultOf(payload) : undefined;
  return result === undefined ? [] : [result.callId];
}

/** The id of a call that somebody here has to answer. */
function callIdOf({ record: { type, payload } }: Line): string | undefined {
  const isAnswered = type === 'response_item' && answerType(payload) !== undefined;
  return isAnswered ? payload.call_id : undefined;
}

function toolCall({ record: { payload } }: Line): AgentToolCall | undefined {
  const call = callOf(payload);
  return call && { name: call.name, input: call.input, callId: call.id };
}

/** The record that Codex would have written, had the call been broken off. */
function answerTo({ record: { timestamp, payload } }: Line): string {
  const type = answerType(payload);
  const said =
    type === 'tool_search_output'
      ? { status: 'completed', execution: 'client', tools: [] }
      : { output: ABORTED };
  const answer = { type, call_id: payload.call_id, ...said };
  return jsonBytes({ timestamp, type: 'response_item', payload: answer });
}

function isSpoken({ type, payload }: CodexRecord): boolean {
  if (type !== 'response_item' || payload.type !== 'message') return false;
  return payload.role === 'user' || payload.role === 'assistant';
}

/** Keys that hold the id of a thread, in whatever record. In a text of the conversation their quotes are escaped. */
const THREAD_KEYS = String.raw`"(?:id|session_id|sessionId|conversation_id|conversationId|\w*thread_id|\w*[tT]hreadId)"`;

/** What changes in a line: the session's id wherever Codex looks for it, and its directory if it moves. */
function changesOf(
  lines: readonly Line[],
  { nativeId, cwd }: NativeRequest,
): (line: Line) => string {
  const header = lines.find(({ record }) => record.type === 'session_meta')?.record.payload;
  const own = header?.id;
  const ids = own === undefined ? undefined : valuesOf(THREAD_KEYS, own);
  const from = header?.cwd;
  const moved = cwd !== undefined && from !== undefined && from !== cwd;
  const places = moved ? valuesOf(`"cwd"`, from) : undefined;
  return ({ text, record }) => {
    const renamed =
      ids === undefined ? text : text.replace(ids, (_, key) => key + jsonBytes(nativeId));
    const isPlace = record.type === 'session_meta' || record.type === 'turn_context';
    if (places === undefined || !isPlace) return renamed;
    return renamed.replace(places, (_, key) => key + jsonBytes(cwd ?? ''));
  };
}

function valuesOf(keys: string, value: string): RegExp {
  return new RegExp(`(${keys}\\s*:\\s*)${escaped(jsonBytes(value))}`, 'g');
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
