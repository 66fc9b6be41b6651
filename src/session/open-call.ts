// The call that was about to run when a session was left, so that whoever takes the session up again can decide to retry or to skip it.

import type { Checkpoint } from './checkpoint.ts';
import {
  answerOf,
  type Conversation,
  callOf,
  readConversation,
  type TranscriptReader,
} from './conversation.ts';
import { type PendingCall, transcriptOf } from './session-record.ts';
import type { Store } from './store.ts';

/** The last call of the conversation at the tip, if nothing is known of its result. */
export function openCall(
  store: Store,
  { tip, conversation }: { readonly tip: Checkpoint; readonly conversation: Conversation },
  reader: TranscriptReader,
): PendingCall | undefined {
  const checkpoint = lastMoment(store, tip);
  if (checkpoint?.kind !== 'tool') return undefined;
  const { messages } = reader(readConversation(store, conversation));
  const from = transcriptOf(store.record(checkpoint), conversation.nativeId)?.bytes ?? 0;
  const answer = answerOf(messages, { id: checkpoint.callId, from });
  return answer === undefined ? callOf(store, checkpoint) : undefined;
}

/** The newest checkpoint that an event of the agent's own made. */
function lastMoment(store: Store, tip: Checkpoint): Checkpoint | undefined {
  for (const checkpoint of store.history(tip.id)) {
    if (!['manual', 'rename'].includes(checkpoint.kind)) return checkpoint;
  }
  return undefined;
}
