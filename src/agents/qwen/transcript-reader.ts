// Reads a Qwen Code session into the normalised view. Never refuses one: what cannot be read becomes a warning with its place, what is
// no message an entry of `others`, and the rest is read.

import type { Transcript } from '../../transcript/transcript.ts';
import { groupTurns } from '../../transcript/turns.ts';
import { type LineDialect, lineRecords } from '../line-records.ts';
import { distinct, timeSpan } from '../told-facts.ts';
import { liveChain } from './live-chain.ts';
import { buildMessages } from './messages.ts';
import { isSpoken, looksLikeRecord, parseRecord, type QwenRecord, timeOf } from './record.ts';

export const sessionDialect: LineDialect<QwenRecord> = {
  parse: parseRecord,
  looksLikeRecord,
  idOf: (record) => record.uuid,
};

/** Reads a whole session, plain or compressed. */
export function readTranscript(content: Uint8Array): Transcript {
  const { records: placed, others, warnings, bytes } = lineRecords(content, sessionDialect);
  const records = placed.map(({ record }) => record);
  const spoken = records.filter(isSpoken);
  const sidechain = spoken.length > 0 && spoken.every(({ isSidechain }) => isSidechain === true);
  const live = liveChain(records);
  const { messages, rest } = buildMessages(placed, { live, sidechain });
  const further = rest.map(({ record, source }) => ({
    type: record.subtype ?? record.type ?? 'unknown',
    source,
  }));
  return {
    agent: 'qwen',
    messages: [...messages],
    turns: groupTurns(messages, bytes),
    others: [...others, ...further],
    warnings,
    bytes,
    sidechain,
    ...factsOf(records, live),
  };
}

type Facts = Omit<
  Transcript,
  'agent' | 'messages' | 'turns' | 'others' | 'warnings' | 'bytes' | 'sidechain'
>;

/** Of what can change the last word wins, except the directory: a session belongs where it began. */
function factsOf(records: readonly QwenRecord[], live: ReadonlySet<string>): Facts {
  const titles = records.filter(
    ({ uuid = '', subtype }) => subtype === 'custom_title' && live.has(uuid),
  );
  const title = titles.at(-1)?.systemPayload;
  const isMadeUp = title?.titleSource === 'auto';
  const cwds = distinct(records.map(({ cwd }) => cwd));
  const times = records.map(timeOf).filter((at) => at !== undefined);
  return {
    nativeIds: distinct(records.map(({ sessionId }) => sessionId)),
    titles: {
      custom: isMadeUp ? undefined : title?.customTitle,
      generated: isMadeUp ? title.customTitle : undefined,
      summary: undefined,
      lastPrompt: undefined,
    },
    model: records.findLast(({ model }) => model !== undefined)?.model,
    models: distinct(records.map(({ model }) => model)),
    provider: undefined,
    permissionMode: undefined,
    cwd: cwds[0],
    cwds,
    branch: records.findLast(({ gitBranch }) => gitBranch)?.gitBranch,
    version: records.findLast(({ version }) => version)?.version,
    entrypoint: undefined,
    pullRequests: [],
    ...timeSpan(times),
  };
}
