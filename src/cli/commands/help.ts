// gsess help: what there is, or all about one command or topic.

import { type Command, defineCommand } from '../command.ts';
import { findCommand } from '../find-command.ts';
import { commandHelp, overviewHelp, topicHelp } from '../help.ts';
import { HELP_TOPICS } from '../help-topics.ts';

/** The command that explains these commands, and itself. */
export function helpCommand(commands: () => readonly Command[]): Command {
  return defineCommand({
    name: 'help',
    summary: 'explain gsess, one of its commands, or a topic',
    details: `Topics are ${HELP_TOPICS.map(({ name }) => `'${name}'`).join(', ')}. What is a command and a topic is explained as both.`,
    positionals: {
      word: { description: 'the command or topic to explain', completes: 'help' },
    },
    examples: [
      { command: 'gsess help', description: 'list the commands' },
      { command: 'gsess help list', description: 'explain one of them' },
      { command: 'gsess help concepts', description: 'explain the words of gsess' },
    ],
    slash: {},
    run: async ({ output }, { word }) => {
      if (word === undefined) {
        const shown = commands().filter(({ hidden }) => hidden !== true);
        const text = () => overviewHelp(commands(), HELP_TOPICS);
        return await output.result(shown.map(describeCommand), text);
      }
      const topic = HELP_TOPICS.find(({ name }) => name === word);
      const isCommand = topic === undefined || commands().some(({ name }) => name === word);
      const command = isCommand ? findCommand(word, commands(), 'not-found') : undefined;
      const explained =
        topic === undefined ? undefined : topicHelp(topic.summary, await topic.blocks());
      await output.result(
        {
          ...(command === undefined
            ? { name: word, summary: topic?.summary }
            : describeCommand(command)),
          ...(explained === undefined ? {} : { topic: explained }),
        },
        () => [...(command ? [commandHelp(command)] : []), explained ?? []].flat().join('\n\n'),
      );
    },
  });
}

/** The declaration of a command, without what runs it. */
export function describeCommand({ run: _, ...declaration }: Command): Omit<Command, 'run'> {
  return declaration;
}
