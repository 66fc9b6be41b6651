// The keys of a plan: nothing is done before it is on the screen and was agreed to. To delete many files is agreed to by a key of its own.

import { bodyHeight } from './body-height.ts';
import type { RestorePart } from './browser-effect.ts';
import {
  type BrowserState,
  type PlanView,
  popLayer,
  type Step,
  step,
  withTopLayer,
} from './browser-state.ts';
import type { KeyPress } from './key-press.ts';
import { scrolled } from './press-in-pager.ts';
import { busy, withNotice } from './run-binding.ts';
import { movedBy } from './scroll-window.ts';

export function pressInPlan(state: BrowserState, plan: PlanView, { name }: KeyPress): Step {
  const height = bodyHeight(state, 'plan');
  const by = movedBy(name, height);
  if (by !== undefined) return step(withTopLayer(state, scrolled(plan, by, height)));
  switch (name) {
    case 'left':
    case 'escape':
    case 'q':
    case 'n':
      return step(withNotice(popLayer(state), 'Nothing was done.'));
    case 'y':
    case 'enter':
      return plan.deletes === undefined ? carryOut(state, plan) : step(state);
    case 'D':
      return plan.deletes === undefined ? step(state) : carryOut(state, plan);
    case 'f':
      return choose(state, plan, ({ files, conversation }) => ({ files: !files, conversation }));
    case 'c':
      return choose(state, plan, ({ files, conversation }) => ({
        files,
        conversation: !conversation,
      }));
    default:
      return step(state);
  }
}

function carryOut(state: BrowserState, { carriesOut, deletes }: PlanView): Step {
  if (carriesOut === undefined) return step(state);
  const agreed = deletes?.deleted ?? 0;
  const effect = 'agreed' in carriesOut ? { ...carriesOut, agreed } : carriesOut;
  return step(busy(state, 'Working'), effect);
}

/** Which halves go back is part of the plan, so another choice is another plan. */
function choose(
  state: BrowserState,
  plan: PlanView,
  change: (part: RestorePart) => RestorePart,
): Step {
  if (plan.restore === undefined || plan.isLoading) return step(state);
  const { listed, checkpoint } = plan.restore;
  const part = change(plan.restore.part);
  if (!part.files && !part.conversation) {
    return step(withNotice(state, 'One of the two has to go back.'));
  }
  const ticket = state.nextTicket;
  const restore = { ...plan.restore, part };
  const waiting = {
    ...plan,
    restore,
    ticket,
    isLoading: true,
    carriesOut: undefined,
    deletes: undefined,
  };
  return step(withTopLayer({ ...state, nextTicket: ticket + 1, notice: undefined }, waiting), {
    do: 'plan-restore',
    listed,
    checkpoint: checkpoint.id,
    part,
    ticket,
  });
}
