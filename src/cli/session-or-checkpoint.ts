// For verbs that take a session or one of its moments: a word is read as a session first, as everywhere where sessions are meant, and
// as a checkpoint where it names none.

import { GsessError } from '../errors.ts';
import type { Moment, Workspace } from './workspace.ts';

export interface Subject extends Moment {
  /** False where a moment was named; `checkpoint` is the tip otherwise. */
  readonly isSession: boolean;
}

/** What a word names, or the current session; throws `not-found` or `ambiguous`. */
export function sessionOrCheckpoint(workspace: Workspace, text: string | undefined): Subject {
  const session = sessionIn(workspace, text);
  if (session === undefined) {
    return { ...workspace.checkpoint(text, { changes: false }), isSession: false };
  }
  return { session, checkpoint: workspace.store.checkpoint(session.tip), isSession: true };
}

function sessionIn(workspace: Workspace, text: string | undefined) {
  try {
    return workspace.session(text, { changes: false });
  } catch (error) {
    const isNone = error instanceof GsessError && error.code === 'not-found';
    if (!isNone || text === undefined) throw error;
    return undefined;
  }
}
