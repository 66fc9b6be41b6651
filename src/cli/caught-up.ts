// A moment that is the newest of its session means what the agent has said by now, not what it had told us at its last event.

import { catchUpSession } from './catch-up-session.ts';
import type { Context } from './context.ts';
import type { Moment, Workspace } from './workspace.ts';

/** The moment after what the agent wrote since was taken in; `isNamed` says that just this checkpoint was asked for. */
export async function caughtUp(
  context: Context,
  workspace: Workspace,
  moment: Moment & { readonly isNamed: boolean },
): Promise<Moment> {
  const { checkpoint, tag, isSession = false } = moment;
  const session = await catchUpSession(context, workspace, moment.session);
  // Before a prompt or a call is a moment of its own, however little was said after it.
  const isMoment = moment.isNamed && ['prompt', 'tool'].includes(checkpoint.kind);
  const isNewest = checkpoint.id === moment.session.tip && tag === undefined && !isMoment;
  return {
    ...(tag && { tag }),
    isSession,
    session,
    checkpoint: isNewest ? workspace.store.checkpoint(session.tip) : checkpoint,
  };
}
