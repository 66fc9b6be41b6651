// What going on from a moment comes to: the session as it stands, the session taken back first, or a fork of another session that a tag
// of this project names. Decides only.

import type { Checkpoint } from './checkpoint.ts';
import type { SessionSummary } from './session-summary.ts';
import type { TagSummary } from './tag.ts';

export type ResumeTarget = 'as-it-stands' | 'goes-back' | 'fork';

export function resumeTarget(
  moment: {
    readonly checkpoint: Checkpoint;
    readonly session: SessionSummary;
    readonly tag?: TagSummary | undefined;
    /** Its conversation is not the one that waits at the tip. */
    readonly isBesideWaiting?: boolean;
  },
  current: SessionSummary | undefined,
): ResumeTarget {
  const { checkpoint, session, tag, isBesideWaiting = false } = moment;
  if (tag !== undefined && session.id !== current?.id) return 'fork';
  return checkpoint.id === session.tip && !isBesideWaiting ? 'as-it-stands' : 'goes-back';
}
