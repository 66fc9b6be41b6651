// gsess redo: puts again what undo took back.

import { defineCommand } from '../command.ts';
import { TAKE_BACK_OPTIONS, takeBack } from '../take-back.ts';

export const redo = defineCommand({
  name: 'redo',
  summary: 'do again what undo took back',
  details: `Works as long as nothing new was asked for since the undo. Files that changed since are left alone
    and listed, as with 'gsess undo'. To delete many files needs a yes of its own.`,
  options: TAKE_BACK_OPTIONS,
  examples: [{ command: 'gsess redo', description: 'do again what was taken back last' }],
  slash: {},
  keys: [
    { view: 'sessions', key: 'ctrl+y', label: 'redo' },
    { view: 'moments', key: 'ctrl+y', label: 'redo' },
  ],
  run: (context, options) => takeBack(context, 'redo', options),
});
