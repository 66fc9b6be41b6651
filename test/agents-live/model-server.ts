// A model that does what the prompt tells it, on loopback, in the wire format of whoever asks. Keeps no state but a log of
// what was asked, which is how a test knows exactly what conversation an agent holds.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { anthropicWire } from './anthropic-wire.ts';
import { chatWire } from './chat-wire.ts';
import { genaiWire } from './genai-wire.ts';
import {
  isSeveral,
  type Reply,
  type Step,
  scriptIn,
  type Toolset,
  toolCallOf,
  withoutScript,
} from './model-script.ts';
import {
  type Answer,
  bodyOf,
  type LoggedRequest,
  type ModelMessage,
  type ModelRequest,
  sendJson,
  type Wire,
} from './model-wire.ts';
import { responsesWire } from './responses-wire.ts';

export interface ModelServer {
  readonly url: string;
  /** All requests so far, or those since `from`. */
  requests(from?: number): readonly LoggedRequest[];
  close(): Promise<void>;
}

const WIRES: readonly Wire[] = [anthropicWire, responsesWire, chatWire, genaiWire];
const LISTEN_HOST = '127.0.0.1';

export async function startModel(): Promise<ModelServer> {
  const log: LoggedRequest[] = [];
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
  log: LoggedRequest[],
): Promise<void> {
  const path = (request.url ?? '').split('?')[0] ?? '';
  const wire = request.method === 'POST' ? WIRES.find((one) => one.isReply(path)) : undefined;
  if (wire === undefined) {
    if (/count_?tokens$/i.test(path))
      return sendJson(response, 200, { input_tokens: 100, totalTokens: 100 });
    return sendJson(response, 404, { type: 'error', error: { type: 'not_found_error' } });
  }
  const body = await bodyOf(request);
  const asked = wire.digest(body);
  const number = log.push({ ...asked, body });
  wire.send(response, body, { answer: answerTo(asked, wire), number, path });
}

/** Plays the next step of the newest prompt; a prompt without a script is answered with itself. */
function answerTo({ messages, tools }: ModelRequest, wire: Wire): Answer {
  const isPrompt = ({ role, texts }: ModelMessage) => role === 'user' && texts.length > 0;
  const at = messages.findLastIndex(isPrompt);
  const prompt = messages[at]?.texts.at(-1) ?? '';
  const script = tools.length === 0 ? undefined : scriptIn(prompt);
  const step = messages.slice(at + 1).filter(({ role }) => role === 'assistant').length;
  const reply = script === undefined ? undefined : (script[step] ?? { say: 'The script is over.' });
  const heard = { say: `Heard: ${withoutScript(prompt).slice(0, 200)}` };
  return toAnswer(reply ?? heard, wire.toolset(tools));
}

function toAnswer(reply: Reply, toolset: Toolset): Answer {
  const steps: readonly Step[] = isSeveral(reply) ? reply : [reply];
  const said = steps.map((step) => ('say' in step ? step.say : (step.text ?? '')));
  return {
    text: said.filter((text) => text !== '').join('\n'),
    think: steps.find((step) => step.think !== undefined)?.think,
    calls: steps.map((step) => toolCallOf(step, toolset)).filter((call) => call !== undefined),
  };
}
