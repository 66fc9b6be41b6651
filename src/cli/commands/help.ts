// gsess help: what there is, or all about one command.

import { type Command, defineCommand } from '../command.ts';
import { findCommand } from '../find-command.ts';
import { commandHelp, overviewHelp } from '../help.ts';

/** The command that explains these commands, and itself. */
export function helpCommand(commands: () => readonly Command[]): Command {
  return defineCommand({
    name: 'help',
    summary: 'explain gsess, or one of its commands',
    positionals: { command: { description: 'the command to explain', completes: 'command' } },
    examples: [
      { command: 'gsess help', description: 'list the commands' },
      { command: 'gsess help list', description: 'explain one of them' },
    ],
    slash: {},
    run: async ({ output }, { command: name }) => {
      if (name === undefined) {
        const shown = commands().filter(({ hidden }) => hidden !== true);
        await output.result(shown.map(describeCommand), () => overviewHelp(commands()));
        return;
      }
      const command = findCommand(name, commands(), 'not-found');
      await output.result(describeCommand(command), () => commandHelp(command));
    },
  });
}

/** The declaration of a command, without what runs it. */
export function describeCommand({ run: _, ...declaration }: Command): Omit<Command, 'run'> {
  return declaration;
}
