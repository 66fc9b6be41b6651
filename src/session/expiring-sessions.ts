// Which sessions the settings say are to leave the list: too old, or beyond the number that is kept. Never one that somebody gave a name or
// a tag, that runs, or that was used within a day, were it only to look where it stands. Pure.

import type { SessionSummary } from './session-summary.ts';
import type { Settings } from './surroundings.ts';

export interface ExpiringSession {
  readonly session: SessionSummary;
  /** The setting that says so. */
  readonly reason: 'retentionDays' | 'maxSessions';
}

export interface ExpiryFacts {
  readonly now: number;
  readonly settings: Pick<Settings, 'maxSessions' | 'retentionDays'>;
  readonly isTagged: (session: SessionSummary) => boolean;
  /** When its newest checkpoint was made, of whatever kind; asked of few. */
  readonly lastCheckpointAt: (session: SessionSummary) => number;
}

export const DAY_MS = 24 * 60 * 60_000;

/** The sessions are given newest first, and so are those that expire. */
export function expiringSessions(
  sessions: readonly SessionSummary[],
  { now, settings, isTagged, lastCheckpointAt }: ExpiryFacts,
): ExpiringSession[] {
  const { maxSessions, retentionDays } = settings;
  const ageMax = retentionDays === null ? Number.POSITIVE_INFINITY : retentionDays * DAY_MS;
  const countMax = maxSessions ?? Number.POSITIVE_INFINITY;
  return sessions.flatMap((session, index): ExpiringSession[] => {
    const activeAt = Date.parse(session.updatedAt);
    const isOld = now - activeAt > ageMax;
    if (!isOld && index < countMax) return [];
    if (session.name !== null || session.live || isTagged(session)) return [];
    const usedAt = Math.max(activeAt, lastCheckpointAt(session));
    // What nobody can date is kept.
    if (!(now - usedAt > DAY_MS)) return [];
    if (isOld && now - usedAt > ageMax) return [{ session, reason: 'retentionDays' }];
    return index < countMax ? [] : [{ session, reason: 'maxSessions' }];
  });
}
