// The keys of the list of sessions. What is no key of its own is typed into the filter.

import { bodyHeight } from './body-height.ts';
import type { BrowserState, SessionList, Step } from './browser-state.ts';
import { step } from './browser-state.ts';
import { filterSessions } from './filter-sessions.ts';
import type { KeyPress } from './key-press.ts';
import { busy, LOOKING, runBinding, withNotice } from './run-binding.ts';
import { clampWindow, movedBy } from './scroll-window.ts';
import { EMPTY_LINE, typedText, typeInto } from './typed-line.ts';

export function pressInList(state: BrowserState, key: KeyPress): Step {
  const { list, bindings } = state;
  const height = bodyHeight(state, 'sessions');
  const by = movedBy(key.name, height);
  if (by !== undefined) {
    const moved = { cursor: clamp(list.cursor + by, list.shown.length), top: list.top };
    return step(withList(state, { ...list, ...moved }));
  }
  switch (key.name) {
    case 'escape':
      return typedText(list.filter) === ''
        ? step({ ...state, outcome: { kind: 'quit' } })
        : step(filtered(state, { ...list, filter: EMPTY_LINE }));
    case 'ctrl+a': {
      const scope = list.scope === 'all' ? 'project' : 'all';
      return step(busy(state, LOOKING), { do: 'list', scope });
    }
    case 'ctrl+l':
      return step(busy(state, LOOKING), { do: 'list', scope: list.scope });
    case 'ctrl+b':
      return state.branch === undefined
        ? step(withNotice(state, 'This directory is on no git branch.'))
        : step(filtered(state, { ...list, onlyBranch: !list.onlyBranch }));
    case 'ctrl+t':
      return step(filtered(state, { ...list, onlyTagged: !list.onlyTagged }));
    default:
  }
  const binding = bindings.find(
    ({ view, key: bound }) => view === 'sessions' && bound === key.name,
  );
  if (binding !== undefined) {
    const listed = list.shown[list.cursor];
    return runBinding(state, binding, listed && { listed, checkpoint: undefined });
  }
  const isOfLine = ['left', 'right', 'tab', 'enter'].includes(key.name);
  const filter = isOfLine ? list.filter : typeInto(list.filter, key);
  return step(filter === list.filter ? state : filtered(state, { ...list, filter }));
}

function filtered(state: BrowserState, list: SessionList): BrowserState {
  const chosen = filterSessions(list, state, { keepsCursor: false });
  return withList({ ...state, notice: undefined }, chosen);
}

/** The state with this list, its window over the cursor. */
export function withList(state: BrowserState, list: SessionList): BrowserState {
  const height = bodyHeight(state, 'sessions');
  return {
    ...state,
    list: { ...list, ...clampWindow(list, { count: list.shown.length, height }) },
  };
}

function clamp(cursor: number, count: number): number {
  return Math.max(0, Math.min(cursor, count - 1));
}
