// gsess rename: gives a session a name that stays.

import { GsessError } from '../../errors.ts';
import { renameSession } from '../../session/rename-session.ts';
import { sayChosen } from '../chosen-session.ts';
import { defineCommand } from '../command.ts';
import { READING_OPTIONS_BESIDE_NAME, readingOf } from '../reading-options.ts';
import { openWorkspace } from '../workspace.ts';

export const rename = defineCommand({
  name: 'rename',
  summary: 'give a session a name',
  details: `With one word the current session is named, with two the one that the first word means. The name
    takes the place of the last prompt wherever sessions are listed, and can be given wherever a
    session is asked for.`,
  positionals: {
    ref: { description: 'the session; left out for the current one', completes: 'session' },
    name: { description: 'the name: 1 to 100 characters, not a number' },
  },
  options: { id: READING_OPTIONS_BESIDE_NAME.id, index: READING_OPTIONS_BESIDE_NAME.index },
  examples: [
    { command: 'gsess rename flags', description: 'name the current session' },
    { command: "gsess rename 2 'flag parser'", description: 'name the second of the list' },
  ],
  slash: { takesRest: true },
  keys: [
    { view: 'sessions', key: 'ctrl+r', label: 'rename' },
    { view: 'moments', key: 'ctrl+r', label: 'rename' },
  ],
  run: async (context, { id, index, ...words }) => {
    const [name, reference] = words.name === undefined ? [words.ref] : [words.name, words.ref];
    if (name === undefined) {
      throw new GsessError('usage', `'gsess rename' needs <name>`, {
        hint: `See 'gsess help rename'.`,
      });
    }
    const { store, root, session: find } = await openWorkspace(context);
    const session = find(reference, { changes: true, reading: readingOf({ id, index }) });
    sayChosen(context, session);
    const given = await renameSession(store, { session, name, root });
    await context.output.result(
      { id: session.id, name: given },
      () => `It is called '${given}' now`,
    );
  },
});
