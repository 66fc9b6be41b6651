// The keys of a text that is scrolled through, and of a difference: what it is compared with can be chosen there.

import { bodyHeight } from './body-height.ts';
import type { Against } from './browser-effect.ts';
import {
  type BrowserState,
  type Pager,
  popLayer,
  type Step,
  step,
  withTopLayer,
} from './browser-state.ts';
import type { KeyPress } from './key-press.ts';
import { openDiff, withNotice } from './run-binding.ts';
import { movedBy } from './scroll-window.ts';

export function pressInPager(state: BrowserState, pager: Pager, key: KeyPress): Step {
  const height = bodyHeight(state, 'pager');
  const by = movedBy(key.name, height);
  if (by !== undefined) return step(withTopLayer(state, scrolled(pager, by, height)));
  switch (key.name) {
    case 'left':
    case 'escape':
    case 'q':
      return step(popLayer(state));
    case 'space':
      return step(withTopLayer(state, scrolled(pager, height - 1, height)));
    default:
      return pager.diff === undefined ? step(state) : pressInDiff(state, pager.diff, key);
  }
}

function pressInDiff(
  state: BrowserState,
  diff: NonNullable<Pager['diff']>,
  { name }: KeyPress,
): Step {
  const against: Record<string, Against | undefined> = {
    b: 'before',
    n: 'now',
    m: diff.marked?.id,
  };
  if (!(name in against)) return step(state);
  const chosen = against[name];
  if (chosen === undefined) {
    return step(withNotice(state, 'No moment is marked: m marks one in the list of moments.'));
  }
  return chosen === diff.against ? step(state) : openDiff(popLayer(state), diff, chosen);
}

/** Any text that is scrolled, moved by so many lines. */
export function scrolled<T extends { readonly lines: readonly string[]; readonly top: number }>(
  text: T,
  by: number,
  height: number,
): T {
  const lowest = Math.max(0, text.lines.length - height);
  return { ...text, top: Math.max(0, Math.min(text.top + by, lowest)) };
}
