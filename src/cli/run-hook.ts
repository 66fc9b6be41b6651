// What an agent runs at each of its events. Loaded without parser and schemas, because its time is the user's. It prints
// nothing (what a hook prints goes into the model's context), never exits 2 (that stops the agent), gives up when its time is
// over, and keeps what went wrong for `gsess status`.

import type { AgentEvent, HookReader } from '../agents/agent.ts';
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

const INPUT_BYTES_MAX = 64 * 1024 * 1024;

/** Resolves to the exit status, which is never 2: to agents that means "stop". */
export async function runHook(agent: string): Promise<number> {
  const context = createContext({ output: silentOutput() });
  let event: AgentEvent | undefined;
  try {
    const reader = await agentEntry(agent).loadHook();
    event = await readEvent(context, reader);
    if (event !== undefined && isRecording(context)) await take(context, event, reader);
  } catch (error) {
    if (isDisabled(context.environment)) return 0;
    return keepFailure(context, { agent, event, error });
  }
  return 0;
}

async function readEvent(context: Context, reader: HookReader): Promise<AgentEvent | undefined> {
  const reading = reader.read(await context.readInput(INPUT_BYTES_MAX));
  if (reading.kind === 'refused') {
    throw new GsessError('usage', `Cannot read the event: ${reading.detail}`);
  }
  return reading.kind === 'event' ? reading.event : undefined;
}

function isRecording({ environment, surroundings }: Context): boolean {
  return !isDisabled(environment) && surroundings.settings.autoSave;
}

async function take(context: Context, event: AgentEvent, reader: HookReader): Promise<void> {
  const { surroundings } = context;
  const deadline = surroundings.now() + surroundings.settings.limits.hookMs;
  const name = context.environment.GSESS_SESSION_NAME;
  const captured = captureEventOf(event, { deadline, sideFiles: reader.sideFiles, name });
  if (captured === undefined) return;
  const report = await capture(captured, { ...surroundings, leavesGathering: true });
  const agent = context.processes.agentAncestor();
  leaseSession(report, { isEnd: event.kind === 'end', agent });
  for (const message of report.warnings) {
    failureLog(context).add({ ...failureBasis(context, event), code: 'warning', message });
  }
  await tidyUp(context, report, event.kind === 'end' || event.kind === 'turn');
}

/** Starts what nobody shall wait for; loaded only where it is due. */
async function tidyUp(context: Context, { store }: CaptureReport, isRest: boolean): Promise<void> {
  if (!store.surroundings.settings.gcAuto || !(isGatheringDue(store) || (isRest && isGcDue(store))))
    return;
  const { startGc } = await import('./start-gc.ts');
  startGc(context, store.repository.directory);
}

function failureLog({ surroundings }: Context): FailureLog {
  return new FailureLog(surroundings.dataDirectory);
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
