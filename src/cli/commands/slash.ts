// gsess slash: runs a slash command, as it is typed inside an agent.

import { GsessError } from '../../errors.ts';
import { type Command, defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { runSlashCommand, type SlashResult } from '../run-slash-command.ts';

/** The command that runs these commands by what they are called inside an agent. */
export function slash(commands: () => readonly Command[]): Command {
  return defineCommand({
    name: 'slash',
    summary: 'run a slash command, as inside an agent',
    details: `Takes what follows the prompt of an agent: '/chat save x', '/resume last', '/rename a better name'. '/help'
      lists what there is. Sessions and checkpoints are named as everywhere, and words with blanks in them
      go between quotes; what follows '/rename' is the name, whatever is in it.

      A session is not brought back by it: what does that is printed. Where a question would be asked and
      nobody can answer, nothing is done, and the answer that says yes is shown: '--yes' or '--force' at the
      end of the line. To leave a conversation that is going on for another session takes such a yes.

      'gsess connect' puts these commands into agents that have commands of their own; there they are called
      '/gsess:chat' and so on.`,
    positionals: {
      line: {
        description: 'the command',
        required: true,
        variadic: true,
        completes: 'slash-command',
      },
    },
    examples: [
      { command: "gsess slash '/chat save before'", description: 'tag the conversation' },
      { command: "gsess slash '/restore'", description: 'list what can be gone back to' },
      { command: "gsess slash '/help'", description: 'list the slash commands' },
    ],
    run: (context, { line }) => answer(context, line.join(' '), commands()),
  });
}

/** Runs the line, and again with each yes that a person gives. */
async function answer(context: Context, line: string, commands: readonly Command[]): Promise<void> {
  const { output } = context;
  const result = await runSlashCommand(line, {
    commands,
    isReplaced: true,
    mayErase: true,
    contextOf: (other, session) => context.aside(other, session),
  });
  for (const note of result.notes) output.note(note);
  for (const warning of result.warnings) output.warn(warning);
  if (result.kind === 'failed') throw result.error;
  if (result.kind !== 'confirm') {
    context.exitStatus = result.exitStatus;
    return await output.result(slashJson(result), () => result.text);
  }
  if (!context.isInteractive) throw unanswered(result);
  if (await context.confirm(result.question)) return await answer(context, result.yes, commands);
  output.note('Nothing was done.');
  context.exitStatus = 1;
}

function unanswered({ error, yes }: Extract<SlashResult, { kind: 'confirm' }>): GsessError {
  return new GsessError('confirmation-needed', error.message, {
    hint: `Say '${yes}' to answer beforehand.`,
    data: { ...error.data, yes },
    cause: error,
  });
}

/** Notes and warnings are told like those of every command, and the exit status is its own. */
function slashJson(result: SlashResult): object {
  const { notes: _notes, warnings: _warnings, exitStatus: _status, text, data, ...next } = result;
  return { ...next, text, data };
}
