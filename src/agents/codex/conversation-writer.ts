// Writes what was said in another agent as a rollout of Codex: the header, and then items as the model takes them, each message followed by
// the event that Codex shows it by on its screen. Nothing in an item says that a call failed; Codex tells the model by the exit code at
// the head of the result, and so does this.

import type { ConversationRequest } from '../agent.ts';
import type { CarriedCall, Said } from '../carried-conversation.ts';
import { recordLines } from '../line-records.ts';

export function writeConversation({ said, nativeId, cwd, at }: ConversationRequest): Buffer {
  const begun = new Date(said[0]?.at ?? at).toISOString();
  const header = {
    timestamp: begun,
    type: 'session_meta',
    payload: {
      session_id: nativeId,
      id: nativeId,
      timestamp: begun,
      cwd,
      originator: 'gsess',
      cli_version: '0.0.0',
      source: 'cli',
    },
  };
  const records = said.flatMap((one) => {
    const timestamp = new Date(one.at).toISOString();
    const items = itemsOf(one).map((payload) => ({ timestamp, type: 'response_item', payload }));
    const shown = { timestamp, type: 'event_msg', payload: eventOf(one) };
    return one.text === '' ? items : [...items.slice(0, 1), shown, ...items.slice(1)];
  });
  return recordLines([header, ...records]);
}

function eventOf({ by, text: message }: Said): object {
  return by === 'agent'
    ? { type: 'agent_message', message }
    : { type: 'user_message', message, kind: 'plain' };
}

function itemsOf(said: Said): object[] {
  if (said.by !== 'agent') {
    const images = said.by === 'gsess' ? [] : said.images;
    const content = [
      ...(said.text === '' ? [] : [{ type: 'input_text', text: said.text }]),
      ...images.map(({ mediaType, data }) => ({
        type: 'input_image',
        image_url: `data:${mediaType};base64,${data}`,
      })),
    ];
    return [{ type: 'message', role: 'user', content }];
  }
  const { text, calls } = said;
  const content = [{ type: 'output_text', text }];
  const reply = text === '' ? [] : [{ type: 'message', role: 'assistant', content }];
  return [...reply, ...calls.map(callItem), ...calls.flatMap(resultItem)];
}

function callItem({ id, name, input }: CarriedCall): object {
  return { type: 'function_call', name, arguments: JSON.stringify(input), call_id: id };
}

function resultItem({ id, result }: CarriedCall): object[] {
  if (result === undefined) return [];
  const output = result.isError ? `Exit code: 1\nOutput:\n${result.output}` : result.output;
  return [{ type: 'function_call_output', call_id: id, output }];
}
