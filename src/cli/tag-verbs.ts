// What `gsess tag` and `gsess chat` have in common: giving a checkpoint a name, taking it away, listing them. A name that is there
// already, and one that is to go, take a yes.

import { shortSessionId } from '../session/session-id.ts';
import { createTag, deleteTag, findTag, listTags, type TagSummary } from '../session/tag.ts';
import { ageText } from '../ui/human-units.ts';
import { sayChosen } from './chosen-session.ts';
import type { Context } from './context.ts';
import { renderTable } from './table.ts';
import type { Moment, Place } from './workspace.ts';

const ID_LENGTH = 10;

/** Names the moment; one that is named so already is asked about unless `force` says to move the name. */
export async function giveTag(
  context: Context,
  { store, root }: Place,
  {
    name,
    moment,
    force,
  }: { readonly name: string; readonly moment: Moment; readonly force: boolean },
): Promise<void> {
  const taken = findTag(store, name);
  sayChosen(context, moment.session);
  if (taken !== undefined && taken.checkpoint !== moment.checkpoint.id && !force) {
    const question = `'${taken.name}' names ${shortOf(taken)} already; shall it name ${shortOf({ checkpoint: moment.checkpoint.id })}?`;
    if (!(await agrees(context, question))) return;
  }
  const given = await createTag(store, {
    name,
    checkpoint: moment.checkpoint.id,
    session: moment.session.id,
    root,
    replaces: taken?.object,
  });
  await context.output.result(
    tagJson(given),
    () => `'${given.name}' is ${shortOf(given)}, ${momentText(moment)}`,
  );
}

/** Takes the name away, with a yes. What it names stays. */
export async function removeTag(
  context: Context,
  { store, root }: Place,
  { name, force }: { readonly name: string; readonly force: boolean },
): Promise<void> {
  const tag = findTag(store, name);
  if (tag !== undefined && !force && !(await agrees(context, `Remove the tag '${tag.name}'?`)))
    return;
  const gone = await deleteTag(store, { name, root });
  await context.output.result(
    tagJson(gone),
    () => `'${gone.name}' was ${shortOf(gone)}; 'gsess undo' brings it back`,
  );
}

/** The tags of the project, by name, with when they were given. */
export async function tellTags(
  { output, surroundings }: Context,
  store: Place['store'] | undefined,
): Promise<void> {
  const tags = store === undefined ? [] : listTags(store);
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
        (session !== undefined && store?.summary(session)?.title) ||
          (session === null || session === undefined ? '' : shortSessionId(session)),
        checkpoint.slice(0, ID_LENGTH),
      ]),
      output.columns,
    );
  await output.result(tags.map(tagJson), () => (tags.length === 0 ? '' : table()));
}

/** What is no moment of its own is known by the turn it is in. */
function momentText({ checkpoint: { kind, subject, turn } }: Moment): string {
  return kind === 'manual' && turn > 0 ? `in turn ${turn}` : subject;
}

async function agrees(context: Context, question: string): Promise<boolean> {
  if (await context.confirm(question, '--force')) return true;
  context.output.note('Nothing was done.');
  context.exitStatus = 1;
  return false;
}

function shortOf({ checkpoint }: Pick<TagSummary, 'checkpoint'>): string {
  return checkpoint.slice(0, ID_LENGTH);
}

function tagJson({ name, checkpoint, session, turn, at }: TagSummary) {
  return { name, checkpoint, session: session ?? null, turn, at };
}
