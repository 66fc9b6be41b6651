// Notes at each event which process talks in which session, and forgets it when the agent says that it ends.

import type { Owner } from '../git/owner-file.ts';
import type { CaptureReport } from './capture.ts';
import { sweepStore } from './sweep-store.ts';

export function leaseSession(
  { store, session }: CaptureReport,
  { isEnd, agent }: { readonly isEnd: boolean; readonly agent: Owner | undefined },
): void {
  if (isEnd) {
    store.leases.release(session);
    // Nobody waits for the end of a session, so it is the moment to tidy up.
    sweepStore(store);
  } else if (agent !== undefined) {
    store.leases.hold(session, agent);
  }
}
