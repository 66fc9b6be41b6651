// OpenAI's Chat Completions, as Qwen Code and Nanocoder speak them.

import type { ServerResponse } from 'node:http';
import { nanocoderTools, qwenTools } from './model-script.ts';
import { type Answer, type ModelMessage, modelRequest, sendJson, type Wire } from './model-wire.ts';

interface ChatMessage {
  readonly role: string;
  readonly content?: string | null | readonly { readonly text?: string }[];
  readonly tool_calls?: readonly {
    readonly function?: { readonly name?: string; readonly arguments?: string };
  }[];
}

interface Body {
  readonly model?: string;
  readonly stream?: boolean;
  readonly tools?: readonly { readonly function?: { readonly name?: string } }[];
  readonly messages?: readonly ChatMessage[];
}

const REMINDER = /<system-reminder>[\s\S]*?<\/system-reminder>\s*/g;
/** Nothing in the wire says that a call failed. */
const FAILED = /^(?:Error|Tool execution result was not recorded|\[Operation Cancelled\])/;

export const chatWire: Wire = {
  isReply: (path) => path.endsWith('/chat/completions'),
  toolset: (tools) => (tools.includes('string_replace') ? nanocoderTools : qwenTools),
  digest: (body) => {
    const { model, tools, messages } = body as Body;
    return modelRequest(
      model ?? '',
      (tools ?? []).map((tool) => tool.function?.name ?? ''),
      (messages ?? []).filter(({ role }) => role !== 'system').map(messageOf),
    );
  },
  send: (response, body, { answer, number }) =>
    sendAnswer(response, body as Body, { answer, number }),
};

function messageOf({ role, content, tool_calls: calls = [] }: ChatMessage): ModelMessage {
  const pieces = typeof content === 'string' ? [{ text: content }] : (content ?? []);
  const texts = pieces
    .map(({ text }) => (text ?? '').replace(REMINDER, '').trim())
    .filter((text) => text !== '');
  if (role === 'tool') {
    const text = texts.join('\n');
    return { role: 'user', texts: [], calls: [], results: [{ text, isError: FAILED.test(text) }] };
  }
  return {
    role,
    texts,
    calls: calls.map((call) => ({
      name: call.function?.name ?? '',
      input: JSON.parse(call.function?.arguments || '{}') as object,
    })),
    results: [],
  };
}

function sendAnswer(
  response: ServerResponse,
  { model, stream }: Body,
  { answer, number }: { readonly answer: Answer; readonly number: number },
): void {
  const calls = answer.calls.map(({ name, input }, index) => ({
    index,
    id: `call_${number}_${index}`,
    type: 'function',
    function: { name, arguments: JSON.stringify(input) },
  }));
  const content = answer.text === '' ? null : answer.text;
  const said = { role: 'assistant', content, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
  const reason = calls.length === 0 ? 'stop' : 'tool_calls';
  const usage = { prompt_tokens: 100, completion_tokens: 20, total_tokens: 120 };
  const whole = { id: `chatcmpl-${number}`, created: 0, model };
  if (stream !== true) {
    const choice = { index: 0, finish_reason: reason, message: said };
    sendJson(response, 200, { ...whole, object: 'chat.completion', choices: [choice], usage });
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const send = (delta: object, finish: string | null, more: object = {}) => {
    const choices = [{ index: 0, delta, finish_reason: finish }];
    const chunk = { ...whole, object: 'chat.completion.chunk', choices, ...more };
    response.write(`data: ${JSON.stringify(chunk)}\n\n`);
  };
  send(said, null);
  send({}, reason, { usage });
  response.end('data: [DONE]\n\n');
}
