// gsess current: the session that is meant where none is named.

import { defineCommand } from '../command.ts';
import { resumeLine } from '../exit-hint.ts';
import { openPlace } from '../workspace.ts';

export const current = defineCommand({
  name: 'current',
  summary: 'print the id of the current session',
  details: `The current session is the one --session or GSESS_SESSION names; else the one whose agent started this
    command; else the newest one of these files, one whose agent is running first. Where there is
    none, nothing is printed and the exit status is 3.`,
  examples: [
    { command: 'gsess current', description: 'print the id' },
    { command: 'gsess show "$(gsess current)"', description: 'show the session' },
  ],
  slash: {},
  run: async (context) => {
    const { store, current: find } = openPlace(context);
    const { id, name, title, agent, nativeIds, root, live } = find({ changes: false });
    const nativeId = nativeIds[0] ?? null;
    const resume = resumeLine({ id, name }, store.sessions());
    await context.output.result({ id, name, title, agent, nativeId, root, live, resume }, () => id);
  },
});
