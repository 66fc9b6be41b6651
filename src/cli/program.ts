// One run of gsess, from the words on the command line to the exit status. Only here errors are printed and become a status.

import process from 'node:process';
import { GsessError } from '../errors.ts';
import type { Command } from './command.ts';
import { type CommandLine, hasFlag, splitCommandLine } from './command-line.ts';
import { commandsFor } from './commands-for.ts';
import { createContext } from './context.ts';
import { reportError } from './error-report.ts';
import { INTERRUPTED_STATUS } from './exit-status.ts';
import type { Output } from './output.ts';
import { parseCommandLine } from './parser.ts';
import { createProcessOutput } from './process-output.ts';
import { expandStartingFlags } from './starting-flags.ts';
import { packageVersion } from './version.ts';

/** Runs the command that the words name; resolves to the exit status and never rejects. */
export async function runProgram(given: readonly string[]): Promise<number> {
  const words = expanded(given);
  const line = splitCommandLine(words instanceof GsessError ? given : words);
  const commands = await commandsFor(line);
  const output = createProcessOutput({
    json: hasFlag('--json', line, commands),
    isColoured: !hasFlag('--no-color', line, commands),
  });
  endOnInterrupt(output);
  try {
    if (words instanceof GsessError) throw words;
    const status = await runWords(words, { line, commands, output });
    output.endProgress();
    if (output.writeError !== undefined) throw output.writeError;
    return status;
  } catch (error) {
    return await reportError(error, output, process.env['GSESS_DEBUG'] !== undefined);
  }
}

/** An error is told as JSON where that is wanted, so it waits until that is known. */
function expanded(words: readonly string[]): readonly string[] | GsessError {
  try {
    return expandStartingFlags(words);
  } catch (error) {
    if (error instanceof GsessError) return error;
    throw error;
  }
}

async function runWords(
  words: readonly string[],
  run: {
    readonly line: CommandLine;
    readonly commands: readonly Command[];
    readonly output: Output;
  },
): Promise<number> {
  const { line, commands, output } = run;
  if (line.before.some((word) => word === '--version' || word === '-v')) {
    const version = packageVersion();
    await output.result({ version }, () => version);
    return 0;
  }
  const { command, args, session, wantsHelp } = parseCommandLine(words, commands);
  if (wantsHelp) {
    const { commandHelp } = await import('./help.ts');
    const { describeCommand } = await import('./commands/help.ts');
    await output.result(describeCommand(command), () => commandHelp(command));
    return 0;
  }
  const context = createContext({
    output,
    session,
    openBrowser: async (own) => (await import('./browser/open-browser.ts')).openBrowser(own),
  });
  // Nothing was asked for but gsess itself.
  const browse = line.verb === undefined ? context.browse : undefined;
  if (browse === undefined || !(await browse())) await command.run(context, args as never);
  return context.exitStatus;
}

/** A signal is sudden death: what was begun is finished or taken back by the next command, as after a crash. */
function endOnInterrupt(output: Output): void {
  process.once('SIGINT', () => {
    output.endProgress();
    process.exit(INTERRUPTED_STATUS);
  });
}
