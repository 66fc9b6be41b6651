// One run of gsess, from the words on the command line to the exit status. Only here errors are printed and become a status.

import process from 'node:process';
import { type CommandLine, hasFlag, splitCommandLine } from './command-line.ts';
import { describeCommand } from './commands/help.ts';
import { COMMANDS } from './commands.ts';
import { createContext } from './context.ts';
import { reportError } from './error-report.ts';
import { INTERRUPTED_STATUS } from './exit-status.ts';
import { commandHelp } from './help.ts';
import type { Output } from './output.ts';
import { createProcessOutput } from './process-output.ts';
import { packageVersion } from './version.ts';

/** Runs the command that the words name; resolves to the exit status and never rejects. */
export async function runProgram(words: readonly string[]): Promise<number> {
  const line = splitCommandLine(words);
  const output = createProcessOutput({
    json: hasFlag('--json', line, COMMANDS),
    isColoured: !hasFlag('--no-color', line, COMMANDS),
  });
  endOnInterrupt(output);
  try {
    const status = await runWords(words, line, output);
    output.endProgress();
    if (output.writeError !== undefined) throw output.writeError;
    return status;
  } catch (error) {
    return await reportError(error, output, process.env['GSESS_DEBUG'] !== undefined);
  }
}

async function runWords(
  words: readonly string[],
  line: CommandLine,
  output: Output,
): Promise<number> {
  if (line.before.includes('--version')) {
    const version = packageVersion();
    await output.result({ version }, () => version);
    return 0;
  }
  const { parseCommandLine } = await import('./parser.ts');
  const { command, args, session, wantsHelp } = parseCommandLine(words, COMMANDS);
  if (wantsHelp) {
    await output.result(describeCommand(command), () => commandHelp(command));
    return 0;
  }
  const context = createContext({ output, session });
  await command.run(context, args as never);
  return context.exitStatus;
}

/** A signal is sudden death: what was begun is finished or taken back by the next command, as after a crash. */
function endOnInterrupt(output: Output): void {
  process.once('SIGINT', () => {
    output.endProgress();
    process.exit(INTERRUPTED_STATUS);
  });
}
