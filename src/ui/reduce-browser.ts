// The browser, as a function: a state and what happened give the next state and what has to be done for it. Every key is read here,
// and nothing is done here.

import { bodyHeight } from './body-height.ts';
import type { BrowserEvent } from './browser-effect.ts';
import { type BrowserState, type Layer, type Step, step, topLayer } from './browser-state.ts';
import { foldLines } from './fold-text.ts';
import type { KeyPress } from './key-press.ts';
import { askForLine, pressInLine } from './press-in-line.ts';
import { pressInList, withList } from './press-in-list.ts';
import { pressInMoments, settleMoments } from './press-in-moments.ts';
import { pressInPager, scrolled } from './press-in-pager.ts';
import { pressInPlan } from './press-in-plan.ts';
import { runBinding } from './run-binding.ts';
import { takeAnswer } from './take-answer.ts';

const SIZE_MIN = { columns: 10, rows: 5 } as const;

export function reduceBrowser(state: BrowserState, event: BrowserEvent): Step {
  switch (event.type) {
    case 'key':
      return press(state, event.key);
    case 'resized':
      return resized(state, event);
    default:
      return takeAnswer(state, event);
  }
}

function press(state: BrowserState, key: KeyPress): Step {
  // What is under way is brought to its end first, or the next run would have to finish it.
  if (state.busy !== undefined) return step(state);
  if (key.name === 'ctrl+c') return step({ ...state, outcome: { kind: 'quit' } });
  if (state.asking !== undefined) return pressInLine(state, state.asking, key);
  const layer = topLayer(state);
  if (layer?.kind !== 'plan') {
    if (key.name === '/') return askForLine(state);
    if (key.name === '?' && !isKeysPage(layer)) {
      const help = { view: 'sessions', key: '?', command: 'help', label: '' } as const;
      return runBinding(state, help, undefined);
    }
  }
  switch (layer?.kind) {
    case 'moments':
      return pressInMoments(state, layer, key);
    case 'pager':
      return pressInPager(state, layer, key);
    case 'plan':
      return pressInPlan(state, layer, key);
    default:
      return pressInList(state, key);
  }
}

function isKeysPage(layer: Layer | undefined): boolean {
  return layer?.kind === 'pager' && layer.title === 'keys';
}

function resized(
  state: BrowserState,
  size: { readonly columns: number; readonly rows: number },
): Step {
  const columns = Math.max(SIZE_MIN.columns, size.columns);
  const rows = Math.max(SIZE_MIN.rows, size.rows);
  if (columns === state.columns && rows === state.rows) return step(state);
  const layers = state.layers.map((layer): Layer => {
    if (layer.kind === 'moments') return layer;
    const lines = foldLines(layer.text, columns);
    return scrolled({ ...layer, lines }, 0, bodyHeight({ rows }, layer.kind));
  });
  const fitted = withList({ ...state, columns, rows, layers }, state.list);
  const top = topLayer(fitted);
  return top?.kind === 'moments' ? settleMoments(fitted, top) : step(fitted);
}
