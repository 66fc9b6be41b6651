// Whoever goes on with another session from within a conversation leaves that one. Where something was said in it, that is asked first:
// what a program does unasked must not take people out of what they are in.

import type { SessionSummary } from '../session/session-summary.ts';
import { calledOf } from './chosen-session.ts';
import type { Context } from './context.ts';

/** Whether the conversation we are in would be left, and something was said in it. */
export function replacesConversation(
  inside: Pick<SessionSummary, 'id' | 'turns'> | undefined,
  wanted: Pick<SessionSummary, 'id'>,
): boolean {
  return inside !== undefined && inside.turns > 0 && inside.id !== wanted.id;
}

/** False where the answer was no; throws `confirmation-needed` where nobody can answer. */
export async function mayReplace(
  context: Context,
  inside: SessionSummary | undefined,
  { wanted, yes }: { readonly wanted: SessionSummary; readonly yes: boolean },
): Promise<boolean> {
  if (inside === undefined || yes || !replacesConversation(inside, wanted)) return true;
  const question = `Leave '${calledOf(inside)}' and go on with '${calledOf(wanted)}'?`;
  if (await context.confirm(question)) return true;
  context.output.note('Nothing was done.');
  context.exitStatus = 1;
  return false;
}
