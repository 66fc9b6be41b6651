// gsess continue: goes on with the session that something last happened in.

import { defineCommand } from '../command.ts';
import { goOn } from '../go-on.ts';
import { GOING_ON_OPTIONS, goingOnOf } from '../going-on-options.ts';

export const continueCommand = defineCommand({
  name: 'continue',
  summary: 'go on with the latest session',
  details: `Takes the session of this project in which something was last said, leaving out those whose agent is
    running, those in which nothing was said, those of subagents, and, as long as there is another,
    those that ran without a person; and brings it back as 'gsess resume' does.

    With a reference it is the same as 'gsess resume'.`,
  positionals: {
    ref: { description: 'a session, or one of its checkpoints', completes: 'checkpoint' },
  },
  options: GOING_ON_OPTIONS,
  examples: [
    { command: 'gsess continue', description: 'go on where you stopped' },
    { command: 'gsess continue 2', description: 'go on with the second newest session' },
    { command: 'gsess continue --print', description: 'print what does that' },
  ],
  run: (context, args) => goOn(context, goingOnOf(args)),
});
