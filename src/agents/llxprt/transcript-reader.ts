// Reads an LLxprt Code recording into the normalised view. Never refuses one: what cannot be read becomes a warning with its place, what
// is no message an entry of `others`, and the rest is read. Its records have no ids; a message is called by the number of its record.

import type { Message, Part, Transcript } from '../../transcript/transcript.ts';
import { groupTurns } from '../../transcript/turns.ts';
import { type LineDialect, lineRecords, type Placed } from '../line-records.ts';
import { distinct, timeSpan } from '../told-facts.ts';
import { isInterrupted, partsOf } from './blocks.ts';
import { playBack } from './history.ts';
import { type LlxprtRecord, looksLikeRecord, parseRecord, timeOf } from './record.ts';

export const recordingDialect: LineDialect<LlxprtRecord> = {
  parse: parseRecord,
  looksLikeRecord,
  idOf: (record) => String(record.seq),
};

/** Reads a whole recording, plain or compressed. */
export function readTranscript(content: Uint8Array): Transcript {
  const { records, others, warnings, bytes } = lineRecords(content, recordingDialect);
  const items = new Map(playBack(records).map((item) => [item.source.offset, item]));
  const messages: Message[] = [];
  const rest: Transcript['others'] = [];
  for (const { record, source } of records) {
    const said = saidBy(record);
    if (said === undefined) {
      rest.push({ type: record.type, source });
      continue;
    }
    const id = String(record.seq);
    messages.push({
      id,
      aliases: [id],
      parentId: undefined,
      at: timeOf(record),
      model: undefined,
      sidechain: false,
      live: items.get(source.offset)?.live ?? true,
      sources: [source],
      ...said,
    });
  }
  return {
    agent: 'llxprt',
    messages,
    turns: groupTurns(messages, bytes),
    others: [...others, ...rest],
    warnings: [...warnings, ...orderWarnings(records)],
    bytes,
    sidechain: false,
    ...factsOf(records.map(({ record }) => record)),
  };
}

type Said = Pick<Message, 'role' | 'kind' | 'parts'>;

function saidBy({ type, payload }: LlxprtRecord): Said | undefined {
  if (type === 'session_event' && payload.message !== undefined) {
    const parts: Part[] = [{ type: 'text', text: payload.message }];
    return { role: 'system', kind: payload.severity === 'error' ? 'error' : 'notice', parts };
  }
  if (type === 'compressed' && payload.summary !== undefined) {
    return { role: 'assistant', kind: 'summary', parts: partsOf(payload.summary.blocks) };
  }
  if (type !== 'content' || payload.content === undefined) return undefined;
  const { speaker, blocks } = payload.content;
  const parts = partsOf(blocks);
  if (speaker === 'ai') return { role: 'assistant', kind: 'reply', parts };
  if (speaker === 'tool') {
    return { role: 'tool', kind: isInterrupted(parts) ? 'interrupt' : 'result', parts };
  }
  return speaker === 'human' ? { role: 'user', kind: 'prompt', parts } : undefined;
}

/** LLxprt refuses a recording whose numbers do not rise. */
function orderWarnings(records: readonly Placed<LlxprtRecord>[]): Transcript['warnings'] {
  const at = records.findIndex(({ record }, index) => {
    const before = records[index - 1];
    return before !== undefined && record.seq <= before.record.seq;
  });
  const source = records[at]?.source;
  if (source === undefined) return [];
  const message = `The numbers of the records do not rise at byte ${source.offset}; LLxprt takes no such recording`;
  return [{ problem: 'not-rising', message, source }];
}

type Facts = Omit<
  Transcript,
  'agent' | 'messages' | 'turns' | 'others' | 'warnings' | 'bytes' | 'sidechain'
>;

function factsOf(records: readonly LlxprtRecord[]): Facts {
  const starts = records.filter(({ type }) => type === 'session_start');
  const voiced = records.filter(({ type }) => ['session_start', 'provider_switch'].includes(type));
  const models = distinct(voiced.map(({ payload }) => payload.model));
  const cwds = distinct(
    starts.flatMap(({ payload }) => [payload.cwd, ...(payload.workspaceDirs ?? [])]),
  );
  const last = (type: string) => records.findLast((record) => record.type === type)?.payload;
  const times = records.map(timeOf).filter((at) => at !== undefined);
  return {
    nativeIds: distinct(starts.map(({ payload }) => payload.sessionId)),
    titles: {
      custom: last('session_named')?.name ?? undefined,
      generated: last('session_metadata')?.title ?? undefined,
      summary: undefined,
      lastPrompt: undefined,
    },
    model: voiced.findLast(({ payload }) => payload.model !== undefined)?.payload.model,
    models,
    provider: voiced.findLast(({ payload }) => payload.provider !== undefined)?.payload.provider,
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
