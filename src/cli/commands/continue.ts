// gsess continue: goes on with the session that something last happened in.

import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { resumeInAgent } from '../resume-in-agent.ts';
import { openWorkspace } from '../workspace.ts';

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
    const { session } = workspace.subject(latestUnlessNamed(context), { changes: true });
    await resumeInAgent(context, workspace, { session: session.id, print });
  },
});

/** What is gone on with where nothing is said: the latest session, unless `--session` says another. */
export function latestUnlessNamed({ sessionReference }: Context): string | undefined {
  return sessionReference === undefined ? 'latest' : undefined;
}
