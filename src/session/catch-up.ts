// The transcript lags the events, and an agent that was killed sends none. Before a conversation is used, what its file gained since the
// last event is taken in: a checkpoint with the files of the tip and the longer transcript.

import { editTree } from '../git/edit-tree.ts';
import { writeCheckpoint } from './checkpoint-writer.ts';
import { retryMoved } from './retry-moved.ts';
import { draftChange } from './session-change.ts';
import type { SessionId } from './session-id.ts';
import { transcriptOf } from './session-record.ts';
import type { Store } from './store.ts';
import { growTranscripts, type TranscriptSource } from './transcript-growth.ts';

type SideFilesOf = (transcriptPath: string) => TranscriptSource['sideFiles'];

/** Takes in what the active transcript gained; returns what to tell about it. */
export async function catchUp(
  store: Store,
  session: SessionId,
  sideFilesOf: SideFilesOf,
): Promise<readonly string[]> {
  return store.withWriting('catch-up', () =>
    retryMoved(() => catchUpOnce(store, session, sideFilesOf)),
  );
}

async function catchUpOnce(
  store: Store,
  session: SessionId,
  sideFilesOf: SideFilesOf,
): Promise<readonly string[]> {
  const draft = draftChange(store, {
    session,
    kind: 'manual',
    subject: 'transcript as it stood after the last event',
    change: (record) => record,
  });
  const { record, content } = draft;
  const nativeId = record.activeNativeId;
  const path = transcriptOf(record, nativeId)?.source;
  if (nativeId === null || path === undefined) return [];
  const batch = store.batch();
  const growth = growTranscripts(
    batch,
    {
      nativeId,
      source: { path, sideFiles: sideFilesOf(path) },
      transcripts: content.transcripts,
      before: record,
    },
    // The agent may have been killed in the middle of a line; should it live, the rest is taken in later.
    { thorough: true, final: true },
  );
  if (growth.edits.size === 0 || growth.record === undefined) return growth.warnings;
  const transcripts = editTree(batch, content.transcripts, growth.edits);
  await writeCheckpoint(store, batch, {
    draft: {
      ...draft,
      content: { ...content, transcripts },
      record: { ...record, transcripts: { ...record.transcripts, [nativeId]: growth.record } },
    },
  });
  return growth.warnings;
}
