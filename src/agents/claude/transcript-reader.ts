// Reads a Claude Code transcript into the normalised view. Never refuses one: what cannot be read becomes a warning with its
// place, what is no message an entry of `others`, and the rest is read. Messages are in file order; the records
// of one reply (one per content block) are one message.

import { decodeTranscript } from '../../transcript/compressed.ts';
import { type JsonEntry, readJsonLines } from '../../transcript/jsonl.ts';
import type { Message, Part, Source, Transcript } from '../../transcript/transcript.ts';
import { groupTurns } from '../../transcript/turns.ts';
import { commandPrompt, partsOf, userKind } from './content.ts';
import { type ChainNode, liveChain } from './live-chain.ts';
import { chainNode, isSpoken } from './open-calls.ts';
import { type ClaudeRecord, looksLikeRecord, parseRecord, timeOf } from './record.ts';
import { collectFacts, NO_MODEL } from './session-facts.ts';

interface Placed {
  readonly record: ClaudeRecord;
  readonly source: Source;
}

/** Reads a whole transcript, plain or compressed. */
export function readTranscript(content: Uint8Array): Transcript {
  const decoded = decodeTranscript(content);
  const { records, others, warnings } = parseRecords(decoded.bytes);
  if (decoded.problem !== undefined) {
    warnings.push({ problem: 'compressed', message: `Transcript ${decoded.problem}` });
  }
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
    turns: groupTurns(messages, decoded.bytes.length),
    others,
    warnings,
    bytes: decoded.bytes.length,
    sidechain,
    ...collectFacts(records.map(({ record }) => record)),
  };
}

/** Walks the records of a transcript; the same reading serves the view and the writer. */
export function readEntries(content: Uint8Array): Generator<JsonEntry> {
  return readJsonLines(content, { isRecord: looksLikeRecord });
}

function parseRecords(
  content: Uint8Array,
): Pick<Transcript, 'others' | 'warnings'> & { records: Placed[] } {
  const records: Placed[] = [];
  const others: Transcript['others'] = [];
  const warnings: Transcript['warnings'] = [];
  const seen = new Map<string, Source>();
  for (const entry of readEntries(content)) {
    const source = { offset: entry.offset, length: entry.length };
    if ('problem' in entry) {
      warnings.push({ problem: entry.problem, message: describe(entry.problem, source), source });
      continue;
    }
    const record = parseRecord(entry.value);
    if (!record) {
      others.push({ type: 'not-a-record', source });
      warnings.push({ problem: 'not-a-record', message: describe('not-a-record', source), source });
      continue;
    }
    const earlier = seen.get(record.uuid ?? '');
    if (earlier && sameBytes(content, earlier, source)) {
      others.push({ type: 'repeated', source });
      continue;
    }
    if (record.uuid !== undefined) seen.set(record.uuid, source);
    records.push({ record, source });
  }
  return { records, others, warnings };
}

function buildMessages(
  records: readonly Placed[],
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

function sameBytes(content: Uint8Array, one: Source, other: Source): boolean {
  if (one.length !== other.length) return false;
  const first = content.subarray(one.offset, one.offset + one.length);
  return Buffer.compare(first, content.subarray(other.offset, other.offset + other.length)) === 0;
}

const PROBLEMS: Readonly<Record<string, string>> = {
  torn: 'a record that ends too early',
  'not-json': 'bytes that are no record',
  nul: 'a run of NUL bytes',
  'too-long': 'a line too long to read, or with too much in it',
  'too-deep': 'a record that nests too deeply',
  'too-many': 'all that is left, after more records than are read,',
  'not-a-record': 'a value that is no record',
};

function describe(problem: string, source: Source): string {
  return `Passed over ${PROBLEMS[problem]} at byte ${source.offset} (${source.length} bytes)`;
}
