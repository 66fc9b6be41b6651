// An id that a user wants for a new session must be nobody's: no session's here, no deleted one's that could come back, and no
// conversation's of the agent.

import { GsessError } from '../errors.ts';
import type { ForkIds } from './fork-session.ts';
import { NativeIndex } from './native-index.ts';
import type { Store } from './store.ts';
import { trashedRefs } from './trash.ts';

/** Throws `guard` for an id that is taken; `isAgents` says whether the agent has a conversation of that id. */
export function checkIdIsFree(
  store: Store,
  agent: string,
  { ids, isAgents }: { readonly ids: ForkIds; readonly isAgents: boolean },
): void {
  const { session, nativeId } = ids;
  const index = new NativeIndex(store.surroundings.dataDirectory);
  const isTaken =
    isAgents ||
    store.tip(session) !== undefined ||
    index.find(agent, nativeId) !== undefined ||
    trashedRefs(store).some((ref) => ref.session === session);
  if (!isTaken) return;
  throw new GsessError('guard', `There is a session '${session}' already`, {
    hint: 'Take another id, or none for a new one.',
    data: { session },
  });
}
