// Google's generateContent, as Gemini CLI speaks it.

import type { ServerResponse } from 'node:http';
import { geminiTools } from './model-script.ts';
import { type Answer, type ModelMessage, modelRequest, sendJson, type Wire } from './model-wire.ts';

interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly functionCall?: { readonly name?: string; readonly args?: object };
  readonly functionResponse?: { readonly name?: string; readonly response?: object };
}

interface Body {
  readonly tools?: readonly {
    readonly functionDeclarations?: readonly { readonly name: string }[];
  }[];
  readonly contents?: readonly { readonly role?: string; readonly parts?: readonly Part[] }[];
}

/** What Gemini tells the model in the user's name. */
const INJECTED = /^\s*<(?:session|hook)_context>/;
const STREAMED = ':streamGenerateContent';

export const genaiWire: Wire = {
  isReply: (path) => path.endsWith(STREAMED) || path.endsWith(':generateContent'),
  toolset: () => geminiTools,
  digest: (body) => {
    const { tools, contents } = body as Body;
    const names = (tools ?? []).flatMap(({ functionDeclarations }) => functionDeclarations ?? []);
    return modelRequest(
      '',
      names.map(({ name }) => name),
      (contents ?? []).map(messageOf),
    );
  },
  send: (response, _, { answer, number, path }) =>
    sendAnswer(response, answer, { number, isStreamed: path.endsWith(STREAMED) }),
};

function messageOf({ role, parts = [] }: NonNullable<Body['contents']>[number]): ModelMessage {
  const texts = parts.filter(({ thought }) => !thought).map(({ text }) => (text ?? '').trim());
  // Of a session that was resumed Gemini sends each result twice.
  const results = new Set(
    parts.flatMap(({ functionResponse }) =>
      functionResponse === undefined ? [] : [JSON.stringify(functionResponse.response ?? {})],
    ),
  );
  return {
    role: role === 'model' ? 'assistant' : 'user',
    texts: texts.filter((text) => text !== '' && !INJECTED.test(text)),
    calls: parts.flatMap(({ functionCall }) =>
      functionCall === undefined
        ? []
        : [{ name: functionCall.name ?? '', input: functionCall.args ?? {} }],
    ),
    results: [...results].map((text) => ({ text, isError: text.startsWith('{"error"') })),
  };
}

function sendAnswer(
  response: ServerResponse,
  { text, think, calls }: Answer,
  { number, isStreamed }: { readonly number: number; readonly isStreamed: boolean },
): void {
  const parts = [
    ...(think === undefined ? [] : [{ text: think, thought: true }]),
    ...(text === '' ? [] : [{ text }]),
    ...calls.map(({ name, input }, index) => ({
      functionCall: { id: `call_${number}_${index}`, name, args: input },
      thoughtSignature: 'c2lnbmVk',
    })),
  ];
  const usage = { promptTokenCount: 100, candidatesTokenCount: 20, totalTokenCount: 120 };
  const body = {
    candidates: [{ content: { role: 'model', parts }, finishReason: 'STOP', index: 0 }],
    usageMetadata: usage,
    responseId: `response_${number}`,
  };
  if (!isStreamed) {
    sendJson(response, 200, body);
    return;
  }
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  response.end(`data: ${JSON.stringify(body)}\n\n`);
}
