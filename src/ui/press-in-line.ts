// The keys while something is typed at the foot of the screen: a name, a directory, a command.

import type { Answer, Effect } from './browser-effect.ts';
import { type Asking, type BrowserState, type Step, step } from './browser-state.ts';
import type { KeyPress } from './key-press.ts';
import { busy } from './run-binding.ts';
import { EMPTY_LINE, typedText, typeInto } from './typed-line.ts';

export function askForLine(state: BrowserState): Step {
  const asking: Asking = {
    what: 'line',
    label: '/',
    line: EMPTY_LINE,
    listed: undefined,
    checkpoint: undefined,
    candidates: [],
  };
  return step({ ...state, asking, notice: undefined }, { do: 'complete', line: '', fills: false });
}

export function pressInLine(state: BrowserState, asking: Asking, key: KeyPress): Step {
  switch (key.name) {
    case 'escape':
      return step({ ...state, asking: undefined });
    case 'enter':
      return submit(state, asking);
    case 'tab':
      return asking.what === 'line'
        ? step(state, { do: 'complete', line: typedText(asking.line), fills: true })
        : step(state);
    default:
  }
  const line = typeInto(asking.line, key);
  if (line === asking.line) return step(state);
  const typed = { ...state, asking: { ...asking, line } };
  return asking.what === 'line'
    ? step(typed, { do: 'complete', line: typedText(line), fills: false })
    : step(typed);
}

/** The candidates for what is typed; one that was asked for by Tab puts in what all begin with, and a space behind the only one. */
export function takeCandidates(
  state: BrowserState,
  asking: Asking,
  { line, fills, candidates }: Extract<Answer, { type: 'completed' }>,
): Step {
  if (line !== typedText(asking.line)) return step(state);
  const offered = { ...state, asking: { ...asking, candidates } };
  const [first, ...others] = candidates;
  if (!fills || first === undefined) return step(offered);
  const { before, after } = asking.line;
  const typed = /\S*$/.exec(before)?.[0] ?? '';
  const shared = others.reduce((text, { word }) => sharedStart(text, word), first.word);
  if (!shared.startsWith(typed)) return step(offered);
  const end = others.length === 0 ? ' ' : '';
  const filled = {
    before: `${before.slice(0, before.length - typed.length)}${shared}${end}`,
    after,
  };
  return step(
    { ...offered, asking: { ...asking, candidates, line: filled } },
    { do: 'complete', line: typedText(filled), fills: false },
  );
}

function sharedStart(a: string, b: string): string {
  let length = 0;
  while (length < a.length && a[length] === b[length]) length += 1;
  return a.slice(0, length);
}

function submit(state: BrowserState, asking: Asking): Step {
  const text = typedText(asking.line).trim();
  const closed = { ...state, asking: undefined };
  const effect = effectOf(asking, text);
  return effect === undefined ? step(closed) : step(busy(closed, 'Working'), effect);
}

/** Undefined where nothing was typed that could be meant. */
function effectOf({ what, listed, checkpoint }: Asking, text: string): Effect | undefined {
  if (what === 'line') return text === '' ? undefined : { do: 'line', line: text };
  if (listed === undefined || (text === '' && what !== 'fork')) return undefined;
  const moment = { listed, checkpoint: checkpoint ?? listed.session.tip };
  const isSession = checkpoint === undefined;
  switch (what) {
    case 'tag':
      return { do: 'tag', name: text, ...moment };
    case 'rename':
      return { do: 'rename', listed, name: text };
    case 'fork':
      return { do: 'fork', name: text, isSession, ...moment };
    case 'worktree':
      return { do: 'fork', name: '', directory: text, isSession, ...moment };
  }
}
