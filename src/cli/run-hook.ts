// What an agent runs at each of its events. Loaded without parser and schemas, because its time is the user's. It prints nothing itself
// (what a hook prints goes into the model's context), never exits 2 (that stops the agent), gives up when its time is over, and
// keeps what went wrong for `gsess status`. The two things that may be said come back to the caller: a line of context that tells the
// agent once that gsess is there, and a prompt that is for gsess, which is then no event.

import type { AgentEvent, HookReader } from '../agents/agent.ts';
import { contextReply, type HookReplies } from '../agents/hook-replies.ts';
import { agentEntry } from '../agents/registry.ts';
import { GsessError, messageOf, withSystemFault } from '../errors.ts';
import { type CaptureReport, capture } from '../session/capture.ts';
import { FailureLog } from '../session/failure-log.ts';
import { isGatheringDue, isGcDue } from '../session/gc-due.ts';
import { leaseSession } from '../session/lease-session.ts';
import { captureEventOf } from './capture-event.ts';
import { type Context, createContext } from './context.ts';
import { isDisabled } from './settings-environment.ts';
import { silentOutput } from './silent-output.ts';
import { slashLineIn } from './slash-prompt.ts';

const INPUT_BYTES_MAX = 64 * 1024 * 1024;

export interface HookOutcome {
  /** Never 2: to agents that means "stop". */
  readonly status: number;
  /** What the agent is told, in its own form. */
  readonly reply?: string | undefined;
  /** A slash command that waits for its answer. */
  readonly asked?: AskedCommand;
}

export interface AskedCommand {
  /** `/chat save x`. */
  readonly line: string;
  readonly event: AgentEvent;
}

/** Takes down the event that the standard input holds; never rejects. */
export async function runHook(agent: string): Promise<HookOutcome> {
  const context = createContext({ output: silentOutput() });
  let event: AgentEvent | undefined;
  try {
    const reader = await agentEntry(agent).loadHook();
    event = await readEvent(context, reader);
    if (event === undefined || isDisabled(context.environment)) return { status: 0 };
    const line = commandIn(event, reader);
    if (line !== undefined) return { status: 0, asked: { line, event } };
    if (!context.surroundings.settings.autoSave) return { status: 0 };
    return { status: 0, reply: await take(context, event, reader) };
  } catch (error) {
    if (isDisabled(context.environment)) return { status: 0 };
    return { status: keepFailure(context, { agent, event, error }) };
  }
}

function commandIn({ kind, prompt }: AgentEvent, { replies }: HookReader): string | undefined {
  const isAnswered = kind === 'prompt' && replies.slashPrefix !== null;
  return isAnswered ? slashLineIn(prompt ?? '') : undefined;
}

async function readEvent(context: Context, reader: HookReader): Promise<AgentEvent | undefined> {
  const reading = reader.read(await context.readInput(INPUT_BYTES_MAX));
  if (reading.kind === 'refused') {
    throw new GsessError('usage', `Cannot read the event: ${reading.detail}`);
  }
  return reading.kind === 'event' ? reading.event : undefined;
}

/** Captures the event; resolves to what the agent is told. */
async function take(
  context: Context,
  event: AgentEvent,
  reader: HookReader,
): Promise<string | undefined> {
  const { surroundings } = context;
  const deadline = surroundings.now() + surroundings.settings.limits.hookMs;
  const name = context.environment.GSESS_SESSION_NAME;
  const captured = captureEventOf(event, { deadline, sideFiles: reader.sideFiles, name });
  if (captured === undefined) return undefined;
  const report = await capture(captured, { ...surroundings, leavesGathering: true });
  const agent = context.processes.agentAncestor();
  leaseSession(report, { isEnd: event.kind === 'end', agent });
  for (const message of report.warnings) {
    failureLog(context).add({ ...failureBasis(context, event), code: 'warning', message });
  }
  await tidyUp(context, report, event.kind === 'end' || event.kind === 'turn');
  return surroundings.settings.announce ? announcement(event, report, reader.replies) : undefined;
}

/** Told once in a session, for a model that does not know of gsess denies that there is anything like it. */
function announcement(
  { kind, subagent }: AgentEvent,
  { store, session }: CaptureReport,
  { context, slashPrefix }: HookReplies,
): string | undefined {
  if (context === null || slashPrefix === null || subagent !== undefined) return undefined;
  const isFirst = () => kind === 'prompt' && store.summary(session)?.turns === 1;
  if (context.at === 'start' ? kind !== 'start' : !isFirst()) return undefined;
  const typed = ['help', 'sessions', 'resume', 'chat', 'restore', 'rename'].map(
    (name) => `${slashPrefix}${name}`,
  );
  const text = [
    'gsess keeps this session, its conversation and its files, so that the user can go back in it and resume it.',
    `The user asks for that by typing ${typed.join(', ')} here, or 'gsess help' in a shell.`,
  ].join(' ');
  return contextReply(context.event, text);
}

/** Starts what nobody shall wait for; loaded only where it is due. */
async function tidyUp(context: Context, { store }: CaptureReport, isRest: boolean): Promise<void> {
  if (!store.surroundings.settings.gcAuto || !(isGatheringDue(store) || (isRest && isGcDue(store))))
    return;
  const { startGc } = await import('./start-gc.ts');
  startGc(context, store.repository.directory);
}

function failureLog({ failureDirectory }: Context): FailureLog {
  return new FailureLog(failureDirectory);
}

function failureBasis({ surroundings }: Context, { agent, kind, cwd }: AgentEvent) {
  return { at: new Date(surroundings.now()).toISOString(), agent, event: kind, cwd };
}

function keepFailure(
  context: Context,
  failed: {
    readonly agent: string;
    readonly event: AgentEvent | undefined;
    readonly error: unknown;
  },
): number {
  const { agent, event } = failed;
  const error = withSystemFault(failed.error);
  try {
    failureLog(context).add({
      at: new Date(Date.now()).toISOString(),
      agent,
      event: event?.kind ?? 'unknown',
      code: error instanceof GsessError ? error.code : 'unexpected',
      message: messageOf(error),
      ...(event === undefined ? {} : { cwd: event.cwd }),
    });
    return 0;
  } catch {
    // Nowhere is left to say it but the status; 1 is harmless to every agent.
    return 1;
  }
}
