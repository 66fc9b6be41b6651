// gsess tag: names for checkpoints.

import { GsessError } from '../../errors.ts';
import type { Reading } from '../../session/reference.ts';
import { createTag, deleteTag, findTag, listTags, type TagSummary } from '../../session/tag.ts';
import { ageText } from '../../ui/human-units.ts';
import { sayChosen } from '../chosen-session.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { READING_OPTIONS_BESIDE_NAME, readingOf } from '../reading-options.ts';
import { renderTable } from '../table.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';

const ID_LENGTH = 10;

export const tag = defineCommand({
  name: 'tag',
  summary: 'give a checkpoint a name, or list the names',
  details: `Tags belong to the project and outlive the session they were given in. Without a checkpoint the
    newest one of the current session is tagged; without a name the tags are listed.`,
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
    force: { type: 'boolean', alias: 'f', description: 'move a tag that exists already' },
  },
  examples: [
    { command: 'gsess tag works', description: 'name the newest checkpoint' },
    { command: "gsess tag 'before the rewrite' @3", description: 'name the end of turn 3' },
    { command: 'gsess tag --delete works', description: 'remove the name again' },
  ],
  run: async (context, { name, checkpoint, list, delete: removed, force, ...flags }) => {
    const isAlone = name === undefined && !force;
    if ((list && removed !== undefined) || ((list || removed !== undefined) && !isAlone)) {
      throw new GsessError('usage', '--list and --delete stand alone', {
        hint: `See 'gsess help tag'.`,
      });
    }
    const workspace = await openWorkspace(context);
    if (removed !== undefined) return await remove(context, workspace, removed);
    if (name === undefined) return await listAll(context, workspace);
    await give(context, workspace, { name, checkpoint, force, reading: readingOf(flags) });
  },
});

async function give(
  context: Context,
  workspace: Workspace,
  wanted: {
    readonly name: string;
    readonly checkpoint: string | undefined;
    readonly force: boolean;
    readonly reading: Reading | undefined;
  },
): Promise<void> {
  const { store, root } = workspace;
  const { reading } = wanted;
  const moment = workspace.checkpoint(wanted.checkpoint, { changes: true, reading });
  sayChosen(context, moment.session);
  const given = await createTag(store, {
    name: wanted.name,
    checkpoint: moment.checkpoint.id,
    session: moment.session.id,
    root,
    replaces: wanted.force ? findTag(store, wanted.name)?.object : undefined,
  });
  await context.output.result(
    tagJson(given),
    () =>
      `'${given.name}' is ${given.checkpoint.slice(0, ID_LENGTH)}, ${moment.checkpoint.subject}`,
  );
}

async function remove(
  { output }: Context,
  { store, root }: Workspace,
  name: string,
): Promise<void> {
  const gone = await deleteTag(store, { name, root });
  await output.result(
    tagJson(gone),
    () => `'${gone.name}' was ${gone.checkpoint.slice(0, ID_LENGTH)}; 'gsess undo' brings it back`,
  );
}

async function listAll({ output, surroundings }: Context, { store }: Workspace): Promise<void> {
  const tags = listTags(store);
  if (tags.length === 0 && !output.json) output.note('No tags in this project yet.');
  const now = surroundings.now();
  const table = () =>
    renderTable(
      [
        { heading: 'TAG', isFlexible: true, paint: output.paint.strong },
        { heading: 'TURN', align: 'right' },
        { heading: 'GIVEN' },
        { heading: 'SESSION' },
        { heading: 'ID', paint: output.paint.faint },
      ],
      tags.map(({ name, turn, at, session, checkpoint }) => [
        name,
        String(turn),
        ageText(Date.parse(at), now),
        (session !== undefined && store.summary(session)?.title) || (session?.slice(0, 8) ?? ''),
        checkpoint.slice(0, ID_LENGTH),
      ]),
      output.columns,
    );
  await output.result(tags.map(tagJson), () => (tags.length === 0 ? '' : table()));
}

function tagJson({ name, checkpoint, session, turn, at }: TagSummary) {
  return { name, checkpoint, session: session ?? null, turn, at };
}
