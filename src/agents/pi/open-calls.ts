// Finds the calls that nobody answered, wherever they stand, and the results whose call is not there: a model refuses a conversation with
// either. Calls of a reply that was broken off are none of them, since pi never sends such a reply again.

import type { Part } from '../../transcript/transcript.ts';
import { partsOf } from './content.ts';
import { isDropped, type PiRecord } from './record.ts';

export interface OpenCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
  /** Of the record that holds it; undefined in a session of the first version. */
  readonly replyId: string | undefined;
  /** Index of the record after which its result belongs: the last of the reply and of the results it did get. */
  readonly answerAfter: number;
}

interface Line {
  readonly offset: number;
  readonly record: PiRecord;
}

/** Leaves out results whose call is not there (it was torn). */
export function withoutOrphans<T extends Line>(lines: readonly T[], warnings: string[]): T[] {
  const calls = new Set<string>();
  return lines.filter((line) => {
    for (const { id } of callsOf(line)) calls.add(id);
    const answered = answerOf(line);
    const isOrphan = answered !== undefined && !calls.has(answered);
    if (isOrphan) warnings.push(`Left out a result at byte ${line.offset} whose call is not there`);
    return !isOrphan;
  });
}

/** Lists the open calls in file order. An id may come again in a later reply, so a result answers the last call before it. */
export function openCalls(lines: readonly Line[]): OpenCall[] {
  interface Waiting {
    readonly call: Omit<OpenCall, 'answerAfter'>;
    readonly reply: { last: number };
    isOpen: boolean;
  }
  const all: Waiting[] = [];
  const newest = new Map<string, Waiting>();
  for (const [index, line] of lines.entries()) {
    const reply = { last: index };
    for (const { id, name, input } of callsOf(line)) {
      const waiting = { call: { id, name, input, replyId: line.record.id }, reply, isOpen: true };
      all.push(waiting);
      newest.set(id, waiting);
    }
    const answered = newest.get(answerOf(line) ?? '');
    if (answered === undefined) continue;
    answered.isOpen = false;
    answered.reply.last = index;
  }
  return all
    .filter(({ isOpen }) => isOpen)
    .map(({ call, reply }) => ({ ...call, answerAfter: reply.last }));
}

function callsOf({ record }: Line): Extract<Part, { type: 'tool_call' }>[] {
  if (record.message?.role !== 'assistant' || isDropped(record)) return [];
  return partsOf(record.message.content).filter((part) => part.type === 'tool_call');
}

function answerOf({ record: { message } }: Line): string | undefined {
  return message?.role === 'toolResult' ? (message.toolCallId ?? '') : undefined;
}
