// Writes a session that `nanocoder --resume` takes up: the stored one under a new id, cut where wanted, with every call answered at its
// place, since Nanocoder does not go on from one that has none. Touches no file; the same input gives the same bytes, and its own
// output passes through unchanged.

import { GsessError } from '../../errors.ts';
import type { AgentToolCall, NativeCut, NativeRequest, NativeTranscript } from '../agent.ts';
import { jsonBytes } from '../line-records.ts';
import { openDocument, type PlacedMessage, type SessionDocument } from './document.ts';
import { callsOf, type NanocoderCall } from './record.ts';
import { CANCELLED } from './tools.ts';

const EMPTY: NativeTranscript = {
  bytes: Buffer.alloc(0),
  messages: 0,
  pending: undefined,
  warnings: [],
};

/** Makes a new native session out of a stored one. */
export function writeNative(request: NativeRequest): NativeTranscript {
  const document = openDocument(request.bytes);
  if (document === undefined) return EMPTY;
  const warnings: string[] = [];
  const kept = withoutOrphans(cutMessages(document.messages, request.cut), warnings);
  const open = openCalls(kept);
  const last = open.at(-1);
  const left = request.pending === 'keep' ? last : undefined;
  const answered = new Set(open.filter((call) => call !== left).map(({ id }) => id));
  const said = kept.filter(({ message: { role } }) => role === 'user' || role === 'assistant');
  if (said.length === 0) return { ...EMPTY, warnings };
  const texts = withAnswers(kept, answered);
  return {
    bytes: Buffer.from(documentText(document, texts, request), 'latin1'),
    messages: said.length,
    pending: last && toolCall(last),
    warnings,
  };
}

function cutMessages(
  messages: readonly PlacedMessage[],
  cut: NativeCut | undefined,
): readonly PlacedMessage[] {
  if (cut === undefined) return messages;
  if ('beforeOffset' in cut) return messages.filter(({ offset }) => offset < cut.beforeOffset);
  const at = messages.findIndex(({ id }) => id === cut.throughMessage);
  if (at >= 0) return messages.slice(0, at + 1);
  throw new GsessError('not-found', `No message '${cut.throughMessage}' in the transcript`, {
    data: { message: cut.throughMessage },
  });
}

/** Leaves out results whose call is not there: a model refuses a conversation that holds one. */
function withoutOrphans(messages: readonly PlacedMessage[], warnings: string[]): PlacedMessage[] {
  const calls = new Set(messages.flatMap(({ message }) => callsOf(message)).map(({ id }) => id));
  return messages.filter(({ message, offset }) => {
    const isOrphan = message.role === 'tool' && !calls.has(message.tool_call_id ?? '');
    if (isOrphan) warnings.push(`Left out a result at byte ${offset} whose call is not there`);
    return !isOrphan;
  });
}

function openCalls(messages: readonly PlacedMessage[]): NanocoderCall[] {
  const results = new Set(messages.map(({ message }) => message.tool_call_id));
  return messages.flatMap(({ message }) => callsOf(message)).filter(({ id }) => !results.has(id));
}

/** The answers stand behind those that a batch of calls has already. */
function withAnswers(messages: readonly PlacedMessage[], answered: ReadonlySet<string>): string[] {
  const texts: string[] = [];
  let waiting: string[] = [];
  for (const { message, text } of messages) {
    if (message.role !== 'tool') texts.push(...waiting.splice(0));
    texts.push(text);
    if (message.role !== 'tool') {
      waiting = callsOf(message)
        .filter(({ id }) => answered.has(id))
        .map(answerTo);
    }
  }
  return [...texts, ...waiting];
}

function answerTo({ id, name }: NanocoderCall): string {
  return jsonBytes({ role: 'tool', tool_call_id: id, name, content: CANCELLED });
}

function documentText(
  { fields }: SessionDocument,
  messages: readonly string[],
  { nativeId, cwd }: NativeRequest,
): string {
  const changed = new Map([
    ['id', jsonBytes(nativeId)],
    ['messageCount', String(messages.length)],
    ...(cwd === undefined ? [] : [['workingDirectory', jsonBytes(cwd)] as const]),
  ]);
  const keys = new Set(fields.map(({ key }) => key));
  const added = [...changed.keys()].filter((key) => !keys.has(key));
  const lines = [...fields, ...added.map((key) => ({ key, value: '' }))].map(
    ({ key, value }) => `  ${jsonBytes(key)}: ${changed.get(key) ?? value},`,
  );
  const list = messages.map((text) => `    ${text}`).join(',\n');
  return `{\n${lines.join('\n')}\n  "messages": [\n${list}\n  ]\n}\n`;
}

function toolCall({ id: callId, name, input }: NanocoderCall): AgentToolCall {
  return { name, input, callId };
}
