// Anthropic's Messages, as Claude Code speaks them.

import type { ServerResponse } from 'node:http';
import { claudeTools, opencodeTools, piTools, type ToolCall } from './model-script.ts';
import {
  type Answer,
  eventStream,
  type ModelMessage,
  modelRequest,
  sendJson,
  type Wire,
} from './model-wire.ts';

interface Block {
  readonly type?: string;
  readonly text?: string;
  readonly name?: string;
  readonly input?: object;
  readonly content?: string | readonly Block[];
  readonly is_error?: boolean;
}

interface Body {
  readonly model?: string;
  readonly stream?: boolean;
  readonly thinking?: object;
  readonly tools?: readonly { readonly name: string }[];
  readonly messages?: readonly {
    readonly role: string;
    readonly content: string | readonly Block[];
  }[];
}

const REMINDER = /<system-reminder>[\s\S]*?<\/system-reminder>\s*/g;

export const anthropicWire: Wire = {
  isReply: (path) => path === '/v1/messages',
  toolset: (tools) => {
    if (!tools.includes('write')) return claudeTools;
    return tools.includes('todowrite') ? opencodeTools : piTools;
  },
  digest: (body) => {
    const { model, tools, messages } = body as Body;
    return modelRequest(
      model ?? '',
      (tools ?? []).map((tool) => tool.name),
      (messages ?? []).map(messageOf),
    );
  },
  send: (response, body, answered) => sendAnswer(response, body as Body, answered),
};

function messageOf({ role, content }: NonNullable<Body['messages']>[number]): ModelMessage {
  const blocks: readonly Block[] =
    typeof content === 'string' ? [{ type: 'text', text: content }] : content;
  const texts = blocks.map((block) => (block.text ?? '').replace(REMINDER, '').trim());
  return {
    role,
    texts: texts.filter((text) => text !== ''),
    calls: blocks
      .filter((block) => block.type === 'tool_use')
      .map((block) => ({ name: block.name ?? '', input: block.input ?? {} })),
    results: blocks
      .filter((block) => block.type === 'tool_result')
      .map((block) => ({ text: textOf(block.content), isError: block.is_error === true })),
  };
}

function textOf(content: Block['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((block) => block.text ?? '').join('\n');
}

function sendAnswer(
  response: ServerResponse,
  body: Body,
  { answer, number }: { readonly answer: Answer; readonly number: number },
): void {
  const content = blocksOf(answer, { number, canThink: body.thinking !== undefined });
  const stopReason = answer.calls.length > 0 ? 'tool_use' : 'end_turn';
  const id = `msg_${String(number).padStart(24, '0')}`;
  const message = { id, type: 'message', role: 'assistant', model: body.model };
  const usage = { input_tokens: 100, output_tokens: 20 };
  if (body.stream !== true) {
    const stop = { stop_reason: stopReason, stop_sequence: null };
    sendJson(response, 200, { ...message, content, ...stop, usage });
    return;
  }
  const send = eventStream(response);
  const open = { content: [], stop_reason: null, stop_sequence: null, usage };
  send('message_start', { message: { ...message, ...open } });
  for (const [index, block] of content.entries()) {
    const { start, deltas } = streamed(block);
    send('content_block_start', { index, content_block: start });
    for (const delta of deltas) send('content_block_delta', { index, delta });
    send('content_block_stop', { index });
  }
  const stop = { stop_reason: stopReason, stop_sequence: null };
  send('message_delta', { delta: stop, usage: { output_tokens: usage.output_tokens } });
  send('message_stop', {});
  response.end();
}

type ContentBlock =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'thinking'; readonly thinking: string; readonly signature: string }
  | ({ readonly type: 'tool_use'; readonly id: string } & ToolCall);

function blocksOf(
  answer: Answer,
  { number, canThink }: { readonly number: number; readonly canThink: boolean },
): readonly ContentBlock[] {
  const blocks: ContentBlock[] = [];
  if (answer.think !== undefined && canThink) {
    blocks.push({ type: 'thinking', thinking: answer.think, signature: 'c2lnbmVk' });
  }
  if (answer.text !== '') blocks.push({ type: 'text', text: answer.text });
  for (const [index, call] of answer.calls.entries()) {
    const id = `toolu_${String(number).padStart(20, '0')}${String(index).padStart(4, '0')}`;
    blocks.push({ type: 'tool_use', id, ...call });
  }
  return blocks;
}

function streamed(block: ContentBlock): { start: object; deltas: readonly object[] } {
  if (block.type === 'text') {
    return { start: { ...block, text: '' }, deltas: [{ type: 'text_delta', text: block.text }] };
  }
  if (block.type === 'thinking') {
    const { thinking, signature } = block;
    return {
      start: { ...block, thinking: '', signature: '' },
      deltas: [
        { type: 'thinking_delta', thinking },
        { type: 'signature_delta', signature },
      ],
    };
  }
  const delta = { type: 'input_json_delta', partial_json: JSON.stringify(block.input) };
  return { start: { ...block, input: {} }, deltas: [delta] };
}
