// Brings a session back in its agent: started on the terminal, or as a line to paste where there is none.

import { realpathSync } from 'node:fs';
import type { ResumeCommand } from '../agents/agent.ts';
import { leftInWords } from '../agents/carried-conversation.ts';
import { shellLine, shellQuote } from '../agents/shell-line.ts';
import { GsessError, isSystemError } from '../errors.ts';
import { type ReadyToResume, resumeSession } from '../session/resume-session.ts';
import type { SessionId } from '../session/session-id.ts';
import type { PendingCall } from '../session/session-record.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { oneLine } from '../session/title.ts';
import { safeLines, safeText } from '../ui/safe-text.ts';
import { sayChosen } from './chosen-session.ts';
import type { Context } from './context.ts';
import { findProgram, withoutHome } from './find-program.ts';
import { runForeground } from './foreground.ts';
import type { HandOver } from './hand-over.ts';
import type { Workspace } from './workspace.ts';

const INPUT_LENGTH_MAX = 300;

/** Throws `live` while its agent runs, `not-found` where there is no conversation to go on with. */
export async function resumeInAgent(
  context: Context,
  workspace: Workspace,
  {
    session: id,
    print,
    from,
    left = [],
  }: { readonly session: SessionId; readonly print: boolean } & Partial<Omit<HandOver, 'session'>>,
): Promise<void> {
  const { store } = workspace;
  const session = store.summary(id);
  if (session === undefined)
    throw new GsessError('not-found', `No session '${id}' in this project`);
  sayChosen(context, session);
  const agent = workspace.agent(session.agent);
  const form = workspace.form(session.agent);
  if (agent === undefined || form === undefined) {
    throw new GsessError('agent-unavailable', `gsess cannot resume sessions of '${session.agent}'`);
  }
  const ready = await resumeSession(store, id, form);
  for (const warning of ready.warnings) context.output.warn(warning);
  const { nativeId, cwd, path, call } = ready;
  const command = agent.resume({ nativeId, cwd, path });
  if (left.length > 0) context.output.note(`Not carried over: ${leftInWords(left)}.`);
  if (call !== undefined) tellCall(context, call);
  if (!print && isLaunchable(context, workspace, { session, cwd })) {
    return await launch(context, workspace, command);
  }
  context.next = { kind: 'resume', session: id, nativeId, call: call ?? null, ...command };
  const value = { ...resumeJson(session, ready, command), from: from ?? null, left };
  await context.output.result(value, () => lineToPaste(command));
}

/** Only what is shown exactly as it is meant to be run: an escape in place of a character would lead elsewhere. */
function lineToPaste(command: ResumeCommand): string {
  const line = shellLine(command);
  if (safeLines(line) === line) return line;
  throw new GsessError('guard', `The directory of the session cannot be shown: '${command.cwd}'`, {
    hint: `Its name acts on a terminal; '--json' has the command.`,
  });
}

function resumeJson(
  session: SessionSummary,
  ready: ReadyToResume,
  { before, argv }: ResumeCommand,
) {
  const { nativeId, cwd, written, call } = ready;
  return {
    session: session.id,
    nativeId,
    cwd,
    before,
    command: argv,
    written: written ?? null,
    call: call ?? null,
  };
}

/** Someone who sits in one directory is not taken to another unasked. */
function isLaunchable(
  { isInteractive, output }: Context,
  { store, root }: Workspace,
  { session, cwd }: { readonly session: SessionSummary; readonly cwd: string },
): boolean {
  const isOnTerminal = isInteractive && output.columns !== undefined;
  return isOnTerminal && store.presentRoot(session.root) === root && isWithin(cwd, root);
}

function isWithin(directory: string, root: string): boolean {
  const real = realpathSync(directory);
  return real === root || real.startsWith(root === '/' ? '/' : `${root}/`);
}

/** The agent is looked up as a shell would, but a program of the project's own is not taken for it. */
async function launch(
  context: Context,
  { project, root }: Workspace,
  command: ResumeCommand,
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
        environment: inherited,
      });
    } catch (cause) {
      if (!isSystemError(cause, 'ENOENT', 'EACCES')) throw cause;
      throw missing(cause);
    }
    if (context.exitStatus !== 0) return;
  }
}

/** No agent can be made to propose a call again, so it is left to the user to say what shall become of it. */
function tellCall({ output }: Context, { name, input }: PendingCall): void {
  const words = oneLine(JSON.stringify(input) ?? '', INPUT_LENGTH_MAX);
  output.note(`It was left before this call, whose result is not known: ${name} ${words}`);
  output.note(`Ask for it again to retry it, or say that it shall be skipped.`);
}
