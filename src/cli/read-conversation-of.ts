// What was said in a session, or up to one moment of it, as its agent's transcript is read.

import { GsessError } from '../errors.ts';
import { isBesideWaiting } from '../session/conversation.ts';
import { readConversationAt } from '../session/read-conversation.ts';
import { nativeFormOf } from '../session/resume-session.ts';
import type { Transcript } from '../transcript/transcript.ts';
import type { Subject, Workspace } from './workspace.ts';

/** The agent's own bytes; `nativeId` chooses one of several transcripts. Throws `not-found` where there are none. */
export function nativeBytesOf(
  { store, form, readerOf }: Workspace,
  { session, checkpoint, isSession }: Subject,
  nativeId?: string,
): Buffer {
  const isTip = checkpoint.id === session.tip && !isBesideWaiting(store, checkpoint);
  if (isSession || isTip) {
    return nativeFormOf(store, session.id, { form: form(session.agent), nativeId });
  }
  const tip = store.checkpoint(session.tip);
  return readConversationAt(store, { checkpoint, tip, nativeId }, readerOf);
}

/** Reads the agent's bytes; throws `agent-unavailable` for an agent that this gsess does not know. */
export function readTranscriptOf(
  { readerOf }: Pick<Workspace, 'readerOf'>,
  agent: string,
  native: Buffer,
): Transcript {
  const read = readerOf(agent);
  if (read !== undefined) return read(native);
  throw new GsessError('agent-unavailable', `No agent called '${agent}' is known`, {
    hint: `Its own form can be had with 'gsess export --format native'.`,
  });
}

/** What was said; undefined where nothing was. */
export function readConversationOf(workspace: Workspace, subject: Subject): Transcript | undefined {
  try {
    return readTranscriptOf(workspace, subject.session.agent, nativeBytesOf(workspace, subject));
  } catch (error) {
    if (error instanceof GsessError && error.code === 'not-found') return undefined;
    throw error;
  }
}
