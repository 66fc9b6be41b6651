// Where the conversation of a session stands: all that was said, or what waits to be taken up since the session went back or was forked.

import { readTranscript } from '../agents/embedded/transcript-reader.ts';
import { GsessError } from '../errors.ts';
import { readConversation, waitingConversation } from '../session/conversation.ts';
import { openCall } from '../session/open-call.ts';
import type { SessionId } from '../session/session-id.ts';
import { type PendingCall, transcriptOf } from '../session/session-record.ts';
import type { Store } from '../session/store.ts';

export interface Standing {
  readonly bytes: Buffer;
  /** What it goes on under. */
  readonly nativeId: string;
  /** What was about to run there. */
  readonly call: PendingCall | undefined;
}

/** Throws `not-found` where nothing was said. */
export function standing(store: Store, session: SessionId): Standing {
  const tip = store.tipOf(session);
  const record = store.record(tip);
  const waiting = waitingConversation(store, tip);
  if (record.pending !== null && waiting !== undefined) {
    const { nativeId, call } = record.pending;
    return { bytes: readConversation(store, waiting), nativeId, call };
  }
  const { activeNativeId: nativeId } = record;
  const transcripts = store.entry(tip, 'transcript')?.id;
  if (nativeId === null || transcripts === undefined) {
    throw new GsessError('not-found', `Session '${session}' holds no conversation to go on with`);
  }
  const conversation = { nativeId, transcripts, bytes: transcriptOf(record, nativeId)?.bytes ?? 0 };
  const call = openCall(store, { tip, conversation }, readTranscript);
  return { bytes: readConversation(store, conversation), nativeId, call };
}
