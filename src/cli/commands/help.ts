// gsess help: what there is, or all about one command or topic.

import { GsessError } from '../../errors.ts';
import { type Command, defineCommand } from '../command.ts';
import { findCommand } from '../find-command.ts';
import { commandHelp, overviewHelp, topicHelp } from '../help.ts';
import { HELP_TOPICS, type HelpTopic } from '../help-topics.ts';
import { nearWords } from '../near-words.ts';
import { withOwnName } from '../other-names.ts';

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
      const known = commands();
      if (word === undefined) {
        const shown = known.filter(({ hidden }) => hidden !== true);
        return await output.result(shown.map(describeCommand), () =>
          overviewHelp(known, HELP_TOPICS),
        );
      }
      const topic = HELP_TOPICS.find(({ name }) => name === word);
      const command = commandCalled(word, known, topic);
      const about = topic && topicHelp(topic.summary, await topic.blocks());
      const declared = command === undefined ? {} : describeCommand(command);
      await output.result({ name: word, summary: topic?.summary, ...declared, topic: about }, () =>
        [command && commandHelp(command), about].filter(Boolean).join('\n\n'),
      );
    },
  });
}

/** Undefined for what is a topic alone; throws `not-found` for what is neither. */
function commandCalled(
  word: string,
  commands: readonly Command[],
  topic: HelpTopic | undefined,
): Command | undefined {
  const [own = word] = withOwnName([word]);
  const command = commands.find(({ name }) => name === own);
  if (command !== undefined || topic !== undefined) return command;
  const [near] = nearWords(
    word,
    HELP_TOPICS.map(({ name }) => name),
  );
  if (near === undefined) return findCommand(word, commands, 'not-found');
  throw new GsessError('not-found', `There is no command and no topic '${word}'`, {
    hint: `Did you mean 'gsess help ${near}'?`,
  });
}

/** The declaration of a command, without what runs it. */
export function describeCommand({ run: _, ...declaration }: Command): Omit<Command, 'run'> {
  return declaration;
}
