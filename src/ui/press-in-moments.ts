// The keys of the moments of one session, and what has to be read for the part of them that is on the screen.

import { bodyHeight } from './body-height.ts';
import type { Effect } from './browser-effect.ts';
import {
  type BrowserState,
  type MomentList,
  popLayer,
  type Step,
  step,
  withTopLayer,
} from './browser-state.ts';
import type { KeyPress } from './key-press.ts';
import { runBinding } from './run-binding.ts';
import { clampWindow, movedBy } from './scroll-window.ts';

/** Read ahead, so that the next key finds them there. */
const AHEAD = 50;
const READ_AT_ONCE = 200;
const READ_TO_END_AT_ONCE = 1000;

export function pressInMoments(state: BrowserState, view: MomentList, key: KeyPress): Step {
  const by = movedBy(key.name, bodyHeight(state, 'moments'));
  if (by !== undefined) {
    const seeksEnd = by === Number.POSITIVE_INFINITY && !view.isWhole;
    const cursor = Math.max(0, Math.min(view.cursor + by, view.moments.length - 1));
    return settleMoments(state, { ...view, cursor, seeksEnd });
  }
  const checkpoint = view.moments[view.cursor];
  switch (key.name) {
    case 'left':
    case 'escape':
    case 'q':
      return step(popLayer(state));
    case 'm': {
      const isMarked = view.marked?.id === checkpoint?.id;
      return step(withTopLayer(state, { ...view, marked: isMarked ? undefined : checkpoint }));
    }
    default:
  }
  const binding = state.bindings.find(
    ({ view: where, key: bound }) => where === 'moments' && bound === key.name,
  );
  if (binding === undefined) return step(state);
  const { listed, marked } = view;
  return runBinding(state, binding, checkpoint && { listed, checkpoint, marked });
}

/** The state with these moments on top, and what is still to be read for what they show. */
export function settleMoments(state: BrowserState, view: MomentList): Step {
  const height = bodyHeight(state, 'moments');
  const settled = { ...view, ...clampWindow(view, { count: view.moments.length, height }) };
  const { moments, listed, top, isWhole, seeksEnd, counts } = settled;
  const effects: Effect[] = [];
  const visible = moments.slice(top, top + height).filter(({ id }) => !counts.has(id));
  if (visible.length > 0) effects.push({ do: 'count', listed, checkpoints: visible });
  const isNearEnd = seeksEnd || top + height + AHEAD > moments.length;
  const last = moments.at(-1);
  const from = last?.parents[0];
  if (!isWhole && isNearEnd && from !== undefined) {
    const count = seeksEnd ? READ_TO_END_AT_ONCE : READ_AT_ONCE;
    effects.push({ do: 'moments', listed, from, count });
  }
  return step(withTopLayer(state, settled), ...effects);
}
