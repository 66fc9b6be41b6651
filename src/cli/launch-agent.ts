// Starts an agent on the user's terminal, and waits for it. Its exit status becomes ours.

import type { ResumeCommand } from '../agents/agent.ts';
import { shellLine, shellQuote } from '../agents/shell-line.ts';
import { GsessError, isSystemError } from '../errors.ts';
import { safeText } from '../ui/safe-text.ts';
import type { Context } from './context.ts';
import { findProgram, withoutHome } from './find-program.ts';
import { runForeground } from './foreground.ts';
import type { Workspace } from './workspace.ts';

/** The agent is looked up as a shell would, but a program of the project's own is not taken for it. Throws `agent-unavailable`. */
export async function launchAgent(
  context: Context,
  { project, root }: Workspace,
  command: ResumeCommand & { readonly environment: Context['inherited'] },
): Promise<void> {
  const { inherited } = context;
  const line = shellLine(command);
  const ready = safeText(line) === line ? line : command.argv.map(shellQuote).join(' ');
  const projects = withoutHome([project.path, root], context.surroundings.home);
  for (const [name = '', ...args] of [...command.before, command.argv]) {
    const missing = (cause?: unknown) =>
      new GsessError('agent-unavailable', `Cannot start '${name}'`, {
        hint: `Install it or mend PATH; everything is ready for: ${ready}`,
        cause,
      });
    const program = findProgram(name, inherited['PATH'], projects);
    if (program === undefined) throw missing();
    try {
      context.exitStatus = await runForeground(program, args, {
        cwd: command.cwd,
        environment: command.environment,
      });
    } catch (cause) {
      if (!isSystemError(cause, 'ENOENT', 'EACCES')) throw cause;
      throw missing(cause);
    }
    if (context.exitStatus !== 0) return;
  }
}
