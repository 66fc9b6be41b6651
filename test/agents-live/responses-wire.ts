// OpenAI's Responses, as Codex speaks them.

import type { ServerResponse } from 'node:http';
import { codexTools, type ToolCall } from './model-script.ts';
import {
  type Answer,
  eventStream,
  type ModelMessage,
  modelRequest,
  type Wire,
} from './model-wire.ts';

interface Item {
  readonly type?: string;
  readonly role?: string;
  readonly content?: string | readonly { readonly text?: string }[];
  readonly name?: string;
  readonly arguments?: string;
  readonly input?: string;
  readonly output?: unknown;
}

interface Body {
  readonly model?: string;
  readonly tools?: readonly { readonly name?: string; readonly type?: string }[];
  readonly input?: readonly Item[];
}

/** What Codex says in the user's name. */
const INJECTED = /^\s*(?:<environment_context>|# AGENTS\.md|<user_instructions>|<turn_aborted>)/;
const FAILED = /^aborted|^(?:Exit code:|.*exited with code) [1-9]|^unsupported call/m;

export const responsesWire: Wire = {
  isReply: (path) => path.endsWith('/responses'),
  toolset: () => codexTools,
  digest: (body) => {
    const { model, tools, input } = body as Body;
    return modelRequest(
      model ?? '',
      (tools ?? []).map(({ name, type }) => name ?? type ?? ''),
      whole((input ?? []).flatMap(messageOf)),
    );
  },
  send: (response, body, answered) => sendAnswer(response, body as Body, answered),
};

function messageOf(item: Item): ModelMessage[] {
  const { type = 'message', role = '' } = item;
  const nothing = { texts: [], calls: [], results: [] };
  if (type === 'message') {
    const texts = textsOf(item.content).filter((text) => text !== '' && !INJECTED.test(text));
    return texts.length === 0 ? [] : [{ ...nothing, role, texts }];
  }
  if (type.endsWith('_call_output')) {
    const text = typeof item.output === 'string' ? item.output : JSON.stringify(item.output);
    return [{ ...nothing, role: 'user', results: [{ text, isError: FAILED.test(text) }] }];
  }
  if (!type.endsWith('_call')) return [];
  const input = item.input ?? (JSON.parse(item.arguments ?? '{}') as object);
  return [{ ...nothing, role: 'assistant', calls: [{ name: item.name ?? type, input }] }];
}

/** A reply comes as several items in a row, and so do the results of its calls. */
function whole(messages: readonly ModelMessage[]): ModelMessage[] {
  const merged: ModelMessage[] = [];
  for (const message of messages) {
    const last = merged.at(-1);
    const goesOn =
      last?.role === message.role &&
      (message.role === 'assistant' || (last.texts.length === 0 && message.texts.length === 0));
    if (last === undefined || !goesOn) {
      merged.push(message);
      continue;
    }
    merged.splice(-1, 1, {
      role: last.role,
      texts: [...last.texts, ...message.texts],
      calls: [...last.calls, ...message.calls],
      results: [...last.results, ...message.results],
    });
  }
  return merged;
}

function textsOf(content: Item['content']): string[] {
  if (typeof content === 'string') return [content.trim()];
  return (content ?? []).map(({ text }) => (text ?? '').trim());
}

function sendAnswer(
  response: ServerResponse,
  { model }: Body,
  { answer, number }: { readonly answer: Answer; readonly number: number },
): void {
  const send = eventStream(response);
  const id = `resp_${String(number).padStart(24, '0')}`;
  const output = itemsOf(answer, number);
  const base = { id, object: 'response', model, status: 'in_progress', output: [] };
  send('response.created', { response: base });
  for (const [index, item] of output.entries()) {
    send('response.output_item.added', { output_index: index, item });
    send('response.output_item.done', { output_index: index, item });
  }
  const usage = { input_tokens: 100, output_tokens: 20, total_tokens: 120 };
  send('response.completed', { response: { ...base, status: 'completed', output, usage } });
  response.end();
}

function itemsOf({ text, think, calls }: Answer, number: number): object[] {
  const idOf = (prefix: string, index = 0) =>
    `${prefix}_${String(number).padStart(20, '0')}${String(index).padStart(4, '0')}`;
  const items: object[] = [];
  if (think !== undefined) {
    const summary = [{ type: 'summary_text', text: think }];
    items.push({ type: 'reasoning', id: idOf('rs'), summary });
  }
  if (text !== '') {
    const content = [{ type: 'output_text', text, annotations: [] }];
    items.push({
      type: 'message',
      id: idOf('msg'),
      role: 'assistant',
      status: 'completed',
      content,
    });
  }
  for (const [index, call] of calls.entries()) items.push(callItem(call, idOf('call', index)));
  return items;
}

/** A call with a text is one of a freeform tool; a dot in the name divides the namespace from it. */
function callItem({ name, input }: ToolCall, callId: string): object {
  const common = { call_id: callId, status: 'completed' };
  if (typeof input === 'string') {
    return { ...common, type: 'custom_tool_call', id: `ctc_${callId}`, name, input };
  }
  const [namespace, inner] = name.includes('.') ? name.split('.') : [undefined, name];
  return {
    ...common,
    type: 'function_call',
    id: `fc_${callId}`,
    name: inner,
    ...(namespace === undefined ? {} : { namespace }),
    arguments: JSON.stringify(input),
  };
}
