// A conversation is shown and handed out as far as its agent has written it, which may be further than the last event told.

import { existsSync } from 'node:fs';
import { catchUp } from '../session/catch-up.ts';
import { transcriptOf } from '../session/session-record.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import type { Context } from './context.ts';
import type { Workspace } from './workspace.ts';

/** The session as it stands after what its agent wrote was taken in. A file that the agent has removed since is no news. */
export async function catchUpSession(
  context: Context,
  { store, agent: agentOf }: Workspace,
  session: SessionSummary,
): Promise<SessionSummary> {
  const record = store.record(store.checkpoint(session.tip));
  const source = transcriptOf(record, record.activeNativeId)?.source;
  if (source === undefined || !existsSync(source)) return session;
  const agent = agentOf(session.agent);
  if (agent === undefined) return session;
  for (const warning of await catchUp(store, session.id, agent.sessions.sideFiles)) {
    context.output.warn(warning);
  }
  return store.summary(session.id) ?? session;
}
