// How to go on later with a session that was just left: by its name where that names no other, and its id as well.

import { shellQuote } from '../agents/shell-line.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { safeText } from '../ui/safe-text.ts';

type Called = Pick<SessionSummary, 'id' | 'name'>;

/** The word by which a session is named on a command line: its name if that is its alone and can be shown, else its id. */
export function wordFor({ id, name }: Called, sessions: readonly Called[]): string {
  const isOnly = !sessions.some((other) => other.name === name && other.id !== id);
  return name !== null && isOnly && safeText(name) === name ? shellQuote(name) : id;
}

/** What goes on with it, as a line for the shell. */
export function resumeLine(session: Called, sessions: readonly Called[]): string {
  const word = wordFor(session, sessions);
  return `gsess resume ${word.startsWith('-') ? `-- ${word}` : word}`;
}

/** The lines to show when the agent has ended. */
export function exitHint(session: Called, sessions: readonly Called[]): readonly string[] {
  const line = resumeLine(session, sessions);
  const hint = `To go on with it: ${line}`;
  return line.endsWith(` ${session.id}`) ? [hint] : [hint, `Its id: ${session.id}`];
}
