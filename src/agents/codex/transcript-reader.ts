// Reads a Codex rollout into the normalised view. Never refuses one: what cannot be read becomes a warning with its place, what is no
// message an entry of `others`, and the rest is read. Messages are the items that the model is sent, in file order; the events
// that repeat them for Codex's own screen are not messages again. What the model gave between two results is one message.

import type {
  Message,
  MessageKind,
  Part,
  Source,
  Transcript,
} from '../../transcript/transcript.ts';
import { groupTurns } from '../../transcript/turns.ts';
import { type LineDialect, lineRecords, type Placed } from '../line-records.ts';
import { asTyped, callOf, partsOf, resultOf, thoughtOf, userKind } from './content.ts';
import { type CodexRecord, looksLikeRecord, parseRecord, timeOf, turnIdOf } from './record.ts';
import { collectFacts } from './session-facts.ts';

export const rolloutDialect: LineDialect<CodexRecord> = {
  parse: parseRecord,
  looksLikeRecord,
  idOf: ({ type, payload }) => (type === 'response_item' ? payload.id : undefined),
};

/** Reads a whole rollout, plain or compressed. */
export function readTranscript(content: Uint8Array): Transcript {
  const { records, others, warnings, bytes } = lineRecords(content, rolloutDialect);
  const walk = new Walk(others);
  for (const placed of records) walk.take(placed);
  const { messages } = walk;
  return {
    agent: 'codex',
    messages,
    turns: groupTurns(messages, bytes),
    others,
    warnings,
    bytes,
    ...collectFacts(records.map(({ record }) => record)),
  };
}

type Said = Pick<Message, 'role' | 'kind' | 'parts'>;

class Walk {
  readonly messages: Message[] = [];
  readonly #others: Transcript['others'];
  /** What Codex notes of a turn before its prompt belongs to the prompt; undefined where no turn has just begun. */
  #announced: Source[] | undefined;
  /** The reply that is still going on. */
  #reply: Message | undefined;
  /** Whether the turn that runs has its prompt; undefined where turns are not marked. */
  #hasPrompt: boolean | undefined;
  #model: string | undefined;

  constructor(others: Transcript['others']) {
    this.#others = others;
  }

  take({ record, source }: Placed<CodexRecord>): void {
    const said = this.#said(record);
    if (said === undefined) {
      this.#note(record, source);
      return;
    }
    if (said.kind === 'reply') {
      this.#addToReply(said, { record, source });
      return;
    }
    this.#reply = undefined;
    const kind = said.kind === 'prompt' ? this.#promptKind(record) : said.kind;
    const announced = kind === 'prompt' ? (this.#announced ?? []) : [];
    if (kind === 'prompt') this.#announced = undefined;
    this.messages.push(this.#message({ ...said, kind }, record, [...announced, source]));
  }

  /** A record that is no message, but may say something about those that are. */
  #note({ type, payload }: CodexRecord, source: Source): void {
    const event = type === 'event_msg' ? payload.type : undefined;
    this.#others.push({ type: event ?? payload.type ?? type, source });
    if (type === 'turn_context') this.#model = payload.model ?? this.#model;
    if (event === 'task_started' || event === 'task_complete' || event === 'turn_aborted') {
      this.#hasPrompt = event === 'task_started' ? false : undefined;
      this.#announced = event === 'task_started' ? [] : undefined;
    }
    if (event === 'thread_rolled_back') this.#rollBack(payload.num_turns ?? 0);
    this.#announced?.push(source);
  }

  #said({ type, payload }: CodexRecord): Said | undefined {
    if (type === 'response_item') return itemSaid(payload);
    if (type === 'compacted') {
      return { role: 'user', kind: 'summary', parts: partsOf(payload.message || undefined) };
    }
    if (type !== 'event_msg') return undefined;
    if (payload.type === 'error') {
      return { role: 'system', kind: 'error', parts: partsOf(payload.message) };
    }
    // Newer versions say it to the model too, right before.
    if (payload.type === 'turn_aborted' && this.messages.at(-1)?.kind !== 'interrupt') {
      this.#hasPrompt = undefined;
      return { role: 'system', kind: 'interrupt', parts: partsOf(payload.reason) };
    }
    return undefined;
  }

  /** Said while the agent works, it steers the turn and begins none. */
  #promptKind(record: CodexRecord): MessageKind {
    const turnId = turnIdOf(record);
    const prompt = this.messages.findLast(({ kind }) => kind === 'prompt');
    const isSameTurn = turnId !== undefined && prompt?.aliases.includes(turnId) === true;
    if (this.#hasPrompt === true || isSameTurn) return 'steer';
    if (this.#hasPrompt === false) this.#hasPrompt = true;
    return 'prompt';
  }

  #addToReply(said: Said, { record, source }: Placed<CodexRecord>): void {
    this.#announced = undefined;
    const id = record.payload.id;
    if (this.#reply === undefined) {
      this.#reply = this.#message(said, record, [source]);
      this.messages.push(this.#reply);
      return;
    }
    this.#reply.parts.push(...said.parts);
    this.#reply.sources.push(source);
    if (id !== undefined && !this.#reply.aliases.includes(id)) this.#reply.aliases.push(id);
  }

  #message(said: Said, record: CodexRecord, sources: Source[]): Message {
    const { id } = record.payload;
    const turnId = said.kind === 'prompt' ? turnIdOf(record) : undefined;
    return {
      id: id ?? turnId,
      aliases: [...new Set([id, turnId].filter((one) => one !== undefined))],
      parentId: undefined,
      ...said,
      at: timeOf(record),
      model: said.kind === 'reply' ? this.#model : undefined,
      sidechain: false,
      live: true,
      sources,
    };
  }

  /** The last turns were taken back; Codex counts what the user said. */
  #rollBack(turns: number): void {
    let left = turns;
    for (const message of this.messages.toReversed()) {
      if (left === 0) return;
      if (message.live && ['prompt', 'steer'].includes(message.kind)) left -= 1;
      message.live = false;
    }
    this.#reply = undefined;
  }
}

function itemSaid(payload: CodexRecord['payload']): Said | undefined {
  const call = callOf(payload);
  if (call !== undefined) return { role: 'assistant', kind: 'reply', parts: [call] };
  const result = resultOf(payload);
  if (result !== undefined) return { role: 'tool', kind: 'result', parts: [result] };
  if (payload.type === 'reasoning') {
    const parts: Part[] = [{ type: 'thinking', text: thoughtOf(payload) }];
    return { role: 'assistant', kind: 'reply', parts };
  }
  if (payload.type === 'agent_message') {
    return { role: 'user', kind: 'notice', parts: partsOf(payload.content) };
  }
  if (payload.type !== 'message') return undefined;
  const parts = partsOf(payload.content);
  if (payload.role === 'assistant') return { role: 'assistant', kind: 'reply', parts };
  if (payload.role !== 'user') return { role: 'system', kind: 'notice', parts };
  const kind = userKind(payload, parts);
  return { role: 'user', kind, parts: kind === 'prompt' ? parts.map(asTyped) : parts };
}
