// The session to go on with where none is named: the one in which something was last said. Left out are those that are live, in which
// nothing was said, that belong to a subagent, and the one we are in. Those that ran without a person come last: they are
// taken where there is no other, and that is told. Pure; whether a session ran without a person is asked only where it matters.

import type { SessionSummary } from './session-summary.ts';

export interface LatestQuestions {
  /** The session that asks, where it is one. */
  readonly inside: SessionSummary | undefined;
  /** It was run by a program or a script, with nobody to talk to. */
  isHeadless(session: SessionSummary): boolean;
}

export interface LatestSession {
  readonly session: SessionSummary;
  readonly isHeadless: boolean;
}

/** So many that ran without a person are passed over before the newest of them is taken. */
const HEADLESS_MAX = 50;

/** `sessions` newest first; undefined where there is nothing to go on with. */
export function latestSession(
  sessions: readonly SessionSummary[],
  { inside, isHeadless }: LatestQuestions,
): LatestSession | undefined {
  const candidates = sessions.filter(
    (session) => !session.live && session.turns > 0 && !isSubagent(session),
  );
  const others = candidates.filter(({ id }) => id !== inside?.id);
  const session = others.slice(0, HEADLESS_MAX).find((one) => !isHeadless(one));
  if (session !== undefined) return { session, isHeadless: false };
  const [first] = others;
  return first && { session: first, isHeadless: true };
}

/** A subagent's transcript that was imported by itself is known by the id of its session and a name of its own. */
function isSubagent({ nativeIds }: SessionSummary): boolean {
  return nativeIds[0]?.includes('/') === true;
}
