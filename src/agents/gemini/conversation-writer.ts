// Writes what was said in another agent as a session of Gemini CLI: the header, and one record for each message, with a reply's calls and
// their results in it.

import type { ConversationRequest } from '../agent.ts';
import type { CarriedCall, Said } from '../carried-conversation.ts';
import { derivedUuid } from '../derived-id.ts';
import { recordLines } from '../line-records.ts';
import { projectHash } from './gemini-lines.ts';

/** Gemini takes what begins so for a command of its own, and leaves it out when it loads a session. */
const LIKE_A_COMMAND = /^\s*[/?]/;

export function writeConversation({ said, nativeId, cwd, at }: ConversationRequest): Buffer {
  const header = {
    sessionId: nativeId,
    projectHash: projectHash(cwd),
    startTime: timeText(said[0]?.at ?? at),
    lastUpdated: timeText(said.at(-1)?.at ?? at),
    kind: 'main',
  };
  const messages = said.map((one, index) => ({
    id: derivedUuid(`gsess record ${nativeId} ${index}`),
    timestamp: timeText(one.at),
    ...messageOf(one),
  }));
  return recordLines([header, ...messages]);
}

function messageOf(said: Said): object {
  if (said.by !== 'agent') {
    const images = said.by === 'gsess' ? [] : said.images;
    const text = LIKE_A_COMMAND.test(said.text) ? `The user: ${said.text}` : said.text;
    const content = [
      ...(text === '' ? [] : [{ text }]),
      ...images.map(({ mediaType, data }) => ({ inlineData: { mimeType: mediaType, data } })),
    ];
    return { type: 'user', content };
  }
  const { text, calls, model, at } = said;
  const toolCalls = calls.map((call) => callOf(call, timeText(at)));
  return {
    type: 'gemini',
    content: text,
    thoughts: [],
    model,
    ...(calls.length === 0 ? {} : { toolCalls }),
  };
}

function callOf({ id, name, input, result }: CarriedCall, timestamp: string): object {
  const call = { id, name, args: input };
  if (result === undefined) return { ...call, timestamp };
  const response = result.isError ? { error: result.output } : { output: result.output };
  return {
    ...call,
    result: [{ functionResponse: { id, name, response } }],
    status: result.isError ? 'error' : 'success',
    timestamp,
    resultDisplay: result.output,
  };
}

function timeText(at: number): string {
  return new Date(at).toISOString();
}
