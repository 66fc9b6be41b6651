// gsess restore: takes files and conversation back to a checkpoint. The plan is shown before anything is done.

import { GsessError } from '../../errors.ts';
import { refuseBlocked } from '../../session/file-plan.ts';
import { recover } from '../../session/operate.ts';
import { previewRestore, restoreCheckpoint } from '../../session/restore-checkpoint.ts';
import { conversationMoves } from '../../session/restore-conversation.ts';
import { isEmptyPlan } from '../../worktree/restore-plan.ts';
import { caughtUp } from '../caught-up.ts';
import { sayChosen } from '../chosen-session.ts';
import { defineCommand } from '../command.ts';
import { confirmingDeletion, type Yes } from '../confirm-deletion.ts';
import type { Context } from '../context.ts';
import { listCheckpoints } from '../list-checkpoints.ts';
import { afterGoingBack } from '../next-step.ts';
import { planJson, SHOWN_PATHS_MAX } from '../plan-text.ts';
import { READING_OPTIONS, readingOf } from '../reading-options.ts';
import { type RestoreWishes, restoreRequest } from '../restore-request.ts';
import { describeRestore, tellRestored, warnLive } from '../restore-text.ts';
import { offerTurns } from '../restore-turns.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';

/** How the checkpoint is named, and what was said beforehand. */
interface Answers {
  readonly id: boolean;
  readonly name: boolean;
  readonly tag: boolean;
  readonly index: boolean;
  readonly 'dry-run': boolean;
  readonly yes: Yes;
}

export const restore = defineCommand({
  name: 'restore',
  summary: 'take files and conversation back to a checkpoint',
  details: `The plan is shown and confirmed before anything is done, and the present is kept first, so that
    'gsess undo' takes all of it back. Files that are ignored, secret or too large are never touched,
    nor are files that do not differ. If something else is in the way, nothing is done and it is
    listed. Where more than 100 files would be deleted, or more than half of those there are and five
    at least, that is asked by itself, and --yes is no answer to it: --yes=large is.

    The conversation goes back under a new id of the agent's, to be taken up with 'gsess resume'; what
    was said after stays where it is. While the agent is running it goes on where it is, and the
    first thing that is said decides: in the resumed one, the session has gone back; in the running
    one, only the files have.

    With --path only these files go back, and the conversation stays, unless --conversation is given.`,
  positionals: {
    checkpoint: {
      description:
        "what to go back to, such as '@1', the end of turn 1; left out, the turns are listed",
      completes: 'checkpoint',
    },
  },
  options: {
    ...READING_OPTIONS,
    files: { type: 'boolean', description: 'the files alone' },
    conversation: { type: 'boolean', description: 'the conversation alone' },
    path: {
      type: 'array',
      placeholder: 'PATH',
      description: 'only this file or directory',
      completes: 'file',
    },
    root: {
      type: 'string',
      placeholder: 'DIR',
      description: 'write the files there instead of where they were captured',
      completes: 'directory',
    },
    list: { type: 'boolean', alias: 'l', description: 'list what can be gone back to' },
    'dry-run': { type: 'boolean', alias: 'n', description: 'show the plan and do nothing' },
    yes: {
      type: 'boolean',
      alias: 'y',
      values: ['large'],
      description: 'do not ask; =large: not even where many files are deleted',
    },
  },
  examples: [
    { command: 'gsess restore @1', description: 'go back to the end of turn 1' },
    { command: 'gsess restore @3 --files --path src', description: 'only the files below src' },
    { command: 'gsess restore --list', description: 'list what can be gone back to' },
    { command: 'gsess restore works --dry-run', description: 'show what it would do' },
  ],
  slash: { bare: '/restore --list', needsSnapshots: true },
  run: async (context, { checkpoint: called, list, ...wishes }) => {
    if (list && called !== undefined) {
      throw new GsessError('usage', '--list stands alone', { hint: `See 'gsess help restore'.` });
    }
    if (list) return await listCheckpoints(context);
    const workspace = await openWorkspace(context);
    if (called === undefined) return await offerTurns(context, workspace);
    await goBack(context, workspace, { called, wishes });
  },
});

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
