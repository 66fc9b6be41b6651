// Takes a session up again: as it stands, as it stood at a moment (its conversation goes back to that), or as a fork. The recorder goes on
// under the session's native id, or under the one that was reserved when it went back or was forked; its file then begins with the
// conversation so far, so what comes is only added to it.

import { GsessError } from '../errors.ts';
import { isBesideWaiting, waitingConversation } from '../session/conversation.ts';
import { forkSession } from '../session/fork-session.ts';
import { restoreCheckpoint } from '../session/restore-checkpoint.ts';
import { conversationMoves } from '../session/restore-conversation.ts';
import { refuseLive } from '../session/resume-session.ts';
import { resumeTarget } from '../session/resume-target.ts';
import type { SessionId } from '../session/session-id.ts';
import { Spool, spoolDirectory } from '../session/spool.ts';
import type { Store } from '../session/store.ts';
import { currentOf, findSubject, type Moment, readerFor } from './find-moment.ts';
import { openRecorder, type ProjectHandle, saveOpen, withStore } from './project-handle.ts';
import { putBack } from './put-back.ts';
import { recoverSpools } from './recover-spools.ts';
import { keptConversation, restoredConversation } from './restored-conversation.ts';
import { SessionRecorder } from './session-recorder.ts';
import type { Resumed, ResumeOptions, SessionSummary } from './session-store.ts';
import { standing } from './standing-conversation.ts';

export async function takeUp<Message extends object>(
  handle: ProjectHandle,
  reference: string | SessionSummary,
  options: ResumeOptions<Message> = {},
): Promise<Resumed<Message> | null> {
  await saveOpen(handle);
  await recoverSpools(handle, options);
  const called = typeof reference === 'string' ? reference : reference.id;
  const taken = await withStore(handle, options, async (store) => {
    const moment = findSubject(handle, store, called);
    if (moment === undefined) return null;
    refuseOtherAgent(handle, moment);
    const session = await prepare(handle, store, { moment, called, fork: options.fork === true });
    return await resumeTip(handle, store, { session, options });
  });
  if (taken === undefined || taken === null) return null;
  handle.open.push(taken.recorder as SessionRecorder<object>);
  return await withHooks(taken, options);
}

function refuseOtherAgent({ agent }: ProjectHandle, { session }: Moment): void {
  if (session.agent === agent) return;
  throw new GsessError(
    'agent-unavailable',
    `Session '${session.title}' is one of ${session.agent}, not of ${agent}`,
    {
      hint: `'gsess resume' takes it up there.`,
      data: { session: session.id, agent: session.agent },
    },
  );
}

interface Wanted {
  readonly moment: Moment;
  readonly called: string;
  readonly fork: boolean;
}

/** The session whose end is the moment to go on from. */
async function prepare(
  handle: ProjectHandle,
  store: Store,
  { moment, called, fork }: Wanted,
): Promise<SessionId> {
  const { session, checkpoint, isSession } = moment;
  const isBeside = !isSession && isBesideWaiting(store, checkpoint);
  const target = resumeTarget(
    { checkpoint, session, tag: moment.tag, isBesideWaiting: isBeside },
    currentOf(handle, store),
  );
  const { root } = handle.project;
  const upTo = isSession ? waitingConversation(store, checkpoint) : undefined;
  const goal = { checkpoint, session: session.id, upTo, readerOf: readerFor(handle) };
  if (fork || target === 'fork') return (await forkSession(store, { ...goal, here: root })).session;
  await leave(handle, store, { session: session.id, goesBack: target === 'goes-back' });
  if (target === 'as-it-stands') return session.id;
  if (!conversationMoves(store, goal)) return session.id;
  const request = { ...goal, root, called, files: false, conversation: true };
  const { warnings } = await restoreCheckpoint(store, request, undefined);
  for (const warning of warnings) store.surroundings.onWarning?.(warning);
  return session.id;
}

/** One that is open here is closed where it goes back; one that is open elsewhere is not taken away. */
async function leave(
  handle: ProjectHandle,
  store: Store,
  { session, goesBack }: { readonly session: SessionId; readonly goesBack: boolean },
): Promise<void> {
  const recorder = openRecorder(handle, session);
  const isBack = goesBack || store.record(store.tipOf(session)).pending !== null;
  if (recorder !== undefined && isBack) return await recorder.close();
  if (recorder === undefined) return refuseLive(store, session);
  throw new GsessError('live', `Session '${session}' is open here already`, {
    hint: 'Go on in it, close it first, or fork it.',
    data: { session },
  });
}

async function resumeTip<Message extends object>(
  handle: ProjectHandle,
  store: Store,
  {
    session,
    options: { pending = 'repair', maxMessages, present },
  }: { readonly session: SessionId; readonly options: ResumeOptions<Message> },
): Promise<Taken<Message>> {
  const { bytes, nativeId, call } = standing(store, session);
  const kept = keptConversation(bytes);
  const { unanswered, ...restored } = restoredConversation(kept, { call, pending, maxMessages });
  const record = store.record(store.tipOf(session));
  const { left, ...handed } = putBack(kept.state, { record, present, unanswered });
  const { dataDirectory } = store.surroundings;
  const spool = new Spool(
    spoolDirectory(dataDirectory, handle.agent, nativeId),
    handle.surroundings,
  );
  await spool.begin(bytes);
  // The messages are what was given to `append`, through JSON.
  const messages = restored.messages as readonly object[] as readonly Message[];
  const recorder = new SessionRecorder<Message>(handle, {
    session,
    nativeId,
    spool,
    messages,
    state: kept.state,
    resumed: true,
    name: undefined,
  });
  store.leases.hold(session, store.surroundings.processes.self);
  const summary = store.summary(session);
  if (summary === undefined) throw new GsessError('not-found', `Session '${session}' is gone`);
  if (Object.keys(left).length > 0) recorder.setState(left);
  const warnings = [...kept.warnings, ...handed.warnings];
  return { ...restored, ...handed, session: summary, recorder, messages, warnings };
}

type Taken<Message extends object> = Resumed<Message> & {
  readonly recorder: SessionRecorder<Message>;
};

/** What the hook adds is given to the model now, and written with the next message. */
async function withHooks<Message extends object>(
  taken: Taken<Message>,
  { onResume }: ResumeOptions<Message>,
): Promise<Resumed<Message>> {
  if (onResume === undefined) return taken;
  try {
    const added = await onResume(taken);
    taken.recorder.add(added);
    return { ...taken, messages: [...taken.messages, ...added] };
  } catch (error) {
    await taken.recorder.close();
    throw error;
  }
}
