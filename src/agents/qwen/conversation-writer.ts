// Writes what was said in another agent as a session of Qwen Code: one chain of records, each call with its result in a record of its own.

import type { ConversationRequest } from '../agent.ts';
import type { CarriedCall, Said } from '../carried-conversation.ts';
import { derivedUuid } from '../derived-id.ts';
import { recordLines } from '../line-records.ts';

export function writeConversation({ said, nativeId, cwd }: ConversationRequest): Buffer {
  let parentUuid: string | null = null;
  const records: object[] = [];
  for (const one of said) {
    for (const fields of recordsOf(one)) {
      const uuid = derivedUuid(`gsess record ${nativeId} ${records.length}`);
      const timestamp = new Date(one.at).toISOString();
      records.push({ uuid, parentUuid, sessionId: nativeId, timestamp, cwd, ...fields });
      parentUuid = uuid;
    }
  }
  return recordLines(records);
}

function recordsOf(said: Said): object[] {
  if (said.by !== 'agent') {
    const images = said.by === 'gsess' ? [] : said.images;
    const parts = [
      ...textParts(said.text),
      ...images.map(({ mediaType, data }) => ({ inlineData: { mimeType: mediaType, data } })),
    ];
    return [{ type: 'user', provenance: 'real_user', message: { role: 'user', parts } }];
  }
  const { text, calls, model } = said;
  const made = calls.map(({ id, name, input }) => ({ functionCall: { id, name, args: input } }));
  const message = { role: 'model', parts: [...textParts(text), ...made] };
  const reply = { type: 'assistant', provenance: 'assistant_output', model, message };
  return [reply, ...calls.flatMap(resultOf)];
}

function textParts(text: string): object[] {
  return text === '' ? [] : [{ text }];
}

function resultOf({ id, name, result }: CarriedCall): object[] {
  if (result === undefined) return [];
  const { output, isError } = result;
  const response = isError ? { error: output } : { output };
  return [
    {
      type: 'tool_result',
      provenance: 'tool_result',
      message: { role: 'user', parts: [{ functionResponse: { id, name, response } }] },
      toolCallResult: {
        callId: id,
        status: isError ? 'error' : 'success',
        resultDisplay: output,
      },
    },
  ];
}
