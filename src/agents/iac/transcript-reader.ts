// Reads a session of IaC Code into the normalised view. Never refuses one. Its rows have no ids, so a message's place among them is its id.

import type { Message, MessageKind, Part, Transcript } from '../../transcript/transcript.ts';
import { groupTurns } from '../../transcript/turns.ts';
import { lineRecords, type Placed } from '../line-records.ts';
import { blocksOf, dialect, type IacBlock, type IacRecord } from './record.ts';

export function readTranscript(content: Uint8Array): Transcript {
  const { records, others, warnings, bytes } = lineRecords(content, dialect);
  const messages: Message[] = [];
  for (const { record, source } of records) {
    if (record.role === undefined) others.push({ type: record.type ?? 'row', source });
    else messages.push(messageOf({ record, source }, messages.length + 1));
  }
  const rows = records.map(({ record }) => record);
  const cwds = unique(rows.map(({ cwd }) => cwd));
  return {
    agent: 'iac',
    messages,
    turns: groupTurns(messages, bytes),
    others,
    warnings,
    bytes,
    nativeIds: unique(rows.map((row) => row.session_id)),
    sidechain: false,
    titles: { lastPrompt: rows.findLast((row) => row.last_prompt !== undefined)?.last_prompt },
    models: [],
    cwd: cwds[0],
    cwds,
    branch: rows.findLast((row) => row.git_branch !== undefined)?.git_branch,
    version: rows.findLast((row) => row.version !== undefined)?.version,
    pullRequests: [],
  };
}

/** The id of the message with this number, counted from one. */
export function messageId(number: number): string {
  return `message-${number}`;
}

function messageOf({ record, source }: Placed<IacRecord>, number: number): Message {
  const id = messageId(number);
  const parts = blocksOf(record).map(partOf);
  const kind = kindOf(record, parts);
  return {
    id,
    aliases: [id],
    role: kind === 'result' ? 'tool' : (record.role ?? 'user'),
    kind,
    parts,
    sidechain: false,
    live: true,
    sources: [source],
  };
}

function kindOf({ role }: IacRecord, parts: readonly Part[]): MessageKind {
  if (role === 'assistant') return 'reply';
  return parts.some(({ type }) => type === 'tool_result') ? 'result' : 'prompt';
}

function partOf(block: IacBlock): Part {
  const { type, id = '', name = '', input } = block;
  if (type === 'text') return { type, text: block.text ?? '' };
  if (type === 'thinking') return { type, text: block.thinking ?? '' };
  if (type === 'tool_use') return { type: 'tool_call', id, name, input };
  if (type === 'image') return { type };
  if (type !== 'tool_result') return { type: 'other', value: block };
  const output = blocksOf(block).flatMap(({ text }) => text ?? []);
  return {
    type,
    callId: block.tool_use_id ?? '',
    output: output.join('\n'),
    isError: block.is_error === true,
  };
}

function unique(texts: readonly (string | undefined)[]): string[] {
  return [...new Set(texts.filter((text) => text !== undefined))];
}
