// A model on loopback that speaks Anthropic's Messages and does what the prompt says: `write a b; c` calls for files a and b at once, then
// for c, then says that it is done. As the real one, it refuses a conversation in which a call has no result right behind it.

import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Block {
  readonly type: string;
  readonly id?: string;
  readonly tool_use_id?: string;
  readonly text?: string;
}

export interface ModelMessage {
  readonly role: string;
  readonly content: string | readonly Block[];
}

export interface ScriptedModel {
  readonly url: string;
  /** The messages of every request so far. */
  readonly requests: readonly (readonly ModelMessage[])[];
  /** What was wrong with requests. */
  readonly refusals: readonly string[];
  close(): Promise<void>;
}

export async function startScriptedModel(): Promise<ScriptedModel> {
  const requests: (readonly ModelMessage[])[] = [];
  const refusals: string[] = [];
  const server = createServer((request, response) => {
    const reply = (status: number, body: object) => {
      response.writeHead(status, { 'content-type': 'application/json' });
      response.end(JSON.stringify(body));
    };
    readBody(request).then(
      (body) => {
        const { messages } = JSON.parse(body) as { readonly messages: readonly ModelMessage[] };
        requests.push(messages);
        const fault = unansweredCall(messages);
        if (fault !== undefined) refusals.push(fault);
        reply(
          fault === undefined ? 200 : 400,
          fault === undefined ? answerTo(messages) : { fault },
        );
      },
      // The agent was killed while it sent.
      () => response.destroy(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    refusals,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A call whose result does not stand in the messages of the user right behind it. */
export function unansweredCall(messages: readonly ModelMessage[]): string | undefined {
  for (const [index, message] of messages.entries()) {
    const calls = blocksOf(message).filter(({ type }) => type === 'tool_use');
    const end = messages.findIndex(({ role }, at) => at > index && role === 'assistant');
    const behind = messages.slice(index + 1, end < 0 ? messages.length : end).flatMap(blocksOf);
    for (const { id } of calls) {
      const results = behind.filter(({ tool_use_id: answered }) => answered === id);
      if (results.length !== 1) return `call ${id} has ${results.length} results`;
    }
  }
  return undefined;
}

function blocksOf({ content }: ModelMessage): readonly Block[] {
  return typeof content === 'string' ? [{ type: 'text', text: content }] : content;
}

/** Where the script of the last prompt stands, counted by the replies since. */
function answerTo(messages: readonly ModelMessage[]): ModelMessage {
  const at = messages.findLastIndex(
    ({ role, content }) => role === 'user' && typeof content === 'string',
  );
  const prompt = String(messages[at]?.content ?? '');
  const step = messages.slice(at + 1).filter(({ role }) => role === 'assistant').length;
  const steps = prompt.startsWith('write ') ? prompt.slice('write '.length).split(';') : [];
  const files = steps[step]?.trim().split(/\s+/) ?? [];
  if (files.length === 0) {
    return { role: 'assistant', content: [{ type: 'text', text: `done: ${prompt}` }] };
  }
  const calls = files.map((path) => ({
    type: 'tool_use',
    id: `call-${messages.length}-${path}`,
    name: 'write_file',
    input: { path, content: `${path} of ${prompt}\n` },
  }));
  return { role: 'assistant', content: [{ type: 'text', text: `step ${step + 1}` }, ...calls] };
}

async function readBody(request: IncomingMessage): Promise<string> {
  let body = '';
  for await (const piece of request.setEncoding('utf8')) body += String(piece);
  return body;
}
