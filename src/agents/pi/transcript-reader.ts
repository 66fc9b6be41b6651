// Reads a pi session into the normalised view. Never refuses one: what cannot be read becomes a warning with its place, what is no message
// an entry of `others`, and the rest is read.

import type { Message, Source, Transcript } from '../../transcript/transcript.ts';
import { groupTurns } from '../../transcript/turns.ts';
import { type LineDialect, lineRecords, type Placed } from '../line-records.ts';
import { distinct, timeSpan } from '../told-facts.ts';
import { partsOf, resultParts, textParts } from './content.ts';
import { liveChain } from './live-chain.ts';
import { isDropped, looksLikeRecord, type PiRecord, parseRecord, timeOf } from './record.ts';

export const sessionDialect: LineDialect<PiRecord> = {
  parse: parseRecord,
  looksLikeRecord,
  idOf: ({ type, id }) => (type === 'session' ? undefined : id),
};

/** Reads a whole session, plain or compressed. */
export function readTranscript(content: Uint8Array): Transcript {
  const { records: placed, others, warnings, bytes } = lineRecords(content, sessionDialect);
  const records = placed.map(({ record }) => record);
  const live = liveChain(records);
  const walk = new Walk(live, others);
  for (const one of placed) walk.take(one);
  const { messages } = walk;
  return {
    agent: 'pi',
    messages,
    turns: groupTurns(messages, bytes),
    others,
    warnings,
    bytes,
    ...factsOf(records, live),
  };
}

type Said = Pick<Message, 'role' | 'kind' | 'parts'>;

class Walk {
  readonly messages: Message[] = [];
  readonly #live: ReadonlySet<PiRecord>;
  readonly #others: Transcript['others'];
  /** The entry before, in file order. */
  #before: PiRecord | undefined;
  /** What was written since the last step back; it belongs to the prompt that follows. */
  #steppedBack: Source[] | undefined;
  /** The last reply or result. */
  #worked: PiRecord | undefined;

  constructor(live: ReadonlySet<PiRecord>, others: Transcript['others']) {
    this.#live = live;
    this.#others = others;
  }

  take({ record, source }: Placed<PiRecord>): void {
    if (record.type !== 'session') {
      if (this.#stepsBack(record)) this.#steppedBack = [];
      this.#before = record;
    }
    const said = saidIn(record);
    if (said === undefined) {
      this.#others.push({ type: record.type ?? 'unknown', source });
      this.#steppedBack?.push(source);
      return;
    }
    const kind = said.kind === 'prompt' && this.#isSteer(record) ? 'steer' : said.kind;
    const ahead = kind === 'prompt' ? (this.#steppedBack ?? []) : [];
    this.messages.push({
      id: record.id,
      aliases: aliasesOf(record, kind),
      parentId: record.parentId ?? undefined,
      ...said,
      kind,
      at: timeOf(record) ?? record.message?.timestamp,
      model: record.message?.model,
      sidechain: false,
      live: this.#live.has(record),
      sources: [...ahead, source],
    });
    if (kind === 'summary') this.#steppedBack?.push(source);
    else this.#steppedBack = undefined;
    if (said.role === 'assistant' || said.role === 'tool') this.#worked = record;
  }

  #stepsBack({ parentId }: PiRecord): boolean {
    const { id } = this.#before ?? {};
    return parentId !== undefined && id !== undefined && parentId !== id;
  }

  /** It was said before the agent was done with what it then did: pi holds it back until then. */
  #isSteer({ message }: PiRecord): boolean {
    const doneAt = this.#worked === undefined ? undefined : timeOf(this.#worked);
    const saidAt = message?.timestamp;
    return doneAt !== undefined && saidAt !== undefined && saidAt < doneAt;
  }
}

/** A prompt is also known by when it was said, which is all that pi knows of it before it is written. */
function aliasesOf({ id, message }: PiRecord, kind: Message['kind']): string[] {
  const saidAt = kind === 'prompt' ? message?.timestamp : undefined;
  return [id, saidAt?.toString()].filter((one) => one !== undefined);
}

/** Undefined for a record that is no message. */
function saidIn(record: PiRecord): Said | undefined {
  const { type, message, summary } = record;
  if (type === 'compaction' || type === 'branch_summary') {
    return { role: 'user', kind: 'summary', parts: textParts(summary) };
  }
  if (type === 'custom_message') {
    return { role: 'user', kind: 'notice', parts: partsOf(record.content) };
  }
  if (type !== 'message' || message === undefined) return undefined;
  switch (message.role) {
    case 'user':
      return { role: 'user', kind: 'prompt', parts: partsOf(message.content) };
    case 'assistant':
      return replyOf(record);
    case 'toolResult':
      return { role: 'tool', kind: 'result', parts: resultParts(message) };
    case 'bashExecution':
      return { role: 'user', kind: 'command', parts: textParts(message.command, message.output) };
    case 'branchSummary':
    case 'compactionSummary':
      return { role: 'user', kind: 'summary', parts: textParts(message.summary) };
    default:
      return { role: 'user', kind: 'notice', parts: partsOf(message.content) };
  }
}

function replyOf(record: PiRecord): Said {
  const { content, stopReason, errorMessage } = record.message ?? {};
  const parts = partsOf(content);
  if (!isDropped(record)) return { role: 'assistant', kind: 'reply', parts };
  const kind = stopReason === 'aborted' ? 'interrupt' : 'error';
  return { role: 'assistant', kind, parts: [...parts, ...textParts(errorMessage)] };
}

type Facts = Omit<Transcript, 'agent' | 'messages' | 'turns' | 'others' | 'warnings' | 'bytes'>;

/** Of what can change the last word wins, except the directory: a session belongs where it began. */
function factsOf(records: readonly PiRecord[], live: ReadonlySet<PiRecord>): Facts {
  const headers = records.filter(({ type }) => type === 'session');
  const names = records.filter((record) => record.type === 'session_info' && live.has(record));
  const chosen = records.filter((record) => record.type === 'session' || live.has(record));
  const models = chosen.map(({ modelId, message }) => modelId ?? message?.model);
  const providers = chosen.map(({ provider, message }) => provider ?? message?.provider);
  const times = records.map(timeOf).filter((at) => at !== undefined);
  const cwds = distinct(headers.map(({ cwd }) => cwd));
  return {
    nativeIds: distinct(headers.map(({ id }) => id)),
    sidechain: false,
    titles: {
      custom: names.at(-1)?.name?.trim() || undefined,
      generated: undefined,
      summary: undefined,
      lastPrompt: undefined,
    },
    model: models.findLast(Boolean),
    models: distinct(models),
    provider: providers.findLast(Boolean),
    permissionMode: undefined,
    cwd: cwds[0],
    cwds,
    branch: undefined,
    version: undefined,
    entrypoint: undefined,
    pullRequests: [],
    ...timeSpan(times),
  };
}
