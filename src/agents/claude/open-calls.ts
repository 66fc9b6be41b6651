// Finds the tool calls of a transcript that have no result: all of them, wherever they stand, and among them those it ends on, which are
// those of the last reply of the live conversation if nothing was said after it.

import { partsOf, userKind } from './content.ts';
import { type ChainNode, liveChain } from './live-chain.ts';
import type { ClaudeRecord } from './record.ts';

export interface OpenCall {
  readonly callId: string;
  readonly name: string;
  readonly input: unknown;
  readonly record: ClaudeRecord;
  /** Index of the record after which its result belongs: the last of the reply and of the results it did get. */
  readonly answerAfter: number;
}

interface Reply {
  readonly calls: Omit<OpenCall, 'answerAfter'>[];
  last: number;
}

/** Lists every call without a result, in file order, each once. */
export function unansweredCalls(records: readonly ClaudeRecord[]): OpenCall[] {
  const replies = new Map<string, Reply>();
  const replyOf = new Map<string, Reply>();
  const answered = new Set<string>();
  let prompts = 0;
  for (const [index, record] of records.entries()) {
    if (!isSpoken(record)) continue;
    if (isSaid(record)) prompts += 1;
    // A reply never spans a prompt; the same id further on is a copy.
    const key = `${prompts} ${record.message?.id ?? index}`;
    for (const part of partsOf(record.message?.content)) {
      if (part.type === 'tool_result') {
        answered.add(part.callId);
        const reply = replyOf.get(part.callId);
        if (reply !== undefined) reply.last = index;
      }
      if (record.type !== 'assistant') continue;
      const reply = replies.get(key) ?? { calls: [], last: index };
      replies.set(key, reply);
      reply.last = index;
      if (part.type !== 'tool_call' || part.id === '' || replyOf.has(part.id)) continue;
      replyOf.set(part.id, reply);
      reply.calls.push({ callId: part.id, name: part.name, input: part.input, record });
    }
  }
  return [...replies.values()].flatMap(({ calls, last }) =>
    calls
      .filter(({ callId }) => !answered.has(callId))
      .map((call) => ({ ...call, answerAfter: last })),
  );
}

/** Lists the open calls at the end of `records`, in file order. */
export function openCalls(records: readonly ClaudeRecord[]): OpenCall[] {
  const whole = records.filter(isSpoken).every((record) => record.isSidechain);
  const nodes = records.map((record) => chainNode(record, whole));
  const live = liveChain(nodes.filter((node) => node.uuid !== ''));
  const spoken = nodes.map((node) => node.isMessage && (node.uuid === '' || live.has(node.uuid)));
  const lastReply = records.findLastIndex(
    (record, index) => spoken[index] && record.type === 'assistant',
  );
  const reply = records[lastReply];
  if (!reply) return [];
  const isPart = (record: ClaudeRecord, index: number): boolean =>
    index === lastReply ||
    (record.type === 'assistant' &&
      reply.message?.id !== undefined &&
      record.message?.id === reply.message.id);
  if (records.some((record, index) => index > lastReply && spoken[index] && isSaid(record))) {
    return [];
  }
  return unanswered(records, { nodes, isPart });
}

function unanswered(
  records: readonly ClaudeRecord[],
  reply: {
    readonly nodes: readonly ChainNode[];
    readonly isPart: (record: ClaudeRecord, index: number) => boolean;
  },
): OpenCall[] {
  const answered = new Set(reply.nodes.flatMap((node) => node.answers));
  const own = new Set<string>();
  const calls: Omit<OpenCall, 'answerAfter'>[] = [];
  let answerAfter = 0;
  for (const [index, record] of records.entries()) {
    const node = reply.nodes[index];
    if (reply.isPart(record, index)) {
      answerAfter = index;
      for (const part of partsOf(record.message?.content)) {
        if (part.type !== 'tool_call' || part.id === '') continue;
        own.add(part.id);
        if (answered.has(part.id)) continue;
        calls.push({ callId: part.id, name: part.name, input: part.input, record });
      }
    } else if (node?.answers.some((id) => own.has(id))) answerAfter = index;
  }
  return calls.map((call) => ({ ...call, answerAfter }));
}

/** Reads what of a record matters to the chain; `uuid` is '' where it has none. */
export function chainNode(record: ClaudeRecord, wholeSidechain: boolean): ChainNode {
  const parts = isSpoken(record) ? partsOf(record.message?.content) : [];
  return {
    uuid: record.uuid ?? '',
    parent:
      record.parentUuid ?? record.logicalParentUuid ?? (record.isCompactSummary ? '' : undefined),
    isMessage: isSpoken(record) && (record.isSidechain !== true || wholeSidechain),
    replyId: record.type === 'assistant' ? record.message?.id : undefined,
    callIds: parts.flatMap((part) => (part.type === 'tool_call' ? [part.id] : [])),
    answers: parts.flatMap((part) => (part.type === 'tool_result' ? [part.callId] : [])),
  };
}

/** A user or assistant record with a message. */
export function isSpoken(record: ClaudeRecord): boolean {
  return (record.type === 'user' || record.type === 'assistant') && record.message !== undefined;
}

function isSaid(record: ClaudeRecord): boolean {
  if (record.type !== 'user') return false;
  const kind = userKind(record, partsOf(record.message?.content));
  return kind === 'prompt' || kind === 'interrupt';
}
