// Looks whether something was interrupted in a root, before anything else is done there. Nearly always nothing was, and then what would
// finish it is not loaded: it is half of all that restores, and every hook looks here.

import { journalRef } from './operation-log.ts';
import type { Store } from './store.ts';

/** Finishes what was interrupted in this root, if anything; returns what to tell about it. The root must be held. */
export async function finishJournal(store: Store, root: string): Promise<readonly string[]> {
  const journal = store.refs.read(journalRef(root));
  if (journal === undefined) return [];
  const { finishInterrupted } = await import('./finish-interrupted.ts');
  return await finishInterrupted(store, { root, journal });
}
