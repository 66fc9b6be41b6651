// A model that does what the prompt tells it, on loopback, in the wire format of Anthropic's Messages. Keeps no state but a log of
// what was asked, which is how a test knows exactly what conversation an agent holds.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  isSeveral,
  type Reply,
  type Step,
  scriptIn,
  type ToolCall,
  toolCallOf,
  withoutScript,
} from './model-script.ts';

export interface ModelMessage {
  readonly role: string;
  /** What was said, without the reminders agents put among it. */
  readonly texts: readonly string[];
  readonly calls: readonly ToolCall[];
  readonly results: readonly { readonly text: string; readonly isError: boolean }[];
}

export interface ModelRequest {
  readonly model: string;
  readonly tools: readonly string[];
  readonly messages: readonly ModelMessage[];
  /** One line per thing said, called or returned: what a test compares. */
  readonly conversation: readonly string[];
}

export interface ModelServer {
  readonly url: string;
  /** All requests so far, or those since `from`. */
  requests(from?: number): readonly ModelRequest[];
  close(): Promise<void>;
}

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

interface Answer {
  readonly text: string;
  readonly think: string | undefined;
  readonly calls: readonly ToolCall[];
  readonly delayMs: number;
}

const REMINDER = /<system-reminder>[\s\S]*?<\/system-reminder>\s*/g;
const LISTEN_HOST = '127.0.0.1';

export async function startModel(): Promise<ModelServer> {
  const log: ModelRequest[] = [];
  const server = createServer((request, response) => {
    serve(request, response, log).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, LISTEN_HOST, resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://${LISTEN_HOST}:${port}`,
    requests: (from = 0) => log.slice(from),
    close: () => closeServer(server),
  };
}

async function closeServer(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  log: ModelRequest[],
): Promise<void> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  const path = (request.url ?? '').split('?')[0] ?? '';
  if (request.method !== 'POST' || !path.startsWith('/v1/messages')) {
    return sendJson(response, 404, { type: 'error', error: { type: 'not_found_error' } });
  }
  const body = JSON.parse(Buffer.concat(pieces).toString()) as Body;
  if (path.endsWith('/count_tokens')) return sendJson(response, 200, { input_tokens: 100 });
  const asked = digest(body);
  const number = log.push(asked);
  const answer = answerTo(asked);
  await sleep(answer.delayMs);
  sendAnswer(response, body, { answer, number });
}

function digest(body: Body): ModelRequest {
  const messages = (body.messages ?? []).map(({ role, content }): ModelMessage => {
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
  });
  return {
    model: body.model ?? '',
    tools: (body.tools ?? []).map((tool) => tool.name),
    messages,
    conversation: messages.flatMap(linesOf),
  };
}

function textOf(content: Block['content']): string {
  if (typeof content === 'string') return content;
  return (content ?? []).map((block) => block.text ?? '').join('\n');
}

function linesOf({ role, texts, calls, results }: ModelMessage): string[] {
  if (role !== 'user' && role !== 'assistant') return [];
  return [
    ...results.map(({ isError }) => (isError ? 'result: error' : 'result: ok')),
    ...texts.map((text) => `${role}: ${withoutScript(text)}`),
    ...calls.map(({ name }) => `call: ${name}`),
  ];
}

/** Plays the next step of the newest prompt; a prompt without a script is answered with itself. */
function answerTo({ messages, tools }: ModelRequest): Answer {
  const isPrompt = ({ role, texts }: ModelMessage) => role === 'user' && texts.length > 0;
  const at = messages.findLastIndex(isPrompt);
  const prompt = messages[at]?.texts.at(-1) ?? '';
  const script = tools.length === 0 ? undefined : scriptIn(prompt);
  const step = messages.slice(at + 1).filter(({ role }) => role === 'assistant').length;
  const reply = script === undefined ? undefined : (script[step] ?? { say: 'The script is over.' });
  return toAnswer(reply ?? { say: `Heard: ${withoutScript(prompt).slice(0, 200)}` });
}

function toAnswer(reply: Reply): Answer {
  const steps: readonly Step[] = isSeveral(reply) ? reply : [reply];
  const said = steps.map((step) => ('say' in step ? step.say : (step.text ?? '')));
  return {
    text: said.filter((text) => text !== '').join('\n'),
    think: steps.find((step) => step.think !== undefined)?.think,
    calls: steps.map(toolCallOf).filter((call) => call !== undefined),
    delayMs: Math.max(0, ...steps.map((step) => step.delayMs ?? 0)),
  };
}

function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
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
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  const send = (type: string, fields: object) =>
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
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
