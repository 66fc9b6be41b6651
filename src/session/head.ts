// What HEAD names: the newest session, for those who look with git. Nothing of gsess depends on it.

import { type Store, sessionRef } from './store.ts';

const WITHOUT_SESSIONS = 'refs/heads/main';

/** The branch of the newest session, or the one that a store without sessions is made with. */
export function newestBranch(store: Store): string {
  const [newest] = store.sessions();
  return newest === undefined ? WITHOUT_SESSIONS : sessionRef(newest.id);
}

/** Those who look with git shall find a session there is. */
export async function pointHeadElsewhere(store: Store): Promise<void> {
  const head = store.refs.head();
  const newest = newestBranch(store);
  if (newest === WITHOUT_SESSIONS || head === undefined) return;
  if (store.refs.read(head) === undefined) await store.refs.setHead(newest);
}
