// What is left to do after a command, for a caller that does it itself: an agent that has gsess as its session layer, or a person who
// is asked. On a terminal commands do it at once, or print how.

import type { ResumeCommand } from '../agents/agent.ts';
import { GsessError } from '../errors.ts';
import type { SessionId } from '../session/session-id.ts';
import type { PendingCall } from '../session/session-record.ts';

export type NextStep =
  /** The session is to be taken up under the native id; a call that was left open may be proposed again. */
  | ({
      readonly kind: 'resume';
      readonly session: SessionId;
      readonly nativeId: string;
      readonly call: PendingCall | null;
    } & ResumeCommand)
  /** The conversation went back, and waits under the native id. */
  | { readonly kind: 'reload'; readonly session: SessionId; readonly nativeId: string }
  /** As `reload`, to where this call was about to run: it is to be proposed again, for retrying or skipping. */
  | {
      readonly kind: 'pending-call';
      readonly session: SessionId;
      readonly nativeId: string;
      readonly call: PendingCall;
    };

/** What a conversation that went back asks for. */
export function afterGoingBack(
  session: SessionId,
  { nativeId, call }: { readonly nativeId: string; readonly call?: PendingCall },
): NextStep {
  if (call === undefined) return { kind: 'reload', session, nativeId };
  return { kind: 'pending-call', session, nativeId, call };
}

/** The error for a question that nobody is there to answer; `yes` is the flag that answers it beforehand. */
export function confirmationNeeded(question: string, yes: string): GsessError {
  return new GsessError('confirmation-needed', `Not done without a yes: ${question}`, {
    hint: `Pass ${yes} to answer beforehand.`,
    data: { question, yes },
  });
}
