// What a Codex rollout says about its session as a whole. Of what can change the last word wins, except the directory: a session
// belongs where it began. The first header is the session's own; a fork of older versions holds its parent's too.

import type { Transcript } from '../../transcript/transcript.ts';
import { distinct, timeSpan } from '../told-facts.ts';
import type { CodexPayload, CodexRecord } from './record.ts';
import { timeOf } from './record.ts';

type Facts = Omit<Transcript, 'agent' | 'messages' | 'turns' | 'others' | 'warnings' | 'bytes'>;

/** Collects the facts of a session from all its records. */
export function collectFacts(records: readonly CodexRecord[]): Facts {
  const of = (type: string): readonly CodexPayload[] =>
    records.filter((record) => record.type === type).map(({ payload }) => payload);
  const headers = of('session_meta');
  const [header] = headers;
  const contexts = [...headers, ...of('turn_context')];
  const models = distinct(contexts.map(({ model }) => model));
  const cwds = distinct(contexts.map(({ cwd }) => cwd));
  const times = records.map(timeOf).filter((at) => at !== undefined);
  const entrypoint = typeof header?.source === 'string' ? header.source : header?.originator;
  const names = of('event_msg').filter(({ type }) => type === 'thread_name_updated');
  return {
    nativeIds: distinct([
      ...(header !== undefined && isSubagent(header) ? [rootIdOf(header)] : []),
      ...headers.map(({ id }) => id),
    ]),
    sidechain: header !== undefined && isSubagent(header),
    titles: {
      custom: names.at(-1)?.thread_name,
      generated: undefined,
      summary: undefined,
      lastPrompt: undefined,
    },
    model: models.at(-1),
    models,
    provider: header?.model_provider,
    permissionMode: contexts.findLast((one) => one.approval_policy !== undefined)?.approval_policy,
    cwd: cwds[0],
    cwds,
    branch: headers.findLast(({ git }) => git?.branch !== undefined)?.git?.branch,
    version: header?.cli_version,
    entrypoint,
    headless: entrypoint === 'exec' || entrypoint === 'codex_exec',
    pullRequests: [],
    ...timeSpan(times),
  };
}

/** A thread that another one started, whose conversation is only part of that one's. */
export function isSubagent({ thread_source, source }: CodexPayload): boolean {
  return thread_source === 'subagent' || (typeof source === 'object' && source !== null);
}

/** The session that a subagent works for. */
function rootIdOf({ id, session_id, parent_thread_id }: CodexPayload): string | undefined {
  return session_id !== undefined && session_id !== id ? session_id : parent_thread_id;
}
