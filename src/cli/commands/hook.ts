// gsess hook: what agents run at each of their events. `main` goes past this and straight to run-hook.ts; here it is declared for
// help and man page, and loads nothing of it.

import { AGENT_NAMES } from '../../agents/registry.ts';
import { type Command, defineCommand } from '../command.ts';
import { endHook } from '../end-hook.ts';
import { loadHook } from '../load-hook.ts';

/** `commands` are those that a slash command may be. */
export function hook(commands: () => readonly Command[]): Command {
  return defineCommand({
    name: 'hook',
    summary: 'take down an event of an agent, read from the standard input',
    details: `Agents run this; 'gsess connect' tells them to. It succeeds whatever happens, so that it never stands in
    an agent's way; 'gsess status' shows what went wrong. It prints nothing but, where the agent takes it, a
    line at the start of a session that tells of gsess (the setting 'announce' switches it off), and the
    answer to a slash command of gsess.`,
    hidden: true,
    positionals: {
      agent: { description: 'the agent whose event it is', required: true, choices: AGENT_NAMES },
    },
    examples: [
      {
        command: 'gsess hook claude < event.json',
        description: 'take down one event of Claude Code',
      },
    ],
    run: async (context, { agent }) => {
      const { runHook } = await loadHook();
      context.exitStatus = await endHook(await runHook(agent), async (asked) => {
        const { answerPrompt } = await import('../answer-prompt.ts');
        return answerPrompt(asked, commands());
      });
    },
  });
}
