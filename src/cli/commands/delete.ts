// gsess delete: takes a session out of the list, into the trash.

import { deleteSession } from '../../session/delete-session.ts';
import { calledOf, sayChosen, shortId } from '../chosen-session.ts';
import { defineCommand } from '../command.ts';
import { readingOf, SESSION_READING_OPTIONS } from '../reading-options.ts';
import { openWorkspace } from '../workspace.ts';

export const deleteCommand = defineCommand({
  name: 'delete',
  summary: 'take a session out of the list',
  details: `The session goes into the trash of the store, from where 'gsess undo' brings it back; nothing is erased.
    Tags in it, the agent's own transcript and the files of the project stay as they are. A session
    whose agent is running is left alone.`,
  positionals: {
    ref: { description: 'the session', required: true, completes: 'session' },
  },
  options: {
    ...SESSION_READING_OPTIONS,
    yes: { type: 'boolean', alias: 'y', description: 'do not ask' },
  },
  examples: [
    { command: 'gsess delete 3', description: 'delete the third of the list' },
    {
      command: 'gsess delete flags --yes',
      description: 'delete one by its name, without a question',
    },
  ],
  run: async (context, { ref: reference, yes, ...flags }) => {
    const { store, root, session: find } = openWorkspace(context);
    const session = find(reference, { changes: true, reading: readingOf(flags) });
    sayChosen(context, session);
    // A live one is refused whatever the answer.
    if (!yes && !session.live) {
      const question = `Delete '${calledOf(session)}' with its ${session.checkpoints} checkpoints?`;
      if (!(await context.confirm(question))) {
        context.output.note('Nothing was done.');
        context.exitStatus = 1;
        return;
      }
    }
    await deleteSession(store, { session, root });
    const { id, name, title, checkpoints } = session;
    await context.output.result(
      { id, name, title, checkpoints },
      () => `Deleted ${shortId(session)}; 'gsess undo' brings it back`,
    );
  },
});
