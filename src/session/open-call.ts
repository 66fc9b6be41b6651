// The call that was about to run when a session was left, so that whoever takes the session up again can decide to retry or to skip it.

import type { Checkpoint } from './checkpoint.ts';
import {
  type Conversation,
  callOf,
  readConversation,
  type TranscriptReader,
} from './conversation.ts';
import type { PendingCall } from './session-record.ts';
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
  const isAnswered = messages.some(({ parts }) =>
    parts.some((part) => part.type === 'tool_result' && part.callId === checkpoint.callId),
  );
  return isAnswered ? undefined : callOf(store, checkpoint);
}

/** The newest checkpoint that an event of the agent's own made. */
function lastMoment(store: Store, tip: Checkpoint): Checkpoint | undefined {
  for (const checkpoint of store.history(tip.id)) {
    if (!['manual', 'rename'].includes(checkpoint.kind)) return checkpoint;
  }
  return undefined;
}
