// What a Claude transcript says about its session as a whole: ids, titles, model, provider, directories, branch, mode.
// Of what can change, the last word wins, except the directory: a session belongs where it began.

import type { Transcript } from '../../transcript/transcript.ts';
import { distinct, timeSpan } from '../told-facts.ts';
import { type ClaudeRecord, timeOf } from './record.ts';

type Facts = Omit<
  Transcript,
  'agent' | 'messages' | 'turns' | 'others' | 'warnings' | 'bytes' | 'sidechain'
>;

/** Claude's own messages carry this in place of a model. */
export const NO_MODEL = '<synthetic>';

/** Collects the facts of a session from all its records. */
export function collectFacts(records: readonly ClaudeRecord[]): Facts {
  const replies = records.filter((record) => record.type === 'assistant');
  const main = replies.filter((record) => !record.isSidechain);
  const models = distinct(replies.map((record) => modelOf(record)));
  const cwds = distinct(records.map((record) => record.cwd));
  const entrypoint = last(records, (record) => record.entrypoint);
  const times = records.map(timeOf).filter((at) => at !== undefined);
  return {
    nativeIds: distinct(records.map((record) => record.sessionId)),
    titles: titlesOf(records),
    model: last(main, modelOf) ?? models.at(-1),
    models,
    provider: last(replies, providerOf),
    permissionMode: last(records, (record) => record.permissionMode),
    cwd: cwds[0],
    cwds,
    branch: last(records, (record) => record.gitBranch || undefined),
    version: last(records, (record) => record.version),
    entrypoint,
    headless: isHeadless({ entrypoint }) || records.some(isBackground),
    pullRequests: pullRequestsOf(records),
    ...timeSpan(times),
  };
}

/** `claude -p` and the SDKs: `sdk-cli`, `sdk-ts`, `sdk-py`. */
export function isHeadless({ entrypoint }: Pick<ClaudeRecord, 'entrypoint'>): boolean {
  return entrypoint?.startsWith('sdk-') === true;
}

function isBackground({ sessionKind }: ClaudeRecord): boolean {
  return sessionKind === 'bg';
}

function titlesOf(records: readonly ClaudeRecord[]): Facts['titles'] {
  const uuids = new Set(records.map((record) => record.uuid));
  // Old versions wrote the summaries of other sessions at the head of a file; only one of a record here is this session's.
  const isOurs = (record: ClaudeRecord): boolean =>
    record.type === 'summary' && record.leafUuid !== undefined && uuids.has(record.leafUuid);
  return {
    custom:
      last(records, (record) => record.customTitle || undefined) ??
      last(records, (record) => record.agentName || undefined),
    generated: last(records, (record) => record.aiTitle || undefined),
    summary: last(records, (record) => (isOurs(record) ? record.summary : undefined)),
    lastPrompt: last(records, (record) => record.lastPrompt),
  };
}

function pullRequestsOf(records: readonly ClaudeRecord[]): Facts['pullRequests'] {
  const found = new Map<string, Facts['pullRequests'][number]>();
  for (const { prNumber, prUrl } of records) {
    if (prNumber !== undefined) found.set(`${prNumber} ${prUrl}`, { number: prNumber, url: prUrl });
  }
  return [...found.values()];
}

function modelOf(record: ClaudeRecord): string | undefined {
  const model = record.message?.model;
  return model === NO_MODEL ? undefined : model;
}

/** The provider shows only in the shape of the ids it gave. */
function providerOf(record: ClaudeRecord): string | undefined {
  const id = record.message?.id ?? '';
  if (id.startsWith('msg_bdrk_')) return 'bedrock';
  if (id.startsWith('msg_vrtx_')) return 'vertex';
  return /^msg_01[A-Za-z0-9]{22}$/.test(id) ? 'anthropic' : undefined;
}

function last<T>(
  records: readonly ClaudeRecord[],
  pick: (record: ClaudeRecord) => T | undefined,
): T | undefined {
  const record = records.findLast((candidate) => pick(candidate) !== undefined);
  return record && pick(record);
}
