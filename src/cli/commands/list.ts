// gsess list: the sessions of this project, newest first. The number in front is a reference too.

import { locateProject } from '../../session/project.ts';
import { shortSessionId } from '../../session/session-id.ts';
import type { SessionSummary } from '../../session/session-summary.ts';
import { openStoreOf } from '../../session/store.ts';
import { ageText } from '../../ui/human-units.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { refuseLostStore } from '../lost-store.ts';
import { sessionJson } from '../session-json.ts';
import { renderTable } from '../table.ts';

export const list = defineCommand({
  name: 'list',
  summary: 'list the sessions of this project, newest first',
  details: `Each session is shown with its number, its name or last prompt, how many turns it has,
    when something last happened in it, its agent, the git branch it was on, and the beginning of
    its id. Number, name and id can be given wherever a session is asked for.

    A star marks a session whose agent is running now. 'gsess ls' and 'gsess sessions list' do the same.`,
  options: {
    limit: { type: 'number', alias: 'n', placeholder: 'N', description: 'only the newest N' },
  },
  examples: [
    { command: 'gsess list', description: 'list all sessions' },
    { command: 'gsess list -n 1 --json', description: 'the newest one, for a program' },
  ],
  slash: {},
  run: async (context, { limit }) => {
    const { surroundings, output, cwd } = context;
    const project = locateProject(cwd, surroundings);
    const store = openStoreOf(project, surroundings);
    if (store === undefined) refuseLostStore(project, surroundings);
    const isFew = limit !== undefined && limit > 0;
    const sessions = (isFew ? store?.newestSessions(limit) : store?.sessions()) ?? [];
    for (const [ref, reason] of store?.damage ?? []) {
      output.warn(`'${ref}' cannot be read: ${reason}; 'gsess doctor' tells more`);
    }
    if (sessions.length === 0 && !output.json) output.note('No sessions in this project yet.');
    const shown = sessions.slice(0, limit);
    await output.result(shown.map(sessionJson), () =>
      shown.length === 0 ? '' : sessionTable(shown, context),
    );
  },
});

function sessionTable(sessions: readonly SessionSummary[], { output, surroundings }: Context) {
  const { paint, columns } = output;
  const now = surroundings.now();
  return renderTable(
    [
      { heading: '#', align: 'right' },
      { heading: '', paint: paint.good },
      { heading: 'SESSION', isFlexible: true, paint: paint.strong },
      { heading: 'TURNS', align: 'right' },
      { heading: 'UPDATED' },
      { heading: 'AGENT' },
      { heading: 'BRANCH' },
      { heading: 'ID', paint: paint.faint },
    ],
    sessions.map((session, index) => [
      String(index + 1),
      session.live ? '*' : '',
      session.name ?? session.title,
      String(session.turns),
      ageText(Date.parse(session.updatedAt), now),
      session.agent,
      session.branch ?? '',
      shortSessionId(session.id),
    ]),
    columns,
  );
}
