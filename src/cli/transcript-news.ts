// What an agent did between two looks at its transcript, told from what was added to it: prompts, a call that runs, the result of one, an
// answer. Pure. A transcript is compared by what is said in it and not by bytes, so that lines that are appended, records that are
// written again and a document that is rewritten whole are all told alike.

import type { AgentEvent } from '../agents/agent.ts';
import type { Message, Part, Transcript } from '../transcript/transcript.ts';
import { pendingCall, textOf } from '../transcript/turns.ts';

/** `other`: something was added, and nobody said or did anything. */
export type Moment =
  | (Pick<AgentEvent, 'prompt' | 'promptId' | 'tool' | 'lastMessage'> & {
      readonly kind: 'prompt' | 'tool' | 'tool-done' | 'turn';
    })
  | { readonly kind: 'other' };

/** How often each thing was said; taken of one look and given to the next. */
export type Said = ReadonlyMap<string, number>;

export function saidIn({ messages }: Pick<Transcript, 'messages'>): Said {
  const said = new Map<string, number>();
  for (const { key } of itemsOf(messages)) said.set(key, (said.get(key) ?? 0) + 1);
  return said;
}

/**
 * The moments since, oldest first: each prompt, and where the agent stands after the last of them. `since` (milliseconds since 1970) leaves
 * out what is dated earlier, as what an agent copied from another session is.
 */
export function newsOf(transcript: Transcript, before: Said, since = 0): Moment[] {
  const isNew = newMessages(transcript.messages, before);
  const fresh = transcript.messages.filter(
    (message) => isNew.has(message) && (message.at ?? since) >= since,
  );
  const prompts = fresh.filter(({ kind }) => kind === 'prompt');
  const last = prompts.at(-1);
  const after = last === undefined ? fresh : fresh.slice(fresh.indexOf(last) + 1);
  return [...prompts.map(promptMoment), ...standing(after, transcript.messages)];
}

interface Item {
  readonly message: Message;
  readonly key: string;
}

function itemsOf(messages: readonly Message[]): Item[] {
  return messages
    .filter(({ sidechain }) => !sidechain)
    .flatMap((message) => message.parts.map((part) => ({ message, key: keyOf(message, part) })));
}

/** Without the id of the message, which may be no more than its place. */
function keyOf({ kind }: Message, part: Part): string {
  if (part.type === 'tool_call') return `call ${part.id} ${part.name}`;
  if (part.type === 'tool_result') return `result ${part.callId}`;
  return `${kind} ${JSON.stringify(part)}`;
}

/** Those with something in them that was not said before, or less often. */
function newMessages(messages: readonly Message[], before: Said): ReadonlySet<Message> {
  const left = new Map(before);
  const found = new Set<Message>();
  for (const { message, key } of itemsOf(messages)) {
    const known = left.get(key) ?? 0;
    if (known === 0) found.add(message);
    else left.set(key, known - 1);
  }
  return found;
}

function promptMoment(message: Message): Moment {
  const id = message.id !== undefined && message.aliases.includes(message.id) ? message.id : null;
  const promptId = id ?? message.aliases[0];
  const prompt = textOf(message);
  return { kind: 'prompt', prompt, ...(promptId === undefined ? {} : { promptId }) };
}

/** Where the agent is now: about to have a call's result, behind one, or done. */
function standing(fresh: readonly Message[], all: readonly Message[]): Moment[] {
  const last = fresh.findLast(({ kind }) => kind === 'reply' || kind === 'result');
  if (last === undefined) return [];
  const open = pendingCall(all);
  if (open !== undefined) {
    const { name, input, id: callId } = open;
    return [{ kind: 'tool', tool: { name, input, callId } }];
  }
  if (endsInWords(last)) return [{ kind: 'turn', lastMessage: textOf(last) }];
  const answered = lastAnswered(last, all);
  return [{ kind: 'tool-done', ...(answered && { tool: answered }) }];
}

function endsInWords({ kind, parts }: Message): boolean {
  const last = parts.findLast(({ type }) => type !== 'thinking');
  return kind === 'reply' && last?.type === 'text';
}

function lastAnswered({ parts }: Message, all: readonly Message[]) {
  const result = parts.findLast((part) => part.type === 'tool_result');
  const call = all
    .flatMap((message) => message.parts)
    .findLast((part) => part.type === 'tool_call' && part.id === result?.callId);
  if (call?.type !== 'tool_call') return undefined;
  return { name: call.name, input: call.input, callId: call.id };
}
