// The bytes of what was said up to a moment, to be shown or handed out.

import { GsessError } from '../errors.ts';
import type { Checkpoint } from './checkpoint.ts';
import {
  conversationAt,
  readConversation,
  spokenRecord,
  type TranscriptReader,
} from './conversation.ts';
import { transcriptOf } from './session-record.ts';
import type { Store } from './store.ts';
import { readStored, storedPath } from './stored-transcript.ts';

export interface ConversationMoment {
  readonly checkpoint: Checkpoint;
  /** The newest checkpoint that goes on from it. */
  readonly tip: Checkpoint;
  /** Another transcript of the session than the one talked in at that moment. */
  readonly nativeId?: string | undefined;
}

/** The agent's own bytes up to the moment; throws `not-found` where nothing was said. */
export function readConversationAt(
  store: Store,
  { checkpoint, tip, nativeId }: ConversationMoment,
  readerOf: (agent: string) => TranscriptReader | undefined,
): Buffer {
  const record = spokenRecord(store, checkpoint);
  const { transcripts, pending, activeNativeId } = record;
  if (nativeId === undefined || nativeId === (pending?.from ?? activeNativeId)) {
    return readConversation(store, conversationAt(store, { checkpoint, tip }, readerOf));
  }
  if (transcriptOf(record, nativeId) === undefined) {
    throw new GsessError(
      'not-found',
      `Checkpoint '${checkpoint.id}' has no transcript '${nativeId}'`,
      {
        hint: `'gsess show' lists the native ids of a session.`,
        data: { nativeIds: Object.keys(transcripts) },
      },
    );
  }
  const place = {
    transcripts: store.entry(checkpoint, 'transcript')?.id,
    path: storedPath(nativeId),
  };
  return Buffer.concat([...readStored(store.objects, place)]);
}
