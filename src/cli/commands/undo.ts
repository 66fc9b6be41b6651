// gsess undo: takes back the last change that a person asked for in this root.

import { defineCommand } from '../command.ts';
import { TAKE_BACK_OPTIONS, takeBack } from '../take-back.ts';

export const undo = defineCommand({
  name: 'undo',
  summary: 'take back the last change',
  details: `Takes back the last restore, fork, rename, tag, delete or import of this directory; again, the one before it.
    What agents do is no such change: 'gsess restore' goes back to before a turn.

    Only files that the change touched are touched, and only where they still are as it left them.
    If others changed one of them since, nothing is done, they are listed, and the exit status is 5;
    --yes takes them too. To delete many files needs a yes of its own, as with 'gsess restore'.`,
  options: TAKE_BACK_OPTIONS,
  examples: [{ command: 'gsess undo', description: 'take back the last change' }],
  slash: {},
  keys: [
    { view: 'sessions', key: 'ctrl+z', label: 'undo' },
    { view: 'moments', key: 'u', label: 'undo' },
  ],
  run: (context, options) => takeBack(context, 'undo', options),
});
