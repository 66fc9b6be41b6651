// Writes a Gemini CLI session that `gemini --resume` takes up: the stored records under a new id, cut where wanted, with nothing torn
// and every call answered, wherever it stands. Touches no file; the same input gives the same bytes, and its own output passes through
// unchanged. A reply with an open call is written once more with the result in it, since of two records with one id Gemini takes the
// later.

import type { Message, ToolCallPart } from '../../transcript/transcript.ts';
import type { NativeRequest, NativeTranscript } from '../agent.ts';
import { cutLines } from '../native-lines.ts';
import { type GeminiLine, geminiLines, newLine, projectHash, renamed } from './gemini-lines.ts';
import { messagesOf } from './messages.ts';
import { kindOf } from './record.ts';
import { replay } from './replay.ts';

/** In the words in which Gemini itself answers a call that did not come to its end. */
export const NO_RESULT =
  '[Operation Cancelled] Reason: The run ended before a result of the call was recorded.';

interface OpenCall extends ToolCallPart {
  /** The id of the reply that holds it. */
  readonly replyId: string;
}

/** Makes a new native session out of a stored one. */
export function writeNative(request: NativeRequest): NativeTranscript {
  const { lines, warnings } = geminiLines(request.bytes);
  const kept = withoutOrphans(
    cutLines(lines, request.cut, ({ id }) => id),
    warnings,
  );
  const messages = messagesOf(replay(kept).said.filter(({ held }) => held));
  const open = openCalls(messages);
  const last = open.at(-1);
  const answered = request.pending === 'keep' ? open.slice(0, -1) : open;
  const said = messages.filter(({ role }) => role === 'user' || role === 'assistant');
  const whole =
    said.length === 0 ? [] : [...headerFor(kept), ...kept, ...answersTo(answered, kept)];
  const { cwd, nativeId } = request;
  const change = { nativeId, ...(cwd === undefined ? {} : { projectHash: projectHash(cwd) }) };
  return {
    bytes: Buffer.from(whole.map(({ text }) => `${renamed(text, change)}\n`).join(''), 'latin1'),
    messages: said.length,
    pending: last && { name: last.name, input: last.input, callId: last.id },
    warnings,
  };
}

/** Leaves out results whose call is not there (it was torn): a model refuses a conversation that holds one. */
function withoutOrphans(lines: readonly GeminiLine[], warnings: string[]): GeminiLine[] {
  const messages = messagesOf(replay(lines).said);
  const calls = new Set(messages.flatMap(callsOf).map(({ id }) => id));
  const orphans = new Set(
    messages
      .filter(({ parts }) => parts.some((part) => part.type === 'tool_result'))
      .filter(({ parts }) =>
        parts.every(
          (part) => part.type === 'tool_result' && part.callId && !calls.has(part.callId),
        ),
      )
      .map(({ id }) => id),
  );
  return lines.filter(({ record, source }) => {
    const isOrphan = kindOf(record) === 'message' && orphans.has(record.id);
    if (isOrphan)
      warnings.push(`Left out a result at byte ${source.offset} whose call is not there`);
    return !isOrphan;
  });
}

/** The calls that nobody answered, wherever they stand. */
function openCalls(messages: readonly Message[]): OpenCall[] {
  const answered = new Set(
    messages
      .flatMap(({ parts }) => parts)
      .flatMap((part) => (part.type === 'tool_result' ? [part.callId] : [])),
  );
  return messages.flatMap((message) =>
    callsOf(message)
      .filter(({ id }) => !answered.has(id))
      .map((call) => ({ ...call, replyId: message.id ?? '' })),
  );
}

function callsOf({ parts }: Message): ToolCallPart[] {
  return parts.filter((part) => part.type === 'tool_call');
}

/** Each reply with open calls once more, with their results. */
function answersTo(open: readonly OpenCall[], lines: readonly GeminiLine[]): GeminiLine[] {
  const replies = [...new Set(open.map(({ replyId }) => replyId))];
  return replies.map((replyId) => {
    const { value, source } = lastVersion(lines, replyId);
    const calls = open.filter((call) => call.replyId === replyId);
    return newLine({ ...value, toolCalls: withResults(value, calls) }, source);
  });
}

interface Reply {
  readonly id?: unknown;
  readonly timestamp?: unknown;
  readonly toolCalls?: unknown;
}

function withResults(reply: Reply, open: readonly OpenCall[]): unknown[] {
  const present: readonly unknown[] = Array.isArray(reply.toolCalls) ? reply.toolCalls : [];
  const left = new Map(open.map((call) => [call.id, call]));
  const answered = present.map((value) => {
    const id = (value as { id?: unknown } | null)?.id;
    const call = left.get(String(id));
    left.delete(String(id));
    return call === undefined ? value : { ...(value as object), ...resultOf(call) };
  });
  const added = [...left.values()].map((call) => ({
    id: call.id,
    name: call.name,
    args: call.input,
    ...resultOf(call),
    timestamp: reply.timestamp,
  }));
  return [...answered, ...added];
}

function resultOf({ id, name }: OpenCall): object {
  const response = { error: NO_RESULT };
  return { status: 'cancelled', result: [{ functionResponse: { id, name, response } }] };
}

/** A message as it was written last, by itself or in a change of all. */
function lastVersion(
  lines: readonly GeminiLine[],
  id: string,
): { value: Reply; source: GeminiLine['source'] } {
  for (const { text, source } of [...lines].reverse()) {
    const value = JSON.parse(Buffer.from(text, 'latin1').toString('utf8')) as Reply & {
      $set?: { messages?: readonly Reply[] };
    };
    const list = Array.isArray(value.$set?.messages) ? value.$set.messages : [];
    const found = value.id === id ? value : list.findLast((message) => message?.id === id);
    if (found !== undefined) return { value: found, source };
  }
  throw new Error(`no record of the reply '${id}'`);
}

/** Gemini takes no session without a header; one that was lost, or never there, is made up. */
function headerFor(lines: readonly GeminiLine[]): GeminiLine[] {
  const has = (key: 'sessionId' | 'projectHash') =>
    lines.some(
      ({ record }) => (record.$set ?? record)[key] !== undefined && record.id === undefined,
    );
  if (has('sessionId') && has('projectHash')) return [];
  const [first] = lines;
  const times = lines.flatMap(({ record }) => record.timestamp ?? []);
  const header = {
    sessionId: '',
    projectHash: projectHash(''),
    startTime: times[0],
    lastUpdated: times.at(-1),
    kind: 'main',
  };
  return [newLine(header, first?.source ?? { offset: 0, length: 0 })];
}
