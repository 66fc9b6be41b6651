// A verb that goes into the operation log runs alone in its root, after what a crash left there has been finished: what undo takes
// back next is threaded through the log, so nothing may slip in between.

import { finishJournal } from './finish-journal.ts';
import type { Store } from './store.ts';

export function operate<T>(
  store: Store,
  { root, verb }: { readonly root: string; readonly verb: string },
  fn: () => Promise<T>,
): Promise<T> {
  return store.withRoot(root, verb, async () => {
    const warnings = await finishJournal(store, root);
    for (const warning of warnings) store.surroundings.onWarning?.(warning);
    return fn();
  });
}

/** Finishes what a crash interrupted in this root, before anything is planned on what it left. */
export async function recover(store: Store, root: string): Promise<void> {
  await operate(store, { root, verb: 'recover' }, () => Promise.resolve());
}
