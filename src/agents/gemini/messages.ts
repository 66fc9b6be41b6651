// What was said in a Gemini session as messages of the normalised view. Gemini writes a call and its result into one record, and the
// result once more as a message of the user; here a result is a message of its own, once, placed at the record that brought it, so that
// a conversation can be cut between the call and its result.

import type { Message, MessageKind, Part, Source } from '../../transcript/transcript.ts';
import { CallIds, outcomeOf, partsOf } from '../genai-parts.ts';
import { type GeminiRecord, type GeminiToolCall, timeOf, toolCallsOf } from './record.ts';
import type { Said, Version } from './replay.ts';

type Result = Extract<Part, { type: 'tool_result' }>;

/** The messages in the order of their places. */
export function messagesOf(said: readonly Said[]): Message[] {
  const builder = new MessageBuilder();
  for (const [index, one] of said.entries()) builder.add(one, said[index + 1]);
  return builder.messages.sort((a, b) => placeOf(a) - placeOf(b));
}

class MessageBuilder {
  readonly messages: Message[] = [];
  readonly #ids = new CallIds();
  /** The message that holds the result of a call. */
  readonly #answers = new Map<string, Message>();

  add(said: Said, next: Said | undefined): void {
    const record = said.versions.at(-1)?.record;
    if (record === undefined) return;
    if (record.type === 'gemini' || record.role === 'model') this.#addReply(said, record);
    else if (record.type === 'user' || record.role === 'user') this.#addUser(said, record, next);
    else
      this.#add(said, { role: 'system', kind: noticeKind(record), parts: partsOf(record.content) });
  }

  #addUser(said: Said, record: GeminiRecord, next: Said | undefined): void {
    const content = partsOf(record.parts ?? record.content ?? record.message, this.#ids);
    const parts = content.filter((part) => !isHookContext(part));
    const results = parts.filter((part) => part.type === 'tool_result');
    if (results.length === 0) {
      const kind = userKind(said, parts, next);
      this.#add(said, { role: 'user', kind, parts });
      return;
    }
    const earlier = results.map(({ callId }) => this.#answers.get(callId)).find(Boolean);
    if (earlier === undefined) {
      this.#note(this.#add(said, { role: 'tool', kind: 'result', parts }));
    } else if (said.origin === 'record') {
      earlier.sources.push(...sourcesOf(said.versions));
      earlier.aliases.push(said.id);
    }
  }

  #addReply(said: Said, record: GeminiRecord): void {
    const content = partsOf(record.parts ?? record.content, this.#ids).filter(isSomething);
    const named = new Set(content.flatMap((part) => (part.type === 'tool_call' ? [part.id] : [])));
    const thoughts = content.some((part) => part.type === 'thinking') ? [] : thoughtsOf(record);
    const calls = allCalls(said.versions);
    const further = calls
      .filter((call) => !named.has(call.id ?? ''))
      .map(
        (call): Part => ({
          type: 'tool_call',
          id: this.#ids.ofCall(call.name, call.id),
          name: call.name,
          input: call.args,
        }),
      );
    const kind = said.origin === 'compaction' ? 'notice' : 'reply';
    this.#add(said, { role: 'assistant', kind, parts: [...thoughts, ...content, ...further] });
    const results = calls.flatMap((call) => this.#resultOf(call));
    if (results.length === 0) return;
    const versions = said.versions.filter((version) => hasResult(version.record));
    const isCancelled = calls.some(({ status }) => status === 'cancelled');
    this.#note(
      this.#add(
        { ...said, id: `${said.id}_response`, versions },
        { role: 'tool', kind: isCancelled ? 'interrupt' : 'result', parts: results },
      ),
    );
  }

  #resultOf(call: GeminiToolCall): Result[] {
    if (call.result === undefined) return [];
    const callId = this.#ids.ofResult(call.name, call.id);
    if (typeof call.result === 'string') {
      return [{ type: 'tool_result', callId, output: call.result, isError: isFailed(call) }];
    }
    const parts = partsOf(call.result);
    // A reply to several calls at once may stand with each of them.
    const own = parts.find((part) => part.type === 'tool_result' && part.callId === callId);
    const found = own ?? parts.find((part) => part.type === 'tool_result');
    if (found?.type === 'tool_result') {
      return [{ ...found, callId, isError: found.isError || isFailed(call) }];
    }
    return parts.length === 0
      ? []
      : [{ type: 'tool_result', callId, ...outcomeOf(call.result), isError: isFailed(call) }];
  }

  #note(message: Message): void {
    for (const part of message.parts) {
      if (part.type === 'tool_result') this.#answers.set(part.callId, message);
    }
  }

  #add(said: Said, what: Pick<Message, 'role' | 'kind' | 'parts'>): Message {
    const record = said.versions[0]?.record;
    const message: Message = {
      id: said.id,
      aliases: [said.id],
      parentId: undefined,
      at: timeOf(record?.timestamp),
      model: said.versions.at(-1)?.record.model,
      sidechain: false,
      live: said.live,
      sources: sourcesOf(said.versions),
      ...what,
    };
    this.messages.push(message);
    return message;
  }
}

const NOTICE =
  /^(?:<(?:session|hook)_context>|This is (?:the )?\w+(?: CLI| Code)?\. We are setting up the context)/;

/** Gemini takes what begins like a command for one when it loads a session; but it was a prompt if it was answered. */
function userKind(
  { origin, versions }: Said,
  parts: readonly Part[],
  next: Said | undefined,
): MessageKind {
  const text = parts.flatMap((part) => (part.type === 'text' ? [part.text] : [])).join('\n');
  const said = text.trimStart();
  if (NOTICE.test(said)) return 'notice';
  if (origin === 'compaction') return 'summary';
  const isAnswered = next?.versions[0]?.record.type === 'gemini';
  if (/^[/?]/.test(said) && versions[0]?.record.messageId === undefined && !isAnswered)
    return 'command';
  return said === '' && parts.every((part) => part.type === 'text') ? 'notice' : 'prompt';
}

function noticeKind(record: GeminiRecord): MessageKind {
  if (record.type === 'error') return 'error';
  return record.content === 'Request cancelled.' ? 'interrupt' : 'notice';
}

function thoughtsOf({ thoughts }: GeminiRecord): Part[] {
  return (thoughts ?? []).map(({ subject, description }) => ({
    type: 'thinking',
    text: [subject, description].filter(Boolean).join('\n'),
  }));
}

function isSomething(part: Part): boolean {
  return part.type !== 'text' || part.text !== '';
}

function isFailed({ status }: GeminiToolCall): boolean {
  return status === 'error' || status === 'cancelled';
}

/** A later version may leave the calls out where they stand in its content. */
function allCalls(versions: readonly Version[]): GeminiToolCall[] {
  const calls = versions.flatMap(({ record }) => toolCallsOf(record));
  return [...new Map(calls.map((call, index) => [call.id ?? `#${index}`, call])).values()];
}

function hasResult(record: GeminiRecord): boolean {
  return toolCallsOf(record).some(({ result }) => result !== undefined);
}

function sourcesOf(versions: readonly Version[]): Source[] {
  const sources = versions.flatMap(({ source }) => source ?? []);
  return sources.filter(({ offset }, index) => sources[index - 1]?.offset !== offset);
}

function placeOf({ sources }: Message): number {
  return sources[0]?.offset ?? 0;
}

/** What hooks said at a prompt stands beside what the user did. */
function isHookContext(part: Part): boolean {
  return part.type === 'text' && /^<hook_context>[\s\S]*<\/hook_context>$/.test(part.text);
}
