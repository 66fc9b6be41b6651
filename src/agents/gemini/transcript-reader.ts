// Reads a Gemini CLI session into the normalised view. Never refuses one: what cannot be read becomes a warning with its place, what is
// no message an entry of `others`, and the rest is read.

import type { Transcript } from '../../transcript/transcript.ts';
import { groupTurns } from '../../transcript/turns.ts';
import { documentEntries } from '../document-entries.ts';
import { type LineDialect, lineRecords, type Placed } from '../line-records.ts';
import { distinct, timeSpan } from '../told-facts.ts';
import { messagesOf } from './messages.ts';
import { type GeminiRecord, looksLikeRecord, parseRecord, timeOf } from './record.ts';
import { type Replay, replay } from './replay.ts';

/** Gemini writes a message again when it changes, so that no record is a mere repeat. */
const dialect: LineDialect<GeminiRecord> = {
  parse: parseRecord,
  looksLikeRecord,
  idOf: () => undefined,
};
/** Where Gemini tells the model which directory it works in; nowhere else does it write that down. */
const WORKING_DIRECTORY =
  /(?:\*\*Workspace Directories:\*\*\s*\n\s*- |working in the directory: )([^\r\n]+)/;

/** Reads a whole session, plain or compressed. */
export function readTranscript(content: Uint8Array): Transcript {
  const { records, others, warnings, bytes } = lineRecords(content, dialect, documentEntries);
  const played = replay(records);
  const messages = messagesOf(played.said);
  return {
    agent: 'gemini',
    messages,
    turns: groupTurns(messages, bytes),
    others: [...others, ...played.others],
    warnings,
    bytes,
    sidechain: played.facts.some(({ kind }) => kind === 'subagent'),
    ...factsOf(records, played),
  };
}

type Facts = Omit<
  Transcript,
  'agent' | 'messages' | 'turns' | 'others' | 'warnings' | 'bytes' | 'sidechain'
>;

function factsOf(records: readonly Placed<GeminiRecord>[], { facts, said }: Replay): Facts {
  const spoken = said.map(({ versions }) => versions.at(-1)?.record.model);
  const cwds = distinct([
    ...facts.flatMap(({ directories }) => directories ?? []),
    ...said
      .slice(0, 2)
      .map((message) => WORKING_DIRECTORY.exec(textOf(message.versions[0]?.record))?.[1]),
  ]);
  const times = [
    ...facts.map(({ startTime }) => timeOf(startTime)),
    ...records.map(({ record }) => timeOf(record.timestamp)),
  ].filter((at) => at !== undefined);
  return {
    nativeIds: distinct(facts.map(({ sessionId }) => sessionId).reverse()),
    titles: {
      custom: undefined,
      generated: facts.find(({ summary }) => summary !== undefined)?.summary,
      summary: undefined,
      lastPrompt: undefined,
    },
    model: spoken.findLast((model) => model !== undefined),
    models: distinct(spoken),
    provider: undefined,
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

function textOf(record: GeminiRecord | undefined): string {
  const content: unknown = record?.parts ?? record?.content;
  if (typeof content === 'string') return content;
  const parts: readonly unknown[] = Array.isArray(content) ? content : [];
  return parts
    .map((part) => (typeof part === 'object' && part !== null && 'text' in part ? part.text : ''))
    .join('\n');
}
