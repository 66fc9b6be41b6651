// Brings a session back in its agent: started on the terminal, or as a line to paste where there is none, or where the session is of
// another directory. Nobody is taken from one directory to another unasked.

import { realpathSync } from 'node:fs';
import process from 'node:process';
import type { Agent, ResumeCommand } from '../agents/agent.ts';
import { leftInWords } from '../agents/carried-conversation.ts';
import type { ResumeExtras } from '../agents/resume-words.ts';
import { lineFor } from '../agents/shell-line.ts';
import { GsessError } from '../errors.ts';
import type { RestoredState } from '../session/restore-state.ts';
import { type ReadyToResume, resumeSession } from '../session/resume-session.ts';
import type { SessionId } from '../session/session-id.ts';
import type { PendingCall } from '../session/session-record.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { safeLines } from '../ui/safe-text.ts';
import { sayChosen } from './chosen-session.ts';
import { copyToClipboard } from './clipboard.ts';
import type { Context } from './context.ts';
import { exitHint } from './exit-hint.ts';
import { withoutHome } from './find-program.ts';
import type { HandOver } from './hand-over.ts';
import { launchAgent } from './launch-agent.ts';
import { callText, RETRY_OR_SKIP } from './open-call-text.ts';
import { restoredState, type StateWish, stateJson } from './restored-state.ts';
import { type RecordingFlags, recordingOf } from './run-recording.ts';
import { shellAtHand } from './shell-at-hand.ts';
import type { Workspace } from './workspace.ts';

const AS_SET = { 'no-session-persistence': false, checkpointing: false, 'no-checkpointing': false };

export interface Resuming extends StateWish, Partial<Omit<HandOver, 'session'>> {
  readonly print: boolean;
  /** Copies the line to the clipboard where it is one to paste elsewhere. */
  readonly usesClipboard?: boolean;
  /** The session is of another project. */
  readonly isElsewhere?: boolean;
  /** What is recorded of the run, where that is not what the settings say. */
  readonly recording?: RecordingFlags;
}

/** Throws `live` while its agent runs, `not-found` where there is no conversation to go on with. */
export async function resumeInAgent(
  context: Context,
  workspace: Workspace,
  wish: Resuming,
): Promise<void> {
  const { store } = workspace;
  const { left = [] } = wish;
  const session = store.summary(wish.session);
  if (session === undefined)
    throw new GsessError('not-found', `No session '${wish.session}' in this project`);
  sayChosen(context, session);
  const agent = workspace.agent(session.agent);
  const form = workspace.form(session.agent);
  if (agent === undefined || form === undefined) {
    throw new GsessError(
      'agent-unavailable',
      `gsess cannot resume sessions of '${session.agent}'`,
      {
        hint: 'Its own program takes them up.',
      },
    );
  }
  const ready = await resumeSession(store, session.id, form);
  for (const warning of ready.warnings) context.output.warn(warning);
  const { nativeId, cwd, path, call } = ready;
  const state = restoredState(context, workspace, { agent, wish });
  for (const warning of state?.warnings ?? []) context.output.warn(warning);
  const prompt = state === undefined ? wish.prompt : (state.firstInput ?? undefined);
  const extras = extrasFor(context, agent, { ...wish, prompt });
  const command = agent.resume({ nativeId, cwd, path }, extras);
  if (left.length > 0) context.output.note(`Not carried over: ${leftInWords(left)}.`);
  const deferred = state?.state.conversation.deferredCall ?? undefined;
  if (deferred !== undefined) tellDeferred(context, deferred);
  else if (call !== undefined) tellCall(context, call);
  else tellInterruption(context, state);
  const isHere = wish.isElsewhere !== true && isOfRoot(workspace, { session, cwd });
  if (!wish.print && isHere && isOnTerminal(context)) {
    const { environment } = recordingOf(context, wish.recording ?? AS_SET);
    await launchAgent(context, workspace, { ...command, environment });
    tellHint(context, workspace, session.id);
    return;
  }
  context.next = { kind: 'resume', session: session.id, nativeId, call: call ?? null, ...command };
  if (Object.values(wish.recording ?? AS_SET).includes(true)) {
    context.output.warn(
      'What is recorded is settled by whoever starts the agent, not by this line',
    );
  }
  await hand(context, workspace, { session, ready, command, isHere, wish, state });
}

/** What the agent takes of it; what it does not take is told. */
function extrasFor(
  { output }: Context,
  { title, capabilities }: Agent,
  { prompt, model, permissionMode }: Resuming,
): ResumeExtras {
  const given = { prompt, model, permissionMode };
  for (const key of ['prompt', 'model', 'permissionMode'] as const) {
    if (given[key] === undefined || capabilities.resumesWith.includes(key)) continue;
    output.warn(
      `${title} is resumed without '${given[key]}': it takes no ${EXTRA_NAMES[key]} then`,
    );
  }
  return given;
}

const EXTRA_NAMES = {
  prompt: 'prompt',
  model: 'model',
  permissionMode: 'permission mode',
} as const satisfies Readonly<Record<keyof ResumeExtras, string>>;

interface Handed {
  readonly session: SessionSummary;
  readonly ready: ReadyToResume;
  readonly command: ResumeCommand;
  readonly isHere: boolean;
  readonly wish: Resuming;
  readonly state: RestoredState | undefined;
}

/** Prints the command, and puts it where it can be pasted. */
async function hand(context: Context, workspace: Workspace, handed: Handed): Promise<void> {
  const { output } = context;
  const { session, ready, command, isHere, wish, state } = handed;
  const line = lineToPaste(context, command);
  if (!isHere) output.note(`It is of another directory: go there, and on with it, by`);
  const isWanted = !isHere && !wish.print && wish.usesClipboard !== false && isOnTerminal(context);
  const copied = isWanted && line !== undefined && copyLine(context, workspace, line);
  const { nativeId, cwd, written, call, capped } = ready;
  const value = {
    session: session.id,
    nativeId,
    cwd,
    elsewhere: !isHere,
    before: command.before,
    command: command.argv,
    line: line ?? null,
    written: written ?? null,
    call: call ?? null,
    capped: capped ?? null,
    state: state === undefined ? null : stateJson(state),
    from: wish.from ?? null,
    left: wish.left ?? [],
  };
  await output.result(value, () => {
    if (line !== undefined) return line;
    throw new GsessError('guard', `The command cannot be shown as a line for your shell`, {
      hint: `'--json' has it, and the directory: '${command.cwd}'.`,
    });
  });
  if (copied) output.note('(It is in the clipboard.)');
}

/** Only what is shown exactly as it is meant to be run: an escape in place of a character would lead elsewhere. */
function lineToPaste({ environment, inherited }: Context, command: ResumeCommand) {
  const signs = { shell: environment.SHELL, modulePath: inherited['PSModulePath'] };
  const line = lineFor(command, shellAtHand({ platform: process.platform, ...signs }));
  return line !== undefined && safeLines(line) === line ? line : undefined;
}

function copyLine(
  { inherited: variables, surroundings }: Context,
  { project, root }: Workspace,
  line: string,
): boolean {
  const projects = withoutHome([project.path, root], surroundings.home);
  return copyToClipboard(line, { platform: process.platform, variables, projects });
}

function isOnTerminal({ isInteractive, output }: Context): boolean {
  return isInteractive && output.columns !== undefined;
}

/** Someone who sits in one directory is not taken to another unasked. */
function isOfRoot(
  { store, root }: Workspace,
  { session, cwd }: { readonly session: SessionSummary; readonly cwd: string },
): boolean {
  return store.presentRoot(session.root) === root && isWithin(cwd, root);
}

function isWithin(directory: string, root: string): boolean {
  const real = realpathSync(directory);
  return real === root || real.startsWith(root === '/' ? '/' : `${root}/`);
}

/** It may have a name by now. */
function tellHint({ output }: Context, { store }: Workspace, id: SessionId): void {
  const session = store.summary(id);
  if (session === undefined) return;
  for (const line of exitHint(session, store.sessions())) output.note(line);
}

function tellInterruption({ output }: Context, state: RestoredState | undefined): void {
  const kind = state?.state.conversation.interruption.kind;
  if (kind === 'interrupted_turn') output.note('It was cut off in the middle of a turn.');
  if (kind !== 'interrupted_prompt') return;
  output.note(
    state?.firstInput === null
      ? `Its last prompt was not answered; '--resume-interrupted' says it again.`
      : 'Its last prompt was not answered.',
  );
}

/** It will be run by itself, so nobody need ask for it. */
function tellDeferred({ output }: Context, call: PendingCall): void {
  output.note(`It put this call off, and goes on with it: ${callText(call)}`);
}

function tellCall({ output }: Context, call: PendingCall): void {
  output.note(`It was left before this call, whose result is not known: ${callText(call)}`);
  output.note(RETRY_OR_SKIP);
}
