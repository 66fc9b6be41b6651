// A session as lists show it, taken from the one commit at its tip.

import type { ObjectId } from '../git/object-id.ts';
import type { Checkpoint } from './checkpoint.ts';
import type { SessionId } from './session-id.ts';

export interface SessionSummary {
  readonly id: SessionId;
  readonly name: string | null;
  readonly title: string;
  readonly agent: string;
  /** The git branch the project was on at the last checkpoint. */
  readonly branch: string | null;
  /** ISO 8601, UTC: of the last activity of the conversation, not of the last look at it. */
  readonly updatedAt: string;
  readonly turns: number;
  readonly checkpoints: number;
  readonly root: string;
  /** An agent process is talking in it now. */
  readonly live: boolean;
  readonly nativeIds: readonly string[];
  readonly tip: ObjectId;
}

/** All that the commit at its tip tells; whether it is live stands elsewhere. */
export function summaryOf(tip: Checkpoint, live = false): SessionSummary {
  return {
    id: tip.session,
    name: tip.name,
    title: tip.title,
    agent: tip.agent,
    branch: tip.branch,
    updatedAt: tip.lastActivityAt,
    turns: tip.turns,
    checkpoints: tip.checkpoints,
    root: tip.root,
    live,
    nativeIds: tip.nativeIds,
    tip: tip.id,
  };
}
