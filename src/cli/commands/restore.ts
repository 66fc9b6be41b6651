// gsess restore: takes files and conversation back to a checkpoint. The plan is shown before anything is done.

import { GsessError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { goBack, PLAN_OPTIONS } from '../go-back.ts';
import { listCheckpoints } from '../list-checkpoints.ts';
import { READING_OPTIONS } from '../reading-options.ts';
import { offerTurns } from '../restore-turns.ts';
import { openWorkspace } from '../workspace.ts';

export const restore = defineCommand({
  name: 'restore',
  summary: 'take files and conversation back to a checkpoint',
  details: `The plan is shown and confirmed before anything is done, and the present is kept first, so that
    'gsess undo' takes all of it back. Files that are ignored, secret or too large are never touched,
    nor are files that do not differ. If something else is in the way, nothing is done and it is
    listed. Where more than 100 files would be deleted, or more than half of those there are and five
    at least, that is asked by itself, and --yes is no answer to it: --yes=large is.

    The conversation goes back under a new id of the agent's, to be taken up with 'gsess resume'; what
    was said after stays where it is. While the agent is running it goes on where it is, and the
    first thing that is said decides: in the resumed one, the session has gone back; in the running
    one, only the files have.

    With --path only these files go back, and the conversation stays, unless --conversation is given.`,
  positionals: {
    checkpoint: {
      description:
        "what to go back to, such as '@1', the end of turn 1; left out, the turns are listed",
      completes: 'checkpoint',
    },
  },
  options: {
    ...READING_OPTIONS,
    files: { type: 'boolean', description: 'the files alone' },
    conversation: { type: 'boolean', description: 'the conversation alone' },
    path: {
      type: 'array',
      placeholder: 'PATH',
      description: 'only this file or directory',
      completes: 'file',
    },
    root: {
      type: 'string',
      placeholder: 'DIR',
      description: 'write the files there instead of where they were captured',
      completes: 'directory',
    },
    list: { type: 'boolean', alias: 'l', description: 'list what can be gone back to' },
    ...PLAN_OPTIONS,
  },
  examples: [
    { command: 'gsess restore @1', description: 'go back to the end of turn 1' },
    { command: 'gsess restore @3 --files --path src', description: 'only the files below src' },
    { command: 'gsess restore --list', description: 'list what can be gone back to' },
    { command: 'gsess restore works --dry-run', description: 'show what it would do' },
  ],
  slash: { bare: '/restore --list', needsSnapshots: true },
  keys: [{ view: 'moments', key: 'r', label: 'restore' }],
  run: async (context, { checkpoint: called, list, ...wishes }) => {
    if (list && called !== undefined) {
      throw new GsessError('usage', '--list stands alone', { hint: `See 'gsess help restore'.` });
    }
    if (list) return await listCheckpoints(context);
    const workspace = await openWorkspace(context);
    if (called === undefined) return await offerTurns(context, workspace);
    await goBack(context, workspace, { called, wishes });
  },
});
