// gsess hook: what an agent runs at each of its events. Loaded without parser and schemas, because its time is the user's.

import { defineCommand } from '../command.ts';

export const hook = defineCommand({
  name: 'hook',
  summary: 'take down an event of an agent, read from the standard input',
  hidden: true,
  rest: { after: 'verb', placeholder: 'WORD', description: 'agent and event' },
  run: async (context, { rest }) => {
    context.exitStatus = await runHook(rest);
  },
});

/** Resolves to the exit status, which is never 2: to agents that means "stop". */
export async function runHook(_words: readonly string[]): Promise<number> {
  return 0;
}
