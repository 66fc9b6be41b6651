// All that is worth telling of a session beyond what lists show, read from the record at its tip.

import type { SessionRecord } from './session-record.ts';
import type { SessionSummary } from './session-summary.ts';
import type { Store } from './store.ts';
import { listTags, type TagSummary } from './tag.ts';
import { originOf, type TranscriptOrigin } from './transcript-source.ts';

export interface SessionDetails
  extends Pick<
    SessionRecord,
    | 'model'
    | 'provider'
    | 'permissionMode'
    | 'head'
    | 'cwd'
    | 'nativeIds'
    | 'activeNativeId'
    | 'forkedFrom'
    | 'createdAt'
  > {
  /** Of all its transcripts and the files beside them. */
  readonly bytes: number;
  readonly tags: readonly TagSummary[];
  /** A conversation that waits to be taken up under a new native id. */
  readonly pendingNativeId: string | null;
  /** The agent's own file of the active conversation, and what became of it. */
  readonly source: TranscriptOrigin | null;
}

export function detailsOf(store: Store, session: SessionSummary): SessionDetails {
  const { id, tip } = session;
  const record = store.record(store.checkpoint(tip));
  return {
    model: record.model,
    provider: record.provider,
    permissionMode: record.permissionMode,
    head: record.head,
    cwd: record.cwd,
    nativeIds: record.nativeIds,
    activeNativeId: record.activeNativeId,
    forkedFrom: record.forkedFrom,
    createdAt: record.createdAt,
    bytes: transcriptBytes(record),
    tags: listTags(store).filter((tag) => tag.session === id),
    pendingNativeId: record.pending?.nativeId ?? null,
    source: originOf(store, session) ?? null,
  };
}

function transcriptBytes({ transcripts }: SessionRecord): number {
  return Object.values(transcripts).reduce((sum, { bytes, files }) => {
    const beside = Object.values(files).reduce((total, file) => total + file.bytes, 0);
    return sum + bytes + beside;
  }, 0);
}
