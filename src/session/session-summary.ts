// A session as lists show it, taken from the one commit at its tip.

import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { type Checkpoint, type CommitReader, checkpointsFrom } from './checkpoint.ts';
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
  /** Of the transcript it talks in. */
  readonly bytes: number;
  readonly forkedFrom: SessionId | null;
  /** Its agent was heard of last within a turn; while it is live that turn goes on. */
  readonly isInTurn: boolean;
  readonly root: string;
  /** An agent process is talking in it now. */
  readonly live: boolean;
  readonly nativeIds: readonly string[];
  readonly tip: ObjectId;
}

/** All that the commit at its tip tells; whether it is live, and within a turn, stands elsewhere. */
export function summaryOf(
  tip: Checkpoint,
  { live = false, isInTurn = false }: { readonly live?: boolean; readonly isInTurn?: boolean } = {},
): SessionSummary {
  return {
    id: tip.session,
    name: tip.name,
    title: tip.title,
    agent: tip.agent,
    branch: tip.branch,
    updatedAt: tip.lastActivityAt,
    turns: tip.turns,
    checkpoints: tip.checkpoints,
    bytes: tip.transcriptBytes,
    forkedFrom: tip.forkedFrom,
    isInTurn,
    root: tip.root,
    live,
    nativeIds: tip.nativeIds,
    tip: tip.id,
  };
}

/** So far back the agent is looked for; who did that much by hand since is past the turn. */
const LOOKED_BACK_MAX = 50;

/** Tells whether the agent was last heard of within a turn, by the newest checkpoints of a session from its tip on. */
export function isWithinTurn(objects: CommitReader, tip: Checkpoint): boolean {
  if (!isOfNobody(tip)) return isOfTurn(tip);
  try {
    let left = LOOKED_BACK_MAX;
    for (const checkpoint of checkpointsFrom(objects, tip.id)) {
      left -= 1;
      if (!isOfNobody(checkpoint) || left === 0) return isOfTurn(checkpoint);
    }
  } catch (error) {
    // What is damaged further back is told by those who look there; the session itself can be shown.
    if (!(error instanceof GsessError)) throw error;
  }
  return false;
}

function isOfNobody({ kind }: Checkpoint): boolean {
  return kind === 'manual' || kind === 'rename';
}

function isOfTurn({ kind }: Checkpoint): boolean {
  return kind === 'prompt' || kind === 'tool';
}
