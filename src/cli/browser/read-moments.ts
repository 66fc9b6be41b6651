// Reads the moments of a session for the browser: as many as it asks for, from where it asks on, and what they did to the files for those
// that are on the screen.

import type { ObjectId } from '../../git/object-id.ts';
import type { Checkpoint } from '../../session/checkpoint.ts';
import { changesOf } from '../../session/file-changes.ts';
import type { SessionSummary } from '../../session/session-summary.ts';
import type { Store } from '../../session/store.ts';
import type { Answer } from '../../ui/browser-effect.ts';
import type { ChangeCounts } from '../../ui/browser-state.ts';

export function readMoments(
  store: Store,
  {
    session,
    from,
    count,
  }: {
    readonly session: SessionSummary;
    readonly from: ObjectId | undefined;
    readonly count: number;
  },
): Answer {
  const start = from ?? store.tip(session.id) ?? session.tip;
  const moments: Checkpoint[] = [];
  let isWhole = true;
  for (const checkpoint of store.history(start)) {
    if (moments.length === count) {
      isWhole = false;
      break;
    }
    moments.push(checkpoint);
  }
  return { type: 'moments', session: session.id, from, moments, isWhole };
}

export function countChanges(store: Store, checkpoints: readonly Checkpoint[]): Answer {
  const counts = new Map<ObjectId, ChangeCounts>();
  for (const checkpoint of checkpoints) counts.set(checkpoint.id, countsOf(store, checkpoint));
  return { type: 'counted', counts };
}

/** Before the first checkpoint nothing was known of the files, so all of them would be news there. */
function countsOf(store: Store, checkpoint: Checkpoint): ChangeCounts {
  if (checkpoint.parents.length === 0) return { added: 0, modified: 0, deleted: 0 };
  const { added, modified, deleted } = changesOf(store, checkpoint);
  return { added: added.length, modified: modified.length, deleted: deleted.length };
}
