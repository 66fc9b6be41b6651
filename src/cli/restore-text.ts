// What a restore is about to do and what it did, in words and as JSON.

import { shellQuote } from '../agents/shell-line.ts';
import type { RestoreOutcome, RestoreRequest } from '../session/restore-checkpoint.ts';
import { shortSessionId } from '../session/session-id.ts';
import type { PendingCall } from '../session/session-record.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { safeText } from '../ui/safe-text.ts';
import type { RestorePlan } from '../worktree/restore-plan.ts';
import { shortId } from './chosen-session.ts';
import type { Context } from './context.ts';
import { callText, RETRY_OR_SKIP } from './open-call-text.ts';
import type { Output } from './output.ts';
import { changeCounts, planJson, planText } from './plan-text.ts';

export interface ShownRestore {
  readonly request: RestoreRequest;
  readonly plan: RestorePlan | undefined;
  /** The conversation goes back. */
  readonly moves: boolean;
  readonly session: SessionSummary;
}

export function describeRestore(
  { paint }: Output,
  { request, plan, moves, pathsMax }: ShownRestore & { readonly pathsMax: number },
): string {
  const { checkpoint, conversation, root, session } = request;
  const id = checkpoint.id.slice(0, 10);
  const of =
    checkpoint.session === session ? '' : ` of session ${shortSessionId(checkpoint.session)}`;
  return [
    `Back to ${id}${of}: ${safeText(checkpoint.subject)}`,
    ...(plan === undefined ? [] : [`In ${safeText(root)}`, planText(plan, paint, pathsMax)]),
    ...(conversation
      ? [`Conversation: ${moves ? 'goes back, under a new id' : 'stands there'}`]
      : []),
  ].join('\n');
}

/** A running agent neither reads its transcript again nor knows of the files. */
export function warnLive({ output, isOwnSession = false }: Context, moves: boolean): void {
  if (isOwnSession) return;
  output.warn('the agent of this session is running: it is not told that files change under it');
  if (!moves) return;
  output.warn(
    'its conversation goes back when the session is resumed; what is said in the running agent before that keeps it',
  );
}

export async function tellRestored(
  { output }: Context,
  {
    request,
    plan,
    session,
    outcome,
  }: ShownRestore & { readonly outcome: RestoreOutcome | undefined },
): Promise<void> {
  const nativeId = outcome?.pending?.nativeId ?? null;
  const value = {
    session: session.id,
    restored: request.checkpoint.id,
    checkpoint: outcome?.checkpoint ?? null,
    root: request.root,
    ...planJson(plan),
    nativeId,
    call: outcome?.pending?.call ?? null,
  };
  await output.result(value, () => {
    if (outcome === undefined) return `Nothing to change: it is as '${request.called}' has it.`;
    const files = plan === undefined ? '' : changeCounts(plan);
    // A root that cannot be shown as it is stays unsaid.
    const isShown = safeText(request.root) === request.root;
    const isHere = request.root === session.root || !isShown;
    const at = isHere ? '' : ` --root ${shellQuote(request.root)}`;
    return [
      `Back at '${request.called}'${files === '' ? '' : `: ${files}`}`,
      ...(nativeId === null
        ? []
        : [`gsess resume ${shortId(session)}   takes up the conversation`]),
      `gsess undo${at}   takes all of it back`,
      ...callLines(outcome.pending?.call),
    ].join('\n');
  });
}

function callLines(call: PendingCall | undefined): readonly string[] {
  return call === undefined ? [] : [`It stands before this call: ${callText(call)}`, RETRY_OR_SKIP];
}
