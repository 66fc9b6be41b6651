// gsess continue: goes on with the session that something last happened in.

import { GsessError } from '../../errors.ts';
import { latestOf } from '../../session/reference.ts';
import type { SessionSummary } from '../../session/session-summary.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { resumeInAgent } from '../resume-in-agent.ts';
import { openWorkspace, type Workspace } from '../workspace.ts';

export const continueCommand = defineCommand({
  name: 'continue',
  summary: 'go on with the latest session',
  details: `Takes the session of this project in which something was last said, leaving out those whose agent is
    running and those in which nothing was said, and brings it back as 'gsess resume' does.`,
  options: {
    print: { type: 'boolean', alias: 'p', description: 'print the command instead of running it' },
  },
  examples: [
    { command: 'gsess continue', description: 'go on where you stopped' },
    { command: 'gsess continue --print', description: 'print what does that' },
  ],
  run: async (context, { print }) => {
    const workspace = await openWorkspace(context);
    const { id: session } = latestSession(context, workspace);
    await resumeInAgent(context, workspace, { session, print });
  },
});

/** The session to go on with where none is named; throws `not-found`. */
export function latestSession(context: Context, workspace: Workspace): SessionSummary {
  if (context.sessionReference !== undefined) return workspace.current({ changes: true });
  const [latest] = latestOf(workspace.store.sessions());
  if (latest !== undefined) return latest;
  throw new GsessError('not-found', 'No session to go on with in this project', {
    hint: `Sessions that are live or in which nothing was said are left out; 'gsess list' shows all.`,
  });
}
