// Going on with a session, which 'gsess resume' and 'gsess continue' do: the moment is found, the conversation taken back or forked where
// that is wanted, the session named, and its agent started. Until the moment is found and every question answered, nothing is changed.

import { findAgent } from '../agents/registry.ts';
import { GsessError } from '../errors.ts';
import {
  conversationThrough,
  isBesideWaiting,
  waitingConversation,
} from '../session/conversation.ts';
import { type ForkIds, forkSession } from '../session/fork-session.ts';
import { checkIdIsFree } from '../session/free-id.ts';
import { parseName } from '../session/name.ts';
import { recover } from '../session/operate.ts';
import { checkNameIsFree, renameSession } from '../session/rename-session.ts';
import { restoreCheckpoint } from '../session/restore-checkpoint.ts';
import { conversationMoves } from '../session/restore-conversation.ts';
import { refuseLive } from '../session/resume-session.ts';
import { type ResumeTarget, resumeTarget } from '../session/resume-target.ts';
import type { SessionId } from '../session/session-id.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import { caughtUp } from './caught-up.ts';
import { calledOf, sayChosen } from './chosen-session.ts';
import type { Context } from './context.ts';
import { findStart, type GoingOnMoment, type Start } from './going-on-moment.ts';
import type { GoingOn } from './going-on-options.ts';
import { handOver } from './hand-over.ts';
import { mayReplace } from './replace-conversation.ts';
import { resumeInAgent } from './resume-in-agent.ts';
import type { Workspace } from './workspace.ts';

export async function goOn(context: Context, wish: GoingOn): Promise<void> {
  const start = await findStart(context, wish);
  const { workspace, moment, isElsewhere } = start;
  const { agent: to } = wish;
  if (to !== undefined && to !== moment.checkpoint.agent) {
    refuseOwnIds(wish);
    checkName(workspace, moment.session, { ...wish, fork: true });
    if (!(await mayGoOn(context, start, wish))) return;
    const made = await handOver(context, workspace, { moment, to });
    await named(workspace, made.session, wish);
    return await resumeInAgent(context, workspace, { ...wish, ...made, isElsewhere });
  }
  const session = await prepare(context, start, wish);
  if (session === undefined) return;
  await resumeInAgent(context, workspace, { ...wish, session, isElsewhere });
}

function refuseOwnIds({ sessionId }: GoingOn): void {
  if (sessionId === undefined) return;
  throw new GsessError('guard', '--session-id and --agent do not go together', {
    hint: 'The other agent makes an id of its own.',
  });
}

/** A line that is only printed replaces nothing. */
async function mayGoOn(
  context: Context,
  { workspace, moment }: Start,
  { print, yes }: GoingOn,
): Promise<boolean> {
  return print || (await mayReplace(context, workspace.inside(), { wanted: moment.session, yes }));
}

/** The session whose end is the moment to go on from; undefined if the user says no. */
async function prepare(
  context: Context,
  start: Start,
  wish: GoingOn,
): Promise<SessionId | undefined> {
  const { workspace, moment } = start;
  const { store, root } = workspace;
  const { session } = moment;
  const ids = idsOf(workspace, session, wish);
  checkName(workspace, session, wish);
  const target = wish.fork ? 'fork' : targetOf(workspace, moment);
  if (target !== 'fork') refuseLive(store, session.id);
  if (!(await mayGoOn(context, start, wish))) return undefined;
  if (target === 'as-it-stands') return await named(workspace, session.id, wish);
  await recover(store, root);
  const fresh = await caughtUp(context, workspace, { ...moment, isNamed: true });
  const { through } = moment;
  const now = { ...fresh, ...(through === undefined ? {} : { through }) };
  if (target === 'fork') return await forkFrom(context, workspace, { moment: now, wish, ids });
  const back = await goBack(context, workspace, { moment: now, wish });
  return back && (await named(workspace, back, wish));
}

function targetOf(workspace: Workspace, moment: GoingOnMoment): ResumeTarget {
  const { checkpoint, isSession = false, through } = moment;
  if (through !== undefined) return 'goes-back';
  const isBeside = !isSession && isBesideWaiting(workspace.store, checkpoint);
  return resumeTarget({ ...moment, isBesideWaiting: isBeside }, currentOf(workspace));
}

/** Throws `guard` for an id that is taken. */
function idsOf(
  workspace: Workspace,
  { agent }: SessionSummary,
  { sessionId }: GoingOn,
): ForkIds | undefined {
  if (sessionId === undefined) return undefined;
  const nativeId = findAgent(agent)?.newNativeId(sessionId) ?? sessionId;
  const ids = { session: sessionId, nativeId };
  const isAgents = workspace.form(agent)?.find(nativeId) !== undefined;
  checkIdIsFree(workspace.store, agent, { ids, isAgents });
  return ids;
}

function checkName({ store }: Workspace, session: SessionSummary, wish: GoingOn): void {
  if (wish.sessionName === undefined) return;
  const name = parseName(wish.sessionName, 'session');
  checkNameIsFree(store, name, wish.fork ? undefined : session);
}

async function named(
  { store, root }: Workspace,
  id: SessionId,
  { sessionName: name }: GoingOn,
): Promise<SessionId> {
  const session = store.summary(id);
  if (name === undefined || session === undefined || session.name === name) return id;
  await renameSession(store, { session, name, root });
  return id;
}

interface Prepared {
  readonly moment: GoingOnMoment;
  readonly wish: GoingOn;
}

async function forkFrom(
  { output }: Context,
  { store, root, readerOf }: Workspace,
  { moment, wish, ids }: Prepared & { readonly ids: ForkIds | undefined },
): Promise<SessionId> {
  const { checkpoint, session, isSession = false, tag } = moment;
  const waiting = isSession ? waitingConversation(store, checkpoint) : undefined;
  const made = await forkSession(store, {
    checkpoint,
    session: session.id,
    upTo: throughMessage({ store, readerOf }, moment) ?? waiting,
    here: root,
    readerOf,
    ids,
    ...(wish.sessionName === undefined ? {} : { name: wish.sessionName }),
  });
  const from = calledOf(session);
  output.note(
    wish.fork || tag === undefined
      ? `Forked from ${from}, which stays as it is`
      : `'${tag.name}' is of another session, ${from}: forked from it`,
  );
  return made.session;
}

function throughMessage(
  { store, readerOf }: Pick<Workspace, 'store' | 'readerOf'>,
  { session, through }: GoingOnMoment,
) {
  if (through === undefined) return undefined;
  const tip = store.checkpoint(store.tip(session.id) ?? session.tip);
  return conversationThrough(store, { messageId: through, tip }, readerOf);
}

async function goBack(
  context: Context,
  { store, root, readerOf }: Workspace,
  { moment, wish }: Prepared,
): Promise<SessionId | undefined> {
  const { checkpoint, session } = moment;
  const called = wish.at ?? wish.reference ?? '';
  const upTo = throughMessage({ store, readerOf }, moment);
  const target = { checkpoint, session: session.id, upTo, readerOf };
  if (!conversationMoves(store, target)) return session.id;
  sayChosen(context, session);
  const question = `Take its conversation back to '${called}'?`;
  // Nothing is lost by it and undo takes it back, so a program that names a moment is not asked.
  if (context.isInteractive && !wish.yes && !(await context.confirm(question))) {
    context.output.note('Nothing was done.');
    context.exitStatus = 1;
    return undefined;
  }
  const wanted = { ...target, root, called, files: false, conversation: true };
  await restoreCheckpoint(store, wanted, undefined);
  context.output.note(`Its conversation went back to '${called}'; 'gsess undo' takes that back.`);
  return session.id;
}

/** Undefined where there is no telling; then a tag is never of the current session. */
function currentOf(workspace: Workspace): SessionSummary | undefined {
  try {
    return workspace.current({ changes: false });
  } catch (error) {
    if (error instanceof GsessError) return undefined;
    throw error;
  }
}
