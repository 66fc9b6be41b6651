// Reads an exported opencode session into the normalised view. Never refuses one: what cannot be read becomes a warning with its place,
// what is no message an entry of `others`, and the rest is read.

import type { Transcript } from '../../transcript/transcript.ts';
import { groupTurns } from '../../transcript/turns.ts';
import { documentEntries } from '../document-entries.ts';
import { type LineDialect, lineRecords } from '../line-records.ts';
import { distinct } from '../told-facts.ts';
import { messagesOf } from './messages.ts';
import {
  isMessage,
  looksLikeRecord,
  type OpencodeRecord,
  parseRecord,
  withoutReverted,
} from './record.ts';

export const exportDialect: LineDialect<OpencodeRecord> = {
  parse: parseRecord,
  looksLikeRecord,
  idOf: ({ info }) => (info.role === undefined ? undefined : info.id),
};

/** Reads a whole session, plain or compressed. */
export function readTranscript(content: Uint8Array): Transcript {
  const { records, others, warnings, bytes } = lineRecords(content, exportDialect, documentEntries);
  const spoken = records.filter(({ record }) => isMessage(record));
  const header = records.find(({ record }) => !isMessage(record))?.record;
  const kept = new Set(withoutReverted(spoken, header));
  const messages = spoken.flatMap((one) => messagesOf(one, kept.has(one)));
  const further = records
    .filter(({ record }) => !isMessage(record))
    .map(({ source }) => ({ type: 'session', source }));
  return {
    agent: 'opencode',
    messages,
    turns: groupTurns(messages, bytes),
    others: [...others, ...further],
    warnings,
    bytes,
    ...factsOf(
      header,
      spoken.map(({ record }) => record),
    ),
  };
}

type Facts = Omit<Transcript, 'agent' | 'messages' | 'turns' | 'others' | 'warnings' | 'bytes'>;

/** The title that a session has until it is given one. */
const UNTITLED = /^(?:New|Child) session - \d{4}-/;

function factsOf(header: OpencodeRecord | undefined, spoken: readonly OpencodeRecord[]): Facts {
  const { id, directory, title, version, time } = header?.info ?? {};
  const models = spoken.map(({ info }) => info.modelID);
  const times = spoken
    .flatMap(({ info }) => [info.time?.created, info.time?.completed])
    .filter((at) => at !== undefined);
  const cwds = distinct([directory, ...spoken.map(({ info }) => info.path?.cwd)]);
  return {
    nativeIds: distinct([id, ...spoken.map(({ info }) => info.sessionID)]),
    sidechain: false,
    titles: {
      custom: undefined,
      generated: title === undefined || UNTITLED.test(title) ? undefined : title,
      summary: undefined,
      lastPrompt: undefined,
    },
    model: models.findLast(Boolean),
    models: distinct(models),
    provider: spoken.findLast(({ info }) => info.providerID)?.info.providerID,
    permissionMode: undefined,
    cwd: cwds[0],
    cwds,
    branch: undefined,
    version,
    entrypoint: undefined,
    pullRequests: [],
    startedAt: time?.created ?? times[0],
    endedAt: times.at(-1),
  };
}
