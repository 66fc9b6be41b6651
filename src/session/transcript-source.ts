// What became of the agent's own file that a session's transcript was taken from. Agents delete old transcripts, cut and rewrite them; what
// was captured stays whatever happens there, and people should know when it is the only copy left.

import { transcriptOf } from './session-record.ts';
import type { SessionSummary } from './session-summary.ts';
import type { Store } from './store.ts';
import { compareStored, storedPath } from './stored-transcript.ts';

export interface TranscriptOrigin {
  readonly path: string;
  /** `changed`: it no longer begins with what was captured of it. */
  readonly state: 'present' | 'gone' | 'changed';
}

/** Of the conversation that is active; undefined where there is none, or it came from a copy. */
export function originOf(store: Store, { tip }: SessionSummary): TranscriptOrigin | undefined {
  const checkpoint = store.checkpoint(tip);
  const record = store.record(checkpoint);
  const nativeId = record.activeNativeId;
  const path = transcriptOf(record, nativeId)?.source;
  if (nativeId === null || path === undefined) return undefined;
  const transcripts = store.entry(checkpoint, 'transcript')?.id;
  const place = { transcripts, path: storedPath(nativeId) };
  return { path, state: compareStored(store.objects, place, path) };
}
