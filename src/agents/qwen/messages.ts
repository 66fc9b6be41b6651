// The messages of a Qwen Code session. Of a reply that was written in several records under one id they are one message; what Qwen notes
// for itself is none.

import type { Message, MessageKind, Part } from '../../transcript/transcript.ts';
import { CallIds, partsOf } from '../genai-parts.ts';
import type { Placed } from '../line-records.ts';
import { type QwenRecord, timeOf } from './record.ts';

export interface Built {
  readonly messages: readonly Message[];
  /** Records that are no message. */
  readonly rest: readonly Placed<QwenRecord>[];
}

/** Builds the messages of the records in file order. */
export function buildMessages(
  records: readonly Placed<QwenRecord>[],
  { live, sidechain }: { readonly live: ReadonlySet<string>; readonly sidechain: boolean },
): Built {
  const messages: Message[] = [];
  const rest: Placed<QwenRecord>[] = [];
  const ids = new CallIds();
  for (const placed of records) {
    const { record, source } = placed;
    const said = classify(record, ids);
    if (said === undefined) {
      rest.push(placed);
      continue;
    }
    const earlier = messages.at(-1);
    const isGoingOn = said.role === 'assistant' && earlier?.role === 'assistant';
    if (isGoingOn && earlier.id !== undefined && earlier.id === record.uuid) {
      earlier.parts.push(...said.parts);
      earlier.sources.push(source);
      earlier.model ??= record.model;
      continue;
    }
    messages.push({
      id: record.uuid,
      aliases: record.uuid === undefined ? [] : [record.uuid],
      parentId: record.parentUuid ?? undefined,
      at: timeOf(record),
      model: record.model,
      sidechain: record.isSidechain === true && !sidechain,
      live: record.uuid === undefined || live.has(record.uuid),
      sources: [source],
      ...said,
    });
  }
  return { messages, rest };
}

type Said = Pick<Message, 'role' | 'kind' | 'parts'>;

function classify(record: QwenRecord, ids: CallIds): Said | undefined {
  const { type, message, systemPayload } = record;
  if (type === 'system') return systemMessage(record);
  if (message === undefined) return undefined;
  const parts = partsOf(message.parts, ids);
  if (type === 'assistant') return { role: 'assistant', kind: 'reply', parts };
  if (type === 'tool_result') {
    const kind = record.toolCallResult?.status === 'cancelled' ? 'interrupt' : 'result';
    return { role: 'tool', kind, parts };
  }
  if (type !== 'user') return undefined;
  const kind = userKind(record);
  const display = systemPayload?.displayText;
  const typed = parts.filter((part) => part.type !== 'text' || !HOOK_CONTEXT.test(part.text));
  if (kind === 'notice' || display === undefined) return { role: 'user', kind, parts: typed };
  const others = typed.filter((part) => part.type !== 'text');
  return { role: 'user', kind, parts: [{ type: 'text', text: display }, ...others] };
}

/** What hooks of the user add to a prompt. */
const HOOK_CONTEXT = /^\s*<qwen:user-prompt-submit-context>/;

function userKind({ subtype, provenance }: QwenRecord): MessageKind {
  if (subtype === 'mid_turn_user_message') return 'steer';
  if (subtype !== undefined && subtype !== 'user_text_elements') return 'notice';
  return provenance === undefined || provenance === 'real_user' ? 'prompt' : 'notice';
}

function systemMessage({ subtype, systemPayload }: QwenRecord): Said | undefined {
  if (subtype === 'slash_command' && systemPayload?.phase === 'invocation') {
    return { role: 'user', kind: 'command', parts: textPart(systemPayload.rawCommand) };
  }
  if (subtype !== 'chat_compression') return undefined;
  const said = systemPayload?.compressedHistory?.flatMap(({ parts }) => partsOf(parts)) ?? [];
  return { role: 'system', kind: 'summary', parts: said.filter(({ type }) => type === 'text') };
}

function textPart(text: string | undefined): Part[] {
  return text === undefined ? [] : [{ type: 'text', text }];
}
