// gsess rewind: takes the files alone back to where they were when something was said.

import { defineCommand } from '../command.ts';
import { goBack, PLAN_OPTIONS } from '../go-back.ts';
import { READING_OPTIONS } from '../reading-options.ts';
import { openWorkspace } from '../workspace.ts';

export const rewind = defineCommand({
  name: 'rewind',
  summary: 'take the files back to a prompt, and leave the conversation',
  details: `Given the id of a prompt, as the agent knows it, the files go back to what they were when it was given; given any
    other message, to the first checkpoint that knows of it; given a checkpoint, to that. The
    conversation stays where it is.

    It is 'gsess restore --files': the plan is shown and confirmed, the present is kept first, and
    'gsess undo' takes all of it back.`,
  positionals: {
    checkpoint: {
      description: "the id of a message, or a checkpoint, such as '@1'",
      required: true,
      completes: 'checkpoint',
    },
  },
  options: {
    ...READING_OPTIONS,
    ...PLAN_OPTIONS,
  },
  examples: [
    { command: 'gsess rewind @1', description: 'the files as they were at the end of turn 1' },
    { command: 'gsess rewind @1 --dry-run', description: 'show what it would do' },
  ],
  slash: { bare: '/restore --list', needsSnapshots: true },
  run: async (context, { checkpoint: called, ...wishes }) => {
    const workspace = await openWorkspace(context);
    const halves = { files: true, conversation: false, path: [], root: undefined };
    await goBack(context, workspace, { called, wishes: { ...wishes, ...halves } });
  },
});
