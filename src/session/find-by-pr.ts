// The sessions that worked on a pull request, as their agents noted it in what they wrote down. Read from the transcripts, newest session
// first; nothing else knows of it.

import type { TranscriptReader } from './conversation.ts';
import type { SessionSummary } from './session-summary.ts';
import type { Store } from './store.ts';
import { type PullRequest, toldInTranscript } from './told-in-transcript.ts';

/** Up to the number; what a browser shows behind it is left away. */
const ADDRESS = /^https?:\/\/([^?#]+?\/(?:pull|pulls|merge_requests|pull-requests)\/\d+)/i;
const NUMBER = /^#?(\d{1,15})$/;

/** Whether the words of a user name this pull request: its number, `#12`, or its address. */
export function isPullRequest(text: string, { number, url }: PullRequest): boolean {
  const digits = NUMBER.exec(text)?.[1];
  if (digits !== undefined) return Number(digits) === number;
  const wanted = ADDRESS.exec(text)?.[1]?.toLowerCase();
  return wanted !== undefined && ADDRESS.exec(url ?? '')?.[1]?.toLowerCase() === wanted;
}

/** Whether the words can name a pull request at all. */
export function namesPullRequest(text: string): boolean {
  return NUMBER.test(text) || ADDRESS.test(text);
}

export function sessionsOfPullRequest(
  store: Store,
  text: string,
  readerOf: (agent: string) => TranscriptReader | undefined,
): readonly SessionSummary[] {
  return store.sessions().filter((session) => {
    const { pullRequests } = toldInTranscript(store, session, {
      reader: readerOf(session.agent),
      wantsModel: false,
    });
    return pullRequests.some((one) => isPullRequest(text, one));
  });
}
