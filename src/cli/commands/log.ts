// gsess log: the checkpoints of a session, newest first.

import type { Checkpoint } from '../../session/checkpoint.ts';
import { changesOf, type FileChanges, NO_CHANGES } from '../../session/file-changes.ts';
import type { Store } from '../../session/store.ts';
import { listTags } from '../../session/tag.ts';
import { ageText } from '../../ui/human-units.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { READING_OPTIONS, readingOf } from '../reading-options.ts';
import { momentJson } from '../session-json.ts';
import { renderTable } from '../table.ts';
import { openWorkspace } from '../workspace.ts';

const ID_LENGTH = 8;

export const log = defineCommand({
  name: 'log',
  summary: 'list the checkpoints of a session, newest first',
  details: `Each prompt, each tool call that could change files and each answer of the agent is a checkpoint, and so is
    what people did in between. It is shown with the beginning of its id, its turn, its kind, its
    subject, and how many files were added (+), modified (~) and deleted (-) since the one before.

    The log of a fork goes on with that of the session it was forked from. A checkpoint may be given
    in place of a session: the log then begins there.`,
  positionals: {
    ref: { description: 'the session, or where to begin', completes: 'checkpoint' },
  },
  options: {
    ...READING_OPTIONS,
    turn: { type: 'number', placeholder: 'N', description: 'only the checkpoints of turn N' },
    limit: { type: 'number', alias: 'n', placeholder: 'N', description: 'only the newest N' },
  },
  examples: [
    { command: 'gsess log', description: 'list what happened in the current session' },
    { command: 'gsess log --turn 2', description: 'list what happened in its second turn' },
    { command: 'gsess log 3 -n 1 --json', description: 'the last checkpoint of the third session' },
  ],
  slash: {},
  keys: [{ view: 'sessions', key: 'right', label: 'moments' }],
  run: async (context, { ref, turn, limit, ...flags }) => {
    const workspace = await openWorkspace(context);
    const { store } = workspace;
    const { checkpoint: from } = workspace.subject(ref, {
      changes: false,
      reading: readingOf(flags),
    });
    const moments = momentsFrom(store, from, { turn, limit });
    const value = () => moments.map((moment) => momentJson(moment, changesOf(store, moment)));
    await context.output.result(context.output.json ? value() : undefined, () =>
      moments.length === 0 ? '' : momentTable(store, moments, context),
    );
  },
});

function momentsFrom(
  store: Store,
  from: Checkpoint,
  { turn, limit }: { readonly turn: number | undefined; readonly limit: number | undefined },
): Checkpoint[] {
  const moments: Checkpoint[] = [];
  for (const checkpoint of store.history(from.id)) {
    if (moments.length === limit) break;
    if (turn === undefined || checkpoint.turn === turn) moments.push(checkpoint);
  }
  return moments;
}

function momentTable(store: Store, moments: readonly Checkpoint[], context: Context): string {
  const { output, surroundings } = context;
  const { paint, columns } = output;
  const now = surroundings.now();
  const tags = listTags(store);
  const tagsOf = ({ id }: Checkpoint) =>
    tags.filter((tag) => tag.checkpoint === id).map((tag) => tag.name);
  return renderTable(
    [
      { heading: 'ID', paint: paint.faint },
      { heading: 'TURN', align: 'right' },
      { heading: 'KIND' },
      { heading: 'SUBJECT', isFlexible: true, paint: paint.strong },
      { heading: 'FILES' },
      { heading: 'WHEN' },
      { heading: 'TAGS', paint: paint.accent },
    ],
    moments.map((moment) => [
      moment.id.slice(0, ID_LENGTH),
      String(moment.turn),
      moment.kind,
      subjectText(moment),
      countsText(changesShown(store, moment)),
      ageText(moment.at.getTime(), now),
      tagsOf(moment).join(', '),
    ]),
    columns,
  );
}

/** Kind and turn stand in columns of their own. */
function subjectText({ kind, turn, subject }: Checkpoint): string {
  const prefix = `${kind} ${turn}: `;
  return subject.startsWith(prefix) ? subject.slice(prefix.length) : subject;
}

/** Before the first checkpoint nothing was known of the files, so all of them would be news there. */
function changesShown(store: Store, moment: Checkpoint): FileChanges {
  return moment.parents.length === 0 ? NO_CHANGES : changesOf(store, moment);
}

function countsText({ added, modified, deleted }: FileChanges): string {
  const counts: readonly (readonly [string, number])[] = [
    ['+', added.length],
    ['~', modified.length],
    ['-', deleted.length],
  ];
  return counts.flatMap(([sign, count]) => (count === 0 ? [] : [`${sign}${count}`])).join(' ');
}
