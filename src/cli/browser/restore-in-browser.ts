// A restore in two steps: the plan that is shown, and carrying out just that plan. Between the two anything may have changed, and then
// nothing is done.

import { GsessError } from '../../errors.ts';
import { deletionToConfirm } from '../../session/agreed-deletion.ts';
import { recover } from '../../session/operate.ts';
import { previewRestore, restoreCheckpoint } from '../../session/restore-checkpoint.ts';
import { conversationMoves } from '../../session/restore-conversation.ts';
import type { Answer, Effect, RestorePart } from '../../ui/browser-effect.ts';
import { isEmptyPlan } from '../../worktree/restore-plan.ts';
import { caughtUp } from '../caught-up.ts';
import { changeCounts } from '../plan-text.ts';
import { restoreRequest } from '../restore-request.ts';
import { describeRestore, type ShownRestore } from '../restore-text.ts';
import type { BrowserDesk } from './browser-desk.ts';
import { done } from './done.ts';
import { presentSession } from './present-session.ts';

type Planning = Extract<Effect, { do: 'plan-restore' }>;
type CarryingOut = Extract<Effect, { do: 'restore' }>;

const shown = new WeakMap<BrowserDesk, ShownRestore>();
const ID_LENGTH = 10;

export async function planRestoreOf(desk: BrowserDesk, effect: Planning): Promise<Answer> {
  const { context, captured } = desk;
  const workspace = await desk.workspace(effect.listed);
  const { store, root } = workspace;
  await recover(store, root);
  const moment = await caughtUp(context, workspace, {
    session: presentSession(desk, effect.listed),
    checkpoint: store.checkpoint(effect.checkpoint),
    isNamed: true,
  });
  const called = moment.checkpoint.id.slice(0, ID_LENGTH);
  const wishes = { ...wished(effect.part), path: [], root: undefined };
  const request = restoreRequest(context, workspace, { called, wishes, moment });
  const { files, conversation } = request;
  const plan = files ? previewRestore(store, request) : undefined;
  const moves = conversation && conversationMoves(store, request);
  const restore: ShownRestore = { request, plan, moves, session: moment.session };
  const writes = plan !== undefined && !isEmptyPlan(plan);
  const isBlocked = plan !== undefined && plan.blocked.length > 0;
  const isReady = (writes || moves) && !isBlocked;
  shown.set(desk, restore);
  const pathsMax = Number.POSITIVE_INFINITY;
  const said = captured.take();
  const live = moment.session.live
    ? 'Its agent is running, and is not told of what changes.\n'
    : '';
  const text = `${said}${live}${describeRestore(context.output, { ...restore, pathsMax })}`;
  const { listed } = effect;
  // What the agent wrote meanwhile may have made it a later one.
  const checkpoint = moment.checkpoint.id;
  const part = { files, conversation };
  const carriesOut = { do: 'restore', listed, checkpoint, part, agreed: 0 } as const;
  return { type: 'planned', text, part, carriesOut: isReady ? carriesOut : undefined };
}

/** Both unless only one is chosen, so that a checkpoint that holds only one is no fault. */
function wished({ files, conversation }: RestorePart): RestorePart {
  return files && conversation ? { files: false, conversation: false } : { files, conversation };
}

export async function carryOutRestore(desk: BrowserDesk, effect: CarryingOut): Promise<Answer> {
  const planned = shown.get(desk);
  if (planned === undefined || !isOf(planned, effect)) {
    throw new GsessError('tree-changed', 'Nothing was done: it is not the plan that was shown');
  }
  const { store } = await desk.workspace(effect.listed);
  const { request, plan, moves } = planned;
  const files = plan !== undefined && !isEmptyPlan(plan);
  const wanted = { ...request, files, conversation: moves, agreed: effect.agreed };
  try {
    const { pending, warnings } = await restoreCheckpoint(store, wanted, plan);
    const counts = plan === undefined ? '' : changeCounts(plan);
    const text = [
      `Back at '${request.called}'${counts === '' ? '' : `: ${counts}`}`,
      ...(pending === undefined ? [] : ['the conversation goes on from there when it is resumed']),
      'undo takes it back',
      ...warnings,
    ].join('; ');
    return done(text);
  } catch (error) {
    const deletion = deletionToConfirm(error);
    if (deletion === undefined) throw error;
    return { type: 'deletes', ...deletion };
  }
}

function isOf({ request }: ShownRestore, { checkpoint, part }: CarryingOut): boolean {
  const { files, conversation } = part;
  const isSamePart = request.files === files && request.conversation === conversation;
  return request.checkpoint.id === checkpoint && isSamePart;
}
