// The page that `?` shows: which key does what, the commands' keys as the table of commands has them.

import type { Binding } from './browser-state.ts';
import { keyLabel } from './key-press.ts';
import { padText } from './text-width.ts';

type Row = readonly [keys: string, what: string];

const LIST: readonly Row[] = [
  ['any letter', 'filter by title; Esc clears it'],
  ['ctrl+a', 'sessions of all projects, or of this one'],
  ['ctrl+b', 'only sessions of this git branch'],
  ['ctrl+t', 'only sessions with tags'],
  ['ctrl+l', 'look again what there is'],
];
const MOMENTS: readonly Row[] = [['m', 'mark this moment, to compare others with it']];
const DIFFERENCE: readonly Row[] = [
  ['b', 'against the moment before'],
  ['n', 'against the files as they are now'],
  ['m', 'against the marked moment'],
];
const EVERYWHERE: readonly Row[] = [
  ['↑ ↓', 'one row; page up, page down, home and end go further'],
  ['/', 'a command line; Tab completes it'],
  ['?', 'these keys'],
  ['← Esc', 'back to where you came from'],
  ['ctrl+c', 'leave'],
];
const SIGNS: readonly Row[] = [
  ['*', 'its agent is running'],
  ['!', 'its last turn was interrupted'],
  ['Y', 'it was forked from another session'],
  ['●', 'sessions on this line were forked from it'],
];
const KEY_WIDTH = 12;

export function keysText(bindings: readonly Binding[]): string[] {
  const of = (view: Binding['view']) =>
    bindings
      .filter((binding) => binding.view === view)
      .map((binding): Row => [keyLabel(binding.key), binding.label]);
  return [
    ...part('In the list of sessions', [...of('sessions'), ...LIST]),
    ...part('In the moments of a session', [...of('moments'), ...MOMENTS]),
    ...part('In a difference', DIFFERENCE),
    ...part('Everywhere', EVERYWHERE),
    ...part('Signs', SIGNS),
  ];
}

function part(title: string, rows: readonly Row[]): string[] {
  return [title, ...rows.map(([keys, what]) => `  ${padText(keys, KEY_WIDTH)}${what}`), ''];
}
