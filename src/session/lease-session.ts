// Notes at each event which process talks in which session, and forgets it when the agent says that it ends.

import type { Owner } from '../git/lock.ts';
import { openBoundStore } from './event-binding.ts';
import { NativeIndex } from './native-index.ts';
import type { Surroundings } from './surroundings.ts';
import { sweepStore } from './sweep-store.ts';

export function leaseSession(
  surroundings: Surroundings,
  event: { readonly agent: string; readonly nativeId: string; readonly kind: string },
  agentProcess: Owner | undefined,
): void {
  const bound = new NativeIndex(surroundings.dataDirectory).find(event.agent, event.nativeId);
  if (bound === undefined) return;
  const store = openBoundStore(bound, surroundings);
  if (store === undefined) return;
  if (event.kind === 'end') {
    store.leases.release(bound.session);
    // Nobody waits for the end of a session, so it is the moment to tidy up.
    sweepStore(store);
  } else if (agentProcess !== undefined) {
    store.leases.hold(bound.session, agentProcess);
  }
}
