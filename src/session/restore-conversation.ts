// The conversation half of a restore. Going back hands out a new native id, bound to the session before anyone is told of it; where the
// conversation stands there already, nothing is handed out. The agent's own files are neither read nor written here.

import { GsessError } from '../errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type Conversation, conversationAt, type TranscriptReader } from './conversation.ts';
import { bindNativeId } from './native-index.ts';
import type { SessionId } from './session-id.ts';
import { type PendingConversation, transcriptOf } from './session-record.ts';
import type { Store } from './store.ts';

export interface ConversationTarget {
  readonly checkpoint: Checkpoint;
  /** The session that goes back. */
  readonly session: SessionId;
  /** Where to end the conversation, if not where the checkpoint does. */
  readonly upTo?: Conversation | undefined;
  readonly readerOf: (agent: string) => TranscriptReader | undefined;
}

/** Whether the checkpoint has a conversation to go back to. */
export function holdsConversation(store: Store, checkpoint: Checkpoint): boolean {
  const { pending, activeNativeId } = store.record(checkpoint);
  const hasNativeId = pending !== null || activeNativeId !== null;
  return hasNativeId && store.entry(checkpoint, 'transcript') !== undefined;
}

/** Whether going back would change anything. Throws `not-found` where there is no conversation. */
export function conversationMoves(store: Store, target: ConversationTarget): boolean {
  return placeOf(store, target) !== 'here';
}

/** Reserves a native id for the conversation of the target; undefined where the session stands there already. */
export function reserveConversation(
  store: Store,
  target: ConversationTarget,
): PendingConversation | undefined {
  const place = placeOf(store, target);
  if (place === 'here') return undefined;
  const { session, checkpoint } = target;
  const { agent } = checkpoint;
  const nativeId = store.surroundings.newNativeId(agent);
  bindNativeId(store, { session, agent, nativeId });
  return { nativeId, ...place };
}

function placeOf(
  store: Store,
  { checkpoint, session, upTo, readerOf }: ConversationTarget,
): Omit<PendingConversation, 'nativeId'> | 'here' {
  const tip = store.tipOf(session);
  if (checkpoint.agent !== tip.agent) throw ofAnotherAgent(checkpoint, tip);
  const { nativeId, bytes, call } = upTo ?? conversationAt(store, { checkpoint, tip }, readerOf);
  const record = store.record(tip);
  const { pending, activeNativeId } = record;
  const isWaiting = pending?.from === nativeId && pending.bytes === bytes;
  const isPresent =
    pending === null &&
    activeNativeId === nativeId &&
    bytes >= (transcriptOf(record, nativeId)?.bytes ?? 0) &&
    call === undefined;
  if (isWaiting || isPresent) return 'here';
  return { from: nativeId, bytes, at: checkpoint.id, ...(call === undefined ? {} : { call }) };
}

/** A fork that went on in another agent holds moments of the first one, whose conversation its own agent cannot read. */
function ofAnotherAgent({ id, agent }: Checkpoint, tip: Checkpoint): GsessError {
  const short = id.slice(0, 10);
  return new GsessError(
    'guard',
    `Checkpoint '${short}' is of ${agent}, and its session goes on in ${tip.agent}`,
    {
      hint: `'gsess fork ${short}' goes on from there in ${agent}, 'gsess resume ${short} --agent ${tip.agent}' in ${tip.agent}.`,
      data: { checkpoint: id, agent },
    },
  );
}
