// Sessions, checkpoints and tags as they are handed out: what a program can use, without what is only of use inside.

import { jsonPath, type RawPath } from '../git/raw-path.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import type { SessionSummary as KnownSession } from '../session/session-summary.ts';
import type { TagSummary as KnownTag } from '../session/tag.ts';
import type { UndoOutcome as Undone } from '../session/undo-operation.ts';
import type {
  CheckpointSummary,
  SessionSummary,
  TagSummary,
  UndoOutcome,
} from './session-store.ts';

export function sessionSummary(session: KnownSession): SessionSummary {
  const { id, name, title, agent, branch, updatedAt, turns, checkpoints, root, live } = session;
  return { id, name, title, agent, branch, updatedAt, turns, checkpoints, root, live };
}

export function checkpointSummary(checkpoint: Checkpoint): CheckpointSummary {
  const { id, session, kind, subject, turn, tool = null, at } = checkpoint;
  return { id, session, kind, subject, turn, tool, at: at.toISOString() };
}

export function tagSummary({ name, checkpoint, session, turn, at }: KnownTag): TagSummary {
  return { name, checkpoint, session: session ?? null, turn, at };
}

export function undoOutcome({ summary, created, written, deleted, warnings }: Undone): UndoOutcome {
  const paths = (raw: readonly RawPath[]) => raw.map(jsonPath);
  return {
    summary,
    created: paths(created),
    written: paths(written),
    deleted: paths(deleted),
    warnings,
  };
}
