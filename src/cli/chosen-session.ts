// Verbs that change something say which session they took, so that a guess never goes unnoticed.

import { shortSessionId } from '../session/session-id.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { safeText } from '../ui/safe-text.ts';
import type { Context } from './context.ts';

const FORK_ID_LENGTH = 18;

export function shortId({ id }: Pick<SessionSummary, 'id'>): string {
  return shortSessionId(id);
}

/** Ids of forks made in the same minute begin alike. */
export function idOfFork(session: string): string {
  return session.slice(0, FORK_ID_LENGTH);
}

/** What a person calls the session: its name, else its title. */
export function calledOf({ name, title }: Pick<SessionSummary, 'name' | 'title'>): string {
  return safeText(name ?? title);
}

export function sayChosen({ output }: Context, session: SessionSummary): void {
  output.note(`Session ${shortId(session)}: ${calledOf(session)}`);
}
