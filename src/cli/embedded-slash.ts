// Runs a slash command inside an agent that has gsess as its session layer. Nothing is read from the process here: what the command is
// given is what the agent opened its store with. The agent takes sessions up itself.

import { GsessError } from '../errors.ts';
import { createProcessTable } from '../machine/process-table.ts';
import type { Surroundings } from '../session/surroundings.ts';
import type { Command } from './command.ts';
import { COMMANDS } from './commands.ts';
import type { Context } from './context.ts';
import { readEnvironment } from './environment.ts';
import { confirmationNeeded } from './next-step.ts';
import type { Output } from './output.ts';
import { runSlashCommand, type SlashResult, slashText } from './run-slash-command.ts';

export interface EmbeddingAgent {
  readonly surroundings: Surroundings;
  readonly directory: string;
  /** The session that is open. */
  readonly session: string | undefined;
  /** The latest, where there is no reference. */
  takeUp(
    reference: string | undefined,
    how: { readonly fork: boolean },
  ): Promise<{ readonly id: string; readonly title: string; readonly turns: number }>;
}

/** The result, and all of it that the user should see. */
export async function runEmbeddedSlash(
  line: string,
  agent: EmbeddingAgent,
): Promise<{ readonly result: SlashResult; readonly text: string }> {
  const result = await runSlashCommand(line, {
    commands: COMMANDS.map((command) => takenUpBy(agent, command)),
    isReplaced: true,
    mayErase: false,
    contextOf: (output, session) => contextOf(agent, output, session),
  });
  return { result, text: slashText(result) };
}

/** The flags of a command that takes a session up which say nothing to an agent that does it itself. */
const UNDERSTOOD = ['ref', 'fork', 'yes', 'rest'];

function takenUpBy(agent: EmbeddingAgent, command: Command): Command {
  if (command.name !== 'resume' && command.name !== 'continue') return command;
  return {
    ...command,
    run: async ({ output }: Context, args: Readonly<Record<string, unknown>>) => {
      const other = Object.entries(args).find(
        ([name, value]) => !UNDERSTOOD.includes(name) && value !== undefined && value !== false,
      );
      if (other !== undefined) throw new GsessError('usage', `'--${other[0]}' is not known here`);
      const { ref, fork } = args;
      const reference = typeof ref === 'string' ? ref : undefined;
      const { id, title, turns } = await agent.takeUp(reference, { fork: fork === true });
      await output.result(
        { session: id, title, turns },
        () => `In '${title}', after ${turns} turns`,
      );
    },
  };
}

function contextOf(agent: EmbeddingAgent, output: Output, session: string | undefined): Context {
  const { directory, surroundings, session: open } = agent;
  const { dataDirectory } = surroundings;
  const environment = readEnvironment({ HOME: surroundings.home });
  return {
    surroundings: { ...surroundings, onWarning: (text) => output.warn(text) },
    processes: createProcessTable(),
    directories: {
      data: dataDirectory,
      platformData: dataDirectory,
      config: dataDirectory,
      settingsFile: `${dataDirectory}/config.json`,
    },
    failureDirectory: dataDirectory,
    cwd: directory,
    environment,
    inherited: {},
    output,
    sessionReference: session ?? open,
    isInteractive: false,
    isOwnSession: true,
    exitStatus: 0,
    next: undefined,
    confirm: (question, yes = '--yes') => Promise.reject(confirmationNeeded(question, yes)),
    aside: (other, another) => contextOf(agent, other, another ?? session),
    readInput: () => Promise.reject(new GsessError('guard', 'There is no standard input here')),
  };
}
