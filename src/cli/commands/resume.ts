// gsess resume: brings a session back in its agent, at its end or at an earlier checkpoint.

import { AGENT_NAMES } from '../../agents/registry.ts';
import { GsessError } from '../../errors.ts';
import { conversationThrough, isBesideWaiting } from '../../session/conversation.ts';
import { forkSession } from '../../session/fork-session.ts';
import { recover } from '../../session/operate.ts';
import type { Reading } from '../../session/reference.ts';
import { firstHolding } from '../../session/references.ts';
import { restoreCheckpoint } from '../../session/restore-checkpoint.ts';
import { conversationMoves } from '../../session/restore-conversation.ts';
import { refuseLive } from '../../session/resume-session.ts';
import { type ResumeTarget, resumeTarget } from '../../session/resume-target.ts';
import type { SessionId } from '../../session/session-id.ts';
import type { SessionSummary } from '../../session/session-summary.ts';
import { caughtUp } from '../caught-up.ts';
import { calledOf, sayChosen } from '../chosen-session.ts';
import { defineCommand } from '../command.ts';
import type { Context } from '../context.ts';
import { handOver } from '../hand-over.ts';
import { READING_OPTIONS, readingOf } from '../reading-options.ts';
import { resumeInAgent } from '../resume-in-agent.ts';
import { type Moment, openWorkspace, type Workspace } from '../workspace.ts';
import { latestUnlessNamed } from './continue.ts';

export const resume = defineCommand({
  name: 'resume',
  summary: 'bring a session back in its agent',
  details: `On a terminal the agent is started in the session's directory; with --print, without a terminal, or for
    a session of another directory, the command that does it is printed. Without a reference the
    latest session is taken, as by 'gsess continue'.

    Where the agent has lost or cut its own transcript, or where an earlier checkpoint is named, a new
    transcript is written for it under a new id; its own files are never changed. At an earlier
    checkpoint the conversation of the session goes back, which 'gsess undo' takes back; the files stay. A
    tag of another session begins a fork of that session.

    With --agent the conversation goes on in another agent: what was said, each call and its result are
    written as records of that agent, after a first message that says where they come from. That is a fork
    each time, a session of the other agent; this one and its files stay as they are. What is not carried
    over, as thoughts, is listed. 'gsess resume' with the fork goes on in it later.`,
  positionals: {
    ref: { description: 'a session, or one of its checkpoints', completes: 'checkpoint' },
  },
  options: {
    ...READING_OPTIONS,
    at: {
      type: 'string',
      placeholder: 'CHECKPOINT',
      description: "an earlier checkpoint of the session: '@2', a commit, or the id of a message",
      completes: 'checkpoint',
    },
    agent: {
      type: 'string',
      placeholder: 'AGENT',
      description: 'go on in another agent',
      choices: AGENT_NAMES,
    },
    print: { type: 'boolean', alias: 'p', description: 'print the command instead of running it' },
    yes: { type: 'boolean', alias: 'y', description: 'do not ask before going back' },
  },
  examples: [
    { command: 'gsess resume flags', description: 'bring back a session by its name' },
    { command: 'gsess resume @2', description: 'go on from the end of turn 2' },
    {
      command: 'gsess resume 3 --print',
      description: 'print what brings back the third of the list',
    },
    { command: 'gsess resume flags --agent codex', description: 'go on with it in Codex' },
  ],
  slash: { aliases: ['continue', 'sessions', 'history'], bare: '/list', replaces: true },
  run: async (context, { ref: reference, at, agent, print, yes, ...flags }) => {
    const others = agent === undefined ? [] : [agent];
    const workspace = await openWorkspace(context, others);
    const moment = momentOf(context, workspace, { reference, at, reading: readingOf(flags) });
    if (agent !== undefined && agent !== moment.checkpoint.agent) {
      const handedOver = await handOver(context, workspace, { moment, to: agent });
      return await resumeInAgent(context, workspace, { ...handedOver, print });
    }
    const session = await prepare(context, workspace, {
      moment,
      yes,
      called: at ?? reference ?? '',
    });
    if (session === undefined) return;
    await resumeInAgent(context, workspace, { session, print });
  },
});

interface ResumeMoment extends Moment {
  /** A message to end the conversation with. */
  readonly through?: string;
}

function momentOf(
  context: Context,
  workspace: Workspace,
  {
    reference,
    at,
    reading,
  }: {
    readonly reference: string | undefined;
    readonly at: string | undefined;
    readonly reading: Reading | undefined;
  },
): ResumeMoment {
  const { store } = workspace;
  const how = { changes: true };
  const named = workspace.subject(reference ?? latestUnlessNamed(context), { ...how, reading });
  if (at === undefined) return named;
  const { session } = named;
  if (at.startsWith('@')) return workspace.checkpoint(`${session.id}${at}`, how);
  const tip = store.checkpoint(session.tip);
  const said = conversationThrough(store, { messageId: at, tip }, workspace.readerOf);
  if (said === undefined) return ofSession(workspace, workspace.checkpoint(at, how), session);
  const checkpoint = store.checkpoint(firstHolding(store, session, said.bytes));
  return { session, checkpoint, through: at };
}

function ofSession({ store }: Workspace, moment: Moment, session: SessionSummary): Moment {
  for (const { id } of store.history(session.tip)) {
    if (id === moment.checkpoint.id) return { session, checkpoint: moment.checkpoint };
  }
  throw new GsessError(
    'guard',
    `Checkpoint '${moment.checkpoint.id}' is not of '${calledOf(session)}'`,
    {
      hint: `'gsess resume' with the checkpoint alone takes it where it is.`,
    },
  );
}

/** The session whose end is the moment to go on from; undefined if the user says no. */
async function prepare(
  context: Context,
  workspace: Workspace,
  {
    moment,
    yes,
    called,
  }: { readonly moment: ResumeMoment; readonly yes: boolean; readonly called: string },
): Promise<SessionId | undefined> {
  const { store, root } = workspace;
  const { session } = moment;
  const target = targetOf(workspace, moment);
  if (target === 'as-it-stands') return session.id;
  if (target === 'goes-back') refuseLive(store, session.id);
  await recover(store, root);
  const { checkpoint } = await caughtUp(context, workspace, { ...moment, isNamed: true });
  if (target === 'fork') {
    const request = { checkpoint, session: session.id, here: root, readerOf: workspace.readerOf };
    const made = await forkSession(store, request);
    context.output.note(`'${called}' is of another session, ${calledOf(session)}: forked from it`);
    return made.session;
  }
  return await goBack(context, workspace, { ...moment, checkpoint, yes, called });
}

function targetOf(workspace: Workspace, moment: ResumeMoment): ResumeTarget {
  const { checkpoint, isSession = false, through } = moment;
  if (through !== undefined) return 'goes-back';
  const isBeside = !isSession && isBesideWaiting(workspace.store, checkpoint);
  return resumeTarget({ ...moment, isBesideWaiting: isBeside }, currentOf(workspace));
}

async function goBack(
  context: Context,
  { store, root, readerOf }: Workspace,
  moment: ResumeMoment & { readonly yes: boolean; readonly called: string },
): Promise<SessionId | undefined> {
  const { checkpoint, session, through, yes, called } = moment;
  const tip = store.checkpoint(store.tip(session.id) ?? session.tip);
  const upTo =
    through === undefined
      ? undefined
      : conversationThrough(store, { messageId: through, tip }, readerOf);
  const target = { checkpoint, session: session.id, upTo, readerOf };
  if (!conversationMoves(store, target)) return session.id;
  sayChosen(context, session);
  const question = `Take its conversation back to '${called}'?`;
  // Nothing is lost by it and undo takes it back, so a program that names a moment is not asked.
  if (context.isInteractive && !yes && !(await context.confirm(question))) {
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
