// What a model is given of a conversation that was kept: the messages as they were, no call left without a result, no more of them than
// are wanted. Pure; what is kept is not changed by it.

import { answerCalls, type OpenCall, openCalls } from '../agents/embedded/answer-calls.ts';
import { messageDialect, messagesAmong, stateOf } from '../agents/embedded/message-lines.ts';
import { type JsonObject, readMessage } from '../agents/embedded/message-reader.ts';
import { kindOf } from '../agents/embedded/transcript-reader.ts';
import { lineRecords } from '../agents/line-records.ts';
import type { PendingCall } from '../session/session-record.ts';
import type { MessageKind } from '../transcript/transcript.ts';
import { textOf } from '../transcript/turns.ts';
import type { ToolCall } from './recorder.ts';
import type { Interruption } from './session-store.ts';

const INTERRUPTED =
  'The session was interrupted before this call had a result; it may have run or not.';

export interface RestoredConversation {
  readonly messages: readonly JsonObject[];
  readonly orphans: readonly ToolCall[];
  readonly call: ToolCall | null;
  readonly interruption: Interruption;
  /** The prompt that nothing came back to. */
  readonly unanswered: string | undefined;
}

export interface KeptConversation {
  readonly messages: readonly JsonObject[];
  /** What each of them is. */
  readonly kinds: readonly MessageKind[];
  readonly state: JsonObject;
  readonly warnings: readonly string[];
}

/** Takes the lines of a conversation apart. */
export function keptConversation(bytes: Uint8Array): KeptConversation {
  const { records, warnings } = lineRecords(bytes, messageDialect);
  const kept = [...messagesAmong(records)];
  return {
    messages: kept.map(({ message }) => message),
    kinds: kept.map(({ message, isNotice }) => kindOf(readMessage(message), isNotice)),
    state: stateOf(records.map(({ record }) => record)),
    warnings: warnings.map(({ message }) => message),
  };
}

export interface RestoreWishes {
  /** The call that is known to have been about to run. */
  readonly call: PendingCall | undefined;
  readonly pending: 'repair' | 'keep';
  readonly maxMessages: number | undefined;
}

export function restoredConversation(
  { messages: all, kinds }: Pick<KeptConversation, 'messages' | 'kinds'>,
  { call, pending, maxMessages }: RestoreWishes,
): RestoredConversation {
  const kept = newest(all, kinds, maxMessages);
  const open = openCalls(kept);
  const byId = open.find(({ id }) => id !== undefined && id === call?.callId);
  const proposed = byId ?? open.at(-1);
  const keep = pending === 'keep' ? proposed : undefined;
  const { messages, orphans } = answerCalls(kept, { text: INTERRUPTED, keep });
  return {
    messages,
    orphans: orphans.map(toolCall),
    call: call ?? (proposed === undefined ? null : toolCall(proposed)),
    ...leftAs(all, { kinds, isOpen: open.length > 0 }),
  };
}

function toolCall({ id, name, input }: OpenCall): ToolCall {
  return { name, input, ...(id === undefined ? {} : { callId: id }) };
}

function leftAs(
  messages: readonly JsonObject[],
  { kinds, isOpen }: { readonly kinds: readonly MessageKind[]; readonly isOpen: boolean },
): Pick<RestoredConversation, 'interruption' | 'unanswered'> {
  const at = kinds.findLastIndex((kind) => kind !== 'notice');
  const last = kinds[at];
  if (isOpen || last === 'result')
    return { interruption: 'interrupted_turn', unanswered: undefined };
  if (last !== 'prompt' && last !== 'steer') return { interruption: 'none', unanswered: undefined };
  const parts = readMessage(messages[at] ?? {}).parts.filter((part) => part.type === 'text');
  return { interruption: 'interrupted_prompt', unanswered: textOf({ parts }) };
}

/** Begins with a prompt, so that no call is parted from its result; what stands before the first prompt (instructions) stays. */
function newest(
  messages: readonly JsonObject[],
  kinds: readonly MessageKind[],
  max: number | undefined,
): readonly JsonObject[] {
  if (max === undefined || messages.length <= max) return messages;
  const head = kinds.findIndex((kind) => kind !== 'notice');
  const from = messages.length - Math.max(1, max - head);
  const prompt = kinds.indexOf('prompt', from);
  const cut = prompt < 0 ? kinds.lastIndexOf('prompt', from) : prompt;
  return cut <= head ? messages : [...messages.slice(0, head), ...messages.slice(cut)];
}
