// For verbs that take a session or one of its moments: a word is read as a session first, as everywhere where sessions are meant, and
// as a checkpoint where it names none.

import { GsessError } from '../errors.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { findTag } from '../session/tag.ts';
import type { Moment, Wanted, Workspace } from './workspace.ts';

export interface Subject extends Moment {
  /** False where a moment was named; `checkpoint` is the tip otherwise. */
  readonly isSession: boolean;
}

/** What a word names, or the current session; throws `not-found` or `ambiguous`. */
export function sessionOrCheckpoint(
  workspace: Workspace,
  text: string | undefined,
  how: Wanted = { changes: false },
): Subject {
  const session = how.reading === 'tag' ? undefined : sessionIn(workspace, text, how);
  if (session === undefined) return { ...workspace.checkpoint(text, how), isSession: false };
  return { session, checkpoint: workspace.store.checkpoint(session.tip), isSession: true };
}

function sessionIn(
  workspace: Workspace,
  text: string | undefined,
  how: Wanted,
): SessionSummary | undefined {
  try {
    const session = workspace.session(text, how);
    // What is exactly the name of a tag is not the beginning of an id.
    return how.reading === undefined && text !== undefined && isTagRather(workspace, text, session)
      ? undefined
      : session;
  } catch (error) {
    const isNone = error instanceof GsessError && error.code === 'not-found';
    if (!isNone || text === undefined) throw error;
    return undefined;
  }
}

function isTagRather({ store }: Workspace, text: string, { id, name }: SessionSummary): boolean {
  return name !== text && id !== text.toLowerCase() && findTag(store, text) !== undefined;
}
