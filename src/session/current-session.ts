// Which session is meant where none is named: the one said on the command line or in the environment; else the one whose agent process
// started us; else the newest one of this root, live ones first. Two live ones are not chosen between for a verb that changes something.

import { GsessError } from '../errors.ts';
import { ambiguousSessions } from './reference.ts';
import type { SessionSummary } from './session-summary.ts';
import type { Store } from './store.ts';

export interface CurrentRequest {
  readonly root: string;
  /** The verb will change something, so a guess between live sessions is not good enough. */
  readonly changes: boolean;
  /** The agent's own id of the session we run in, where its environment tells. */
  readonly nativeId?: string | undefined;
}

/** Finds the current session; throws `not-found` where this root has none, `ambiguous` where two are live. */
export function currentSession(store: Store, request: CurrentRequest): SessionSummary {
  const sessions = store.sessions();
  const inside = insideSession(store, sessions, request);
  if (inside !== undefined) return inside;
  const here = sessions.filter((session) => store.presentRoot(session.root) === request.root);
  const live = here.filter((session) => session.live);
  if (live.length > 1 && request.changes) {
    throw ambiguousSessions('the current session', live, `Say which with '--session ID'.`);
  }
  const chosen = live[0] ?? here[0];
  if (chosen !== undefined) return chosen;
  throw new GsessError('not-found', `No session in '${request.root}' yet`, {
    hint: `Sessions appear once an agent works here; 'gsess connect' sees to that, 'gsess import' brings in old ones.`,
  });
}

/** The session that this very process runs in. */
export function insideSession(
  store: Store,
  sessions: readonly SessionSummary[],
  { nativeId }: Pick<CurrentRequest, 'nativeId'>,
): SessionSummary | undefined {
  const told = sessions.find(
    (session) => nativeId !== undefined && session.nativeIds[0] === nativeId,
  );
  if (told !== undefined) return told;
  const leases = store.leases.live();
  if (leases.length === 0) return undefined;
  for (const ancestor of store.surroundings.ancestors()) {
    const lease = leases.find(
      ({ agent }) => agent.pid === ancestor.pid && agent.start === ancestor.start,
    );
    const session = lease && sessions.find(({ id }) => id === lease.session);
    if (session !== undefined) return session;
  }
  return undefined;
}
