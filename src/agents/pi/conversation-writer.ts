// Writes what was said in another agent as a session of pi: the header, and one chain of messages, each result a message of its own. Where
// it comes from is a message of an extension, which pi shows and tells the model.

import type { ConversationRequest } from '../agent.ts';
import type { CarriedCall, Said } from '../carried-conversation.ts';
import { derivedHex } from '../derived-id.ts';
import { recordLines } from '../line-records.ts';

const NO_COST = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, total: 0 };
const NO_USAGE = { input: 0, output: 0, cacheRead: 0, cacheWrite: 0, totalTokens: 0 };

export function writeConversation({ said, nativeId, cwd, at }: ConversationRequest): Buffer {
  const timestamp = new Date(said[0]?.at ?? at).toISOString();
  const records: object[] = [{ type: 'session', version: 3, id: nativeId, timestamp, cwd }];
  let parentId: string | null = null;
  for (const one of said) {
    for (const fields of entriesOf(one)) {
      const id = derivedHex(`gsess record ${nativeId} ${records.length}`).slice(0, 16);
      records.push({ id, parentId, timestamp: new Date(one.at).toISOString(), ...fields });
      parentId = id;
    }
  }
  return recordLines(records);
}

function entriesOf(said: Said): object[] {
  const { text, at } = said;
  if (said.by === 'gsess') {
    return [{ type: 'custom_message', customType: 'gsess', content: text, display: true }];
  }
  if (said.by === 'user') {
    const images = said.images.map(({ mediaType, data }) => ({
      type: 'image',
      data,
      mimeType: mediaType,
    }));
    const message = { role: 'user', content: [...textBlocks(text), ...images], timestamp: at };
    return [{ type: 'message', message }];
  }
  const { calls, model } = said;
  const made = calls.map(({ id, name, input }) => ({
    type: 'toolCall',
    id,
    name,
    arguments: input,
  }));
  const message = {
    role: 'assistant',
    content: [...textBlocks(text), ...made],
    api: 'gsess',
    provider: 'gsess',
    model,
    usage: { ...NO_USAGE, cost: NO_COST },
    stopReason: calls.length > 0 ? 'toolUse' : 'stop',
    timestamp: at,
  };
  return [{ type: 'message', message }, ...calls.flatMap((call) => resultOf(call, at))];
}

function textBlocks(text: string): object[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

function resultOf({ id, name, result }: CarriedCall, timestamp: number): object[] {
  if (result === undefined) return [];
  const message = {
    role: 'toolResult',
    toolCallId: id,
    toolName: name,
    content: [{ type: 'text', text: result.output }],
    isError: result.isError,
    timestamp,
  };
  return [{ type: 'message', message }];
}
