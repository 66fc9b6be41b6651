// The wire format of one provider: how its requests are taken apart into a conversation, and how an answer is sent.

import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ToolCall, Toolset } from './model-script.ts';
import { withoutScript } from './model-script.ts';

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

/** A request as it is kept, with all that it said besides. */
export interface LoggedRequest extends ModelRequest {
  readonly body: unknown;
}

/** One reply of the model. */
export interface Answer {
  readonly text: string;
  readonly think: string | undefined;
  readonly calls: readonly ToolCall[];
}

/** An answer, its number among all, and the path it was asked for at. */
export interface Answered {
  readonly answer: Answer;
  readonly number: number;
  readonly path: string;
}

export interface Wire {
  /** Whether a request to this path is for a reply. */
  isReply(path: string): boolean;
  digest(body: unknown): ModelRequest;
  /** The tools by which an agent that offers these does its work. */
  toolset(tools: readonly string[]): Toolset;
  send(response: ServerResponse, body: unknown, answered: Answered): void;
}

/** What a request tells, once its messages are known. */
export function modelRequest(
  model: string,
  tools: readonly string[],
  messages: readonly ModelMessage[],
): ModelRequest {
  return { model, tools, messages, conversation: messages.flatMap(linesOf) };
}

function linesOf({ role, texts, calls, results }: ModelMessage): string[] {
  if (role !== 'user' && role !== 'assistant') return [];
  return [
    ...results.map(({ isError }) => (isError ? 'result: error' : 'result: ok')),
    ...texts.map((text) => `${role}: ${withoutScript(text)}`),
    ...calls.map(({ name }) => `call: ${name}`),
  ];
}

export async function bodyOf(request: IncomingMessage): Promise<unknown> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return JSON.parse(Buffer.concat(pieces).toString());
}

export function sendJson(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

/** Begins a stream of events; gives what sends one. */
export function eventStream(response: ServerResponse): (type: string, fields: object) => void {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  return (type, fields) => {
    response.write(`event: ${type}\ndata: ${JSON.stringify({ type, ...fields })}\n\n`);
  };
}
