// Takes a conversation of one agent over into another: a fork of the session whose agent is the other one. The session it comes from, and
// the files of both agents, are left as they are.

import type { LeftBehind } from '../agents/carried-conversation.ts';
import { carryOver } from '../agents/carry-over.ts';
import { GsessError } from '../errors.ts';
import {
  type Conversation,
  conversationAt,
  conversationThrough,
  readConversation,
  standingConversation,
} from '../session/conversation.ts';
import { forkSession } from '../session/fork-session.ts';
import { openCall } from '../session/open-call.ts';
import type { SessionId } from '../session/session-id.ts';
import { transcriptOf } from '../session/session-record.ts';
import { caughtUp } from './caught-up.ts';
import { calledOf, sayChosen } from './chosen-session.ts';
import type { Context } from './context.ts';
import type { Moment, Workspace } from './workspace.ts';

export interface HandOver {
  /** The session of the other agent. */
  readonly session: SessionId;
  readonly from: {
    readonly session: SessionId;
    readonly checkpoint: string;
    readonly agent: string;
  };
  readonly left: readonly LeftBehind[];
}

/** Makes the fork; throws `not-found` where nothing was said, `agent-unavailable` where the other agent cannot be given it. */
export async function handOver(
  context: Context,
  workspace: Workspace,
  { moment, to }: { readonly moment: Moment & { readonly through?: string }; readonly to: string },
): Promise<HandOver> {
  const { store, root, readerOf } = workspace;
  const { through, isSession = false } = moment;
  sayChosen(context, moment.session);
  const fresh = await caughtUp(context, workspace, { ...moment, isNamed: !isSession });
  const { session } = fresh;
  const checkpoint =
    through === undefined ? fresh.checkpoint : store.checkpoint(moment.checkpoint.id);
  const conversation = conversationOf(workspace, { ...fresh, checkpoint }, through);
  const source = agentOf(workspace, checkpoint.agent);
  const target = agentOf(workspace, to);
  const record = store.record(checkpoint);
  const nativeId = store.surroundings.newNativeId(to);
  const { bytes, left } = carryOver(readConversation(store, conversation), {
    from: source,
    to: target,
    origin: {
      nativeId: conversation.nativeId,
      session: session.id,
      checkpoint: checkpoint.id.slice(0, 10),
    },
    nativeId,
    cwd: record.cwd,
    at: store.surroundings.now(),
    sideFiles: Object.keys(transcriptOf(record, conversation.nativeId)?.files ?? {}).length,
  });
  const made = await forkSession(store, {
    checkpoint,
    session: session.id,
    upTo: conversation,
    here: root,
    readerOf,
    handedTo: { agent: to, nativeId, bytes },
  });
  context.output.note(`Forked from ${calledOf(session)}, to go on in ${target.title}.`);
  const from = { session: session.id, checkpoint: checkpoint.id, agent: checkpoint.agent };
  return { session: made.session, from, left };
}

function agentOf(workspace: Workspace, name: string) {
  const agent = workspace.agent(name);
  if (agent !== undefined) return agent;
  throw new GsessError('agent-unavailable', `gsess cannot read sessions of '${name}'`);
}

/** What was said up to the moment; of a session all that was, an unanswered prompt too. */
function conversationOf(
  { store, readerOf }: Workspace,
  { checkpoint, session, isSession = false }: Moment,
  through: string | undefined,
): Conversation {
  const tip = store.checkpoint(store.tip(session.id) ?? session.tip);
  if (through !== undefined) {
    const said = conversationThrough(store, { messageId: through, tip }, readerOf);
    if (said !== undefined) return said;
  }
  if (!isSession) return conversationAt(store, { checkpoint, tip }, readerOf);
  const conversation = standingConversation(store, tip);
  if (conversation === undefined) {
    throw new GsessError(
      'not-found',
      `Session '${session.id}' holds no conversation to go on with`,
    );
  }
  const reader = readerOf(tip.agent);
  const isWaiting = store.record(tip).pending !== null;
  if (reader === undefined || isWaiting) return conversation;
  const call = openCall(store, { tip, conversation }, reader);
  return { ...conversation, ...(call && { call }) };
}
