// Gives a conversation that was cut off back in a shape that a model takes: every call that nobody answered gets one result that says so,
// in the form of the message that made the call, right behind it. Messages are copied where they change and shared where they do not.
// What is answered already stays, so doing it again changes nothing.

import { CallNumbers } from './call-numbers.ts';
import {
  isJsonObject,
  isScreenTool,
  isScreenToolOpen,
  type JsonObject,
  readMessage,
  type SeenCall,
} from './message-reader.ts';

export interface OpenCall extends SeenCall {
  /** The index of the message that made it. */
  readonly message: number;
}

export interface AnsweredCalls {
  readonly messages: readonly JsonObject[];
  /** The calls that were answered by it. */
  readonly orphans: readonly OpenCall[];
}

export interface AnswerOptions {
  /** What the answers say. */
  readonly text: string;
  /** Leaves this call as it is, for whoever takes it up. */
  readonly keep?: OpenCall | undefined;
}

/** The calls without a result, in order. */
export function openCalls(messages: readonly JsonObject[]): OpenCall[] {
  const numbers = new CallNumbers();
  const open = new Map<string, OpenCall>();
  for (const [index, message] of messages.entries()) {
    for (const part of readMessage(message).parts) {
      if (part.type === 'tool_result') open.delete(numbers.end(part));
      if (part.type !== 'tool_call') continue;
      const { id, name, input } = part;
      open.set(numbers.begin(part), { id, name, input, message: index });
    }
  }
  return [...open.values()];
}

/** Answers every open call. */
export function answerCalls(
  messages: readonly JsonObject[],
  { text, keep }: AnswerOptions,
): AnsweredCalls {
  const isKept = ({ id, message }: OpenCall) => id === keep?.id && message === keep?.message;
  const orphans = openCalls(messages).filter((call) => !isKept(call));
  const repaired = new Repair(messages, text);
  const byMessage = new Map<number, OpenCall[]>();
  for (const call of orphans) {
    const beside = byMessage.get(call.message);
    if (beside === undefined) byMessage.set(call.message, [call]);
    else beside.push(call);
  }
  for (const [index, calls] of byMessage) repaired.answer(index, calls);
  return { messages: orphans.length === 0 ? messages : repaired.result(), orphans };
}

class Repair {
  readonly #messages: readonly JsonObject[];
  readonly #text: string;
  readonly #replaced = new Map<number, JsonObject>();
  /** What comes before the message of an index. */
  readonly #inserted = new Map<number, JsonObject[]>();

  constructor(messages: readonly JsonObject[], text: string) {
    this.#messages = messages;
    this.#text = text;
  }

  result(): JsonObject[] {
    const all = this.#messages.flatMap((message, index) => [
      ...(this.#inserted.get(index) ?? []),
      this.#replaced.get(index) ?? message,
    ]);
    return [...all, ...(this.#inserted.get(this.#messages.length) ?? [])];
  }

  answer(index: number, calls: readonly SeenCall[]): void {
    const message = this.#messages[index] ?? {};
    const { content, parts } = message;
    if ('tool_calls' in message || 'function_call' in message) {
      this.#insertBehind(
        index,
        isChatAnswer,
        calls.map((call) => this.#chatAnswer(call)),
      );
    } else if ('call_id' in message) {
      this.#insertBehind(
        index,
        isItemOfCall,
        calls.map((call) => this.#itemAnswer(message, call)),
      );
    } else if (
      Array.isArray(parts) &&
      parts.some((part) => isJsonObject(part) && isScreenTool(part))
    ) {
      this.#replaced.set(index, {
        ...message,
        parts: parts.map((part) => this.#closed(part, calls)),
      });
    } else if (Array.isArray(parts)) {
      this.#answerTogether(index, 'parts', {
        role: 'user',
        answers: calls.map((call) => this.#geminiAnswer(call)),
      });
    } else {
      const blocks: readonly unknown[] = Array.isArray(content) ? content : [];
      const made = (call: SeenCall) =>
        blocks.find(
          (block): block is JsonObject =>
            isJsonObject(block) && (block['id'] ?? block['toolCallId']) === call.id,
        ) ?? {};
      const isSdk = calls.some((call) => made(call)['type'] === 'tool-call');
      const answers = calls.map((call) =>
        isSdk ? this.#sdkAnswer(call, made(call)) : this.#anthropicAnswer(call),
      );
      this.#answerTogether(index, 'content', { role: isSdk ? 'tool' : 'user', answers });
    }
  }

  #insertBehind(
    index: number,
    isBehind: (message: JsonObject) => boolean,
    answers: JsonObject[],
  ): void {
    let at = index + 1;
    for (
      let next = this.#messages[at];
      next !== undefined && isBehind(next);
      next = this.#messages[at]
    )
      at += 1;
    this.#inserted.set(at, [...(this.#inserted.get(at) ?? []), ...answers]);
  }

  /** All results of one message's calls stand in one message: beside those that are there, else in one of their own. */
  #answerTogether(
    index: number,
    key: 'content' | 'parts',
    { role, answers }: { readonly role: string; readonly answers: readonly JsonObject[] },
  ): void {
    const next = this.#messages[index + 1];
    const present: unknown = next?.[key];
    const last = Array.isArray(present) ? present.findLastIndex(isAnswer) : -1;
    if (next === undefined || !Array.isArray(present) || last < 0) {
      this.#inserted.set(index + 1, [{ role, [key]: answers }]);
      return;
    }
    this.#replaced.set(index + 1, { ...next, [key]: present.toSpliced(last + 1, 0, ...answers) });
  }

  #chatAnswer({ id, name }: SeenCall): JsonObject {
    if (id === undefined) return { role: 'function', name, content: this.#text };
    return { role: 'tool', tool_call_id: id, content: this.#text };
  }

  #itemAnswer({ type }: JsonObject, { id }: SeenCall): JsonObject {
    return { type: `${type}_output`, call_id: id, output: this.#text };
  }

  #geminiAnswer({ id, name }: SeenCall): JsonObject {
    const response = { error: this.#text };
    return { functionResponse: { ...(id === undefined ? {} : { id }), name, response } };
  }

  #anthropicAnswer({ id }: SeenCall): JsonObject {
    return { type: 'tool_result', tool_use_id: id, content: this.#text, is_error: true };
  }

  #sdkAnswer({ id, name }: SeenCall, made: JsonObject): JsonObject {
    const answer = { type: 'tool-result', toolCallId: id, toolName: name };
    // Before version 5 arguments were called `args`, and a result was any value.
    return 'args' in made
      ? { ...answer, result: this.#text, isError: true }
      : { ...answer, output: { type: 'error-text', value: this.#text } };
  }

  #closed(part: unknown, calls: readonly SeenCall[]): unknown {
    if (!isJsonObject(part) || !isScreenTool(part) || !isScreenToolOpen(part)) return part;
    if (!calls.some(({ id }) => id === part['toolCallId'])) return part;
    return { ...part, input: part['input'] ?? {}, state: 'output-error', errorText: this.#text };
  }
}

function isChatAnswer({ role }: JsonObject): boolean {
  return role === 'tool' || role === 'function';
}

/** A reply of OpenAI's responses is several items: calls and their results may be mixed. */
function isItemOfCall(item: JsonObject): boolean {
  return 'call_id' in item;
}

function isAnswer(block: unknown): boolean {
  if (!isJsonObject(block)) return false;
  return (
    block['type'] === 'tool_result' ||
    block['type'] === 'tool-result' ||
    'functionResponse' in block
  );
}
