// gsess tag: names for checkpoints.

import { GsessError } from '../../errors.ts';
import { defineCommand } from '../command.ts';
import { READING_OPTIONS_BESIDE_NAME, readingOf } from '../reading-options.ts';
import { giveTag, removeTag, tellTags } from '../tag-verbs.ts';
import { openWorkspace } from '../workspace.ts';

export const tag = defineCommand({
  name: 'tag',
  summary: 'give a checkpoint a name, or list the names',
  details: `Tags belong to the project and outlive the session they were given in. Without a checkpoint the
    newest one of the current session is tagged; without a name the tags are listed. A name that is
    taken already is moved only with a yes, and one is removed only with a yes; --force is one.`,
  positionals: {
    name: { description: 'the name: 1 to 100 characters, not a number' },
    checkpoint: { description: 'the checkpoint to name', completes: 'checkpoint' },
  },
  options: {
    ...READING_OPTIONS_BESIDE_NAME,
    list: { type: 'boolean', alias: 'l', description: 'list the tags' },
    delete: {
      type: 'string',
      alias: 'd',
      placeholder: 'NAME',
      description: 'remove a tag; what it names stays',
      completes: 'tag',
    },
    force: {
      type: 'boolean',
      alias: 'f',
      description: 'do not ask before a tag is moved or removed',
    },
  },
  examples: [
    { command: 'gsess tag works', description: 'name the newest checkpoint' },
    { command: "gsess tag 'before the rewrite' @3", description: 'name the end of turn 3' },
    { command: 'gsess tag --delete works', description: 'remove the name again' },
  ],
  slash: {},
  keys: [{ view: 'moments', key: 't', label: 'tag' }],
  run: async (context, { name, checkpoint, list, delete: removed, force, ...flags }) => {
    const isAlone = name === undefined && !(list && force);
    if ((list && removed !== undefined) || ((list || removed !== undefined) && !isAlone)) {
      throw new GsessError('usage', '--list and --delete stand alone', {
        hint: `See 'gsess help tag'.`,
      });
    }
    const workspace = await openWorkspace(context);
    if (removed !== undefined) return await removeTag(context, workspace, { name: removed, force });
    if (name === undefined) return await tellTags(context, workspace.store);
    const how = { changes: true, reading: readingOf(flags) };
    const moment = workspace.checkpoint(checkpoint, how);
    await giveTag(context, workspace, { name, moment, force });
  },
});
