// What a transcript tells of its session that the events of its agent need not have told: the model, who provides it, and the pull
// requests that were made. Reads the whole transcript, so it is asked of one session, when people want to know.

import type { Transcript } from '../transcript/transcript.ts';
import { heldAtTip, readConversation, type TranscriptReader } from './conversation.ts';
import type { SessionSummary } from './session-summary.ts';
import type { Store } from './store.ts';

export type PullRequest = Transcript['pullRequests'][number];

export interface Told {
  readonly model: string | null;
  readonly provider: string | null;
  /** In the order in which they were noted. */
  readonly pullRequests: readonly PullRequest[];
}

const NOTHING: Told = { model: null, provider: null, pullRequests: [] };

/** What every address of a pull request has in it, whatever it lies on. */
const SIGNS = ['/pull/', '/pulls/', '/merge_requests/', '/pull-requests/'];
/** It would take seconds to make sense of more. */
const MODEL_BYTES_MAX = 32 * 1024 * 1024;

export function toldInTranscript(
  store: Store,
  session: Pick<SessionSummary, 'tip'>,
  {
    reader,
    wantsModel,
  }: { readonly reader: TranscriptReader | undefined; readonly wantsModel: boolean },
): Told {
  const held = heldAtTip(store, store.checkpoint(session.tip));
  if (reader === undefined || held === undefined) return NOTHING;
  const bytes = readConversation(store, held);
  const isWanted = wantsModel && bytes.length <= MODEL_BYTES_MAX;
  // Most transcripts need not be made sense of.
  if (!isWanted && !SIGNS.some((sign) => bytes.includes(sign))) return NOTHING;
  const { model = null, provider = null, pullRequests } = reader(bytes);
  return { model, provider, pullRequests };
}
