// Writes what was said in another agent as a Claude Code transcript: one chain of records, each call with its result in a record of its
// own, as Claude writes them.

import type { ConversationRequest } from '../agent.ts';
import type { CarriedCall, Said } from '../carried-conversation.ts';
import { derivedHex, derivedUuid } from '../derived-id.ts';
import { recordLines } from '../line-records.ts';
import { NO_MODEL } from './session-facts.ts';

export function writeConversation({ said, nativeId, cwd }: ConversationRequest): Buffer {
  let parentUuid: string | null = null;
  const records: object[] = [];
  const add = (at: number, fields: object): string => {
    const uuid = derivedUuid(`gsess record ${nativeId} ${records.length}`);
    records.push({
      parentUuid,
      isSidechain: false,
      userType: 'external',
      cwd,
      sessionId: nativeId,
      ...fields,
      uuid,
      timestamp: new Date(at).toISOString(),
    });
    parentUuid = uuid;
    return uuid;
  };
  for (const one of said) {
    if (one.by !== 'agent') {
      const meta = one.by === 'gsess' ? { isMeta: true } : {};
      add(one.at, { type: 'user', ...meta, message: { role: 'user', content: contentOf(one) } });
      continue;
    }
    const id = `msg_${derivedHex(`gsess reply ${nativeId} ${records.length}`).slice(0, 24)}`;
    const reply = add(one.at, { type: 'assistant', message: replyOf(one, id) });
    for (const call of one.calls) {
      if (call.result !== undefined) add(one.at, resultOf(call, call.result, reply));
    }
  }
  return recordLines(records);
}

function contentOf(said: Exclude<Said, { by: 'agent' }>): unknown {
  if (said.by === 'gsess' || said.images.length === 0) return said.text;
  const images = said.images.map(({ mediaType, data }) => ({
    type: 'image',
    source: { type: 'base64', media_type: mediaType, data },
  }));
  return [...textBlock(said.text), ...images];
}

function replyOf({ text, calls }: Extract<Said, { by: 'agent' }>, id: string): object {
  const uses = calls.map((call) => ({
    type: 'tool_use',
    id: call.id,
    name: call.name,
    input: call.input,
  }));
  return {
    id,
    type: 'message',
    role: 'assistant',
    // Claude would look for any other model, and say that it is not there.
    model: NO_MODEL,
    content: [...textBlock(text), ...uses],
    stop_reason: calls.length > 0 ? 'tool_use' : 'end_turn',
    stop_sequence: null,
    usage: { input_tokens: 0, output_tokens: 0 },
  };
}

function textBlock(text: string): object[] {
  return text === '' ? [] : [{ type: 'text', text }];
}

function resultOf(
  { id }: CarriedCall,
  { output, isError }: NonNullable<CarriedCall['result']>,
  reply: string,
): object {
  const result = {
    tool_use_id: id,
    type: 'tool_result',
    content: output,
    ...(isError ? { is_error: true } : {}),
  };
  return {
    type: 'user',
    message: { role: 'user', content: [result] },
    toolUseResult: isError ? `Error: ${output}` : output,
    sourceToolAssistantUUID: reply,
  };
}
