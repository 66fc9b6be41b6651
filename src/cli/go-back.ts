// Takes a session back to a checkpoint of it: the plan is shown and confirmed before anything is done. What 'gsess restore' does, and
// 'gsess rewind' with the files alone.

import { refuseBlocked } from '../session/file-plan.ts';
import { recover } from '../session/operate.ts';
import { previewRestore, restoreCheckpoint } from '../session/restore-checkpoint.ts';
import { conversationMoves } from '../session/restore-conversation.ts';
import { isEmptyPlan } from '../worktree/restore-plan.ts';
import { caughtUp } from './caught-up.ts';
import { sayChosen } from './chosen-session.ts';
import type { Options } from './command.ts';
import { confirmingDeletion, type Yes } from './confirm-deletion.ts';
import type { Context } from './context.ts';
import { afterGoingBack } from './next-step.ts';
import { planJson, SHOWN_PATHS_MAX } from './plan-text.ts';
import { readingOf } from './reading-options.ts';
import { type RestoreWishes, restoreRequest } from './restore-request.ts';
import { describeRestore, tellRestored, warnLive } from './restore-text.ts';
import type { Workspace } from './workspace.ts';

/** Of every verb that shows a plan of the files and asks for a yes. */
export const PLAN_OPTIONS = {
  'dry-run': { type: 'boolean', alias: 'n', description: 'show the plan and do nothing' },
  yes: {
    type: 'boolean',
    alias: 'y',
    values: ['large'],
    description: 'do not ask; =large: not even where many files are deleted',
  },
} as const satisfies Options;

/** How the checkpoint is named, and what was said beforehand. */
interface Answers {
  readonly id: boolean;
  readonly name: boolean;
  readonly tag: boolean;
  readonly index: boolean;
  readonly 'dry-run': boolean;
  readonly yes: Yes;
}

/** Takes the session that the reference means back to it, with a yes where files change. */
export async function goBack(
  context: Context,
  workspace: Workspace,
  { called, wishes }: { readonly called: string; readonly wishes: RestoreWishes & Answers },
): Promise<void> {
  const { store } = workspace;
  const isDry = wishes['dry-run'];
  const found = workspace.checkpoint(called, { changes: !isDry, reading: readingOf(wishes) });
  sayChosen(context, found.session);
  if (!isDry) await recover(store, workspace.root);
  const moment = isDry ? found : await caughtUp(context, workspace, { ...found, isNamed: true });
  const request = restoreRequest(context, workspace, { called, wishes, moment });
  const plan = request.files ? previewRestore(store, request) : undefined;
  const moves = request.conversation && conversationMoves(store, request);
  const shown = { request, plan, moves, session: moment.session };
  const text = (pathsMax: number) => describeRestore(context.output, { ...shown, pathsMax });
  if (isDry) {
    await context.output.result(planJson(plan), () => text(Number.POSITIVE_INFINITY));
    return;
  }
  if (plan !== undefined) refuseBlocked(plan);
  const writes = plan !== undefined && !isEmptyPlan(plan);
  if (!writes && !moves) return await tellRestored(context, { ...shown, outcome: undefined });
  context.output.note(text(SHOWN_PATHS_MAX));
  if (moment.session.live) warnLive(context, moves);
  if (wishes.yes === false && !(await context.confirm(`Go back to '${called}'?`))) {
    context.output.note('Nothing was done.');
    context.exitStatus = 1;
    return;
  }
  const wanted = { ...request, files: writes, conversation: moves };
  const outcome = await confirmingDeletion(context, wishes.yes, (agreed) =>
    restoreCheckpoint(store, { ...wanted, agreed }, plan),
  );
  if (outcome === undefined) return;
  for (const warning of outcome.warnings) context.output.warn(warning);
  if (outcome.pending !== undefined)
    context.next = afterGoingBack(moment.session.id, outcome.pending);
  await tellRestored(context, { ...shown, outcome });
}
