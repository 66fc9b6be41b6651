// Reads a Claude Code transcript into the normalised view. Never refuses one: what cannot be read becomes a warning with its
// place, what is no message an entry of `others`, and the rest is read. Messages are in file order; the records
// of one reply (one per content block) are one message.

import type { JsonEntry } from '../../transcript/jsonl.ts';
import type { Message, Part, Source, Transcript } from '../../transcript/transcript.ts';
import { groupTurns } from '../../transcript/turns.ts';
import { type LineDialect, lineEntries, lineRecords, type Placed } from '../line-records.ts';
import { commandPrompt, partsOf, userKind } from './content.ts';
import { envelopeOf } from './envelope.ts';
import { type ChainNode, liveChain } from './live-chain.ts';
import { chainNode, isSpoken } from './open-calls.ts';
import { type ClaudeRecord, looksLikeRecord, parseRecord, timeOf } from './record.ts';
import { collectFacts, NO_MODEL } from './session-facts.ts';

export const claudeDialect: LineDialect<ClaudeRecord> = {
  parse: parseRecord,
  looksLikeRecord,
  idOf: (record) => record.uuid,
};

/** Reads a whole transcript, plain or compressed. */
export function readTranscript(content: Uint8Array): Transcript {
  const { records, others, warnings, bytes } = lineRecords(content, claudeDialect);
  const spoken = records.filter(({ record }) => isSpoken(record));
  const sidechain = spoken.length > 0 && spoken.every(({ record }) => record.isSidechain);
  const { messages, nodes } = buildMessages(records, { sidechain, others });
  const live = liveChain(nodes);
  for (const message of messages) {
    message.live =
      message.sidechain || message.id === undefined || message.aliases.some((id) => live.has(id));
  }
  return {
    agent: 'claude',
    messages,
    turns: groupTurns(messages, bytes),
    others,
    warnings,
    bytes,
    sidechain,
    ...collectFacts(records.map(({ record }) => record)),
    envelope: envelopeOf(records.map(({ record }) => record)),
  };
}

/** Walks the records of a transcript; the same reading serves the view and the writer. */
export function readEntries(content: Uint8Array): Generator<JsonEntry> {
  return lineEntries(content, claudeDialect);
}

function buildMessages(
  records: readonly Placed<ClaudeRecord>[],
  context: { readonly sidechain: boolean; readonly others: Transcript['others'] },
): { messages: Message[]; nodes: ChainNode[] } {
  const messages: Message[] = [];
  const nodes: ChainNode[] = [];
  const replies = new Map<string, Message>();
  // What Claude notes of a prompt before it records it belongs to the prompt, and so to its turn.
  let queued: Source[] = [];
  for (const { record, source } of records) {
    const built = messageOf(record, context.sidechain);
    if (record.uuid !== undefined) nodes.push(chainNode(record, context.sidechain));
    if (!built) {
      context.others.push({ type: record.type ?? 'unknown', source });
      queued = record.type === 'queue-operation' ? [...queued, source] : [];
      continue;
    }
    const announced = built.kind === 'prompt' ? queued : [];
    queued = [];
    const replyId = record.type === 'assistant' ? record.message?.id : undefined;
    const earlier = replies.get(replyId ?? '');
    if (earlier) {
      earlier.parts.push(...built.parts);
      earlier.sources.push(source);
      earlier.aliases.push(...built.aliases.filter((id) => !earlier.aliases.includes(id)));
      continue;
    }
    const message = { ...built, sources: [...announced, source] };
    // A reply never spans a prompt; the same id further on is a copy.
    if (message.kind === 'prompt') replies.clear();
    if (replyId !== undefined) replies.set(replyId, message);
    messages.push(message);
  }
  return { messages, nodes };
}

function messageOf(record: ClaudeRecord, wholeSidechain: boolean): Message | undefined {
  const classified = classify(record);
  if (!classified) return undefined;
  const sidechain = record.isSidechain === true && !wholeSidechain;
  const isPromptInside = sidechain && classified.kind === 'prompt';
  const promptId = classified.kind === 'prompt' ? record.promptId : undefined;
  const ids = [record.uuid, record.message?.id, promptId].filter((id) => id !== undefined);
  return {
    id: record.uuid,
    aliases: [...new Set(ids)],
    parentId: record.parentUuid ?? undefined,
    role: classified.role,
    kind: isPromptInside ? 'notice' : classified.kind,
    at: timeOf(record),
    model: record.message?.model,
    parts: classified.parts,
    sidechain,
    live: true,
    sources: [],
  };
}

function classify(record: ClaudeRecord): Pick<Message, 'role' | 'kind' | 'parts'> | undefined {
  if (record.type === 'assistant' && record.message) {
    const spoken = record.message.model === NO_MODEL ? 'notice' : 'reply';
    const kind = record.isApiErrorMessage ? 'error' : spoken;
    return { role: 'assistant', kind, parts: partsOf(record.message.content) };
  }
  if (record.type === 'user' && record.message) {
    const parts = partsOf(record.message.content);
    const kind = userKind(record, parts);
    const role = kind === 'result' ? 'tool' : 'user';
    return { role, kind, parts: kind === 'prompt' ? parts.map(asTyped) : parts };
  }
  if (record.type === 'system' && typeof record.content === 'string') {
    const kind = record.subtype === 'local_command' ? 'command' : 'notice';
    return { role: 'system', kind, parts: partsOf(record.content) };
  }
  const queued = record.attachment;
  if (queued?.type === 'queued_command' && (queued.commandMode ?? 'prompt') === 'prompt') {
    return { role: 'user', kind: 'steer', parts: partsOf(queued.prompt) };
  }
  return undefined;
}

function asTyped(part: Part): Part {
  if (part.type !== 'text') return part;
  return { type: 'text', text: commandPrompt(part.text) ?? part.text };
}
