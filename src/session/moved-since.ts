// Whether a ref still is where an operation put it, so that taking the operation back takes nothing else along. History only grows: a
// rename that was undone left two checkpoints on the branch, and yet the session is as it was. So a branch counts as unmoved
// where all that was added is of operations that were taken back. Reads only.

import type { ObjectId } from '../git/object-id.ts';
import { entriesFrom } from './operation-entries.ts';
import { type LoggedOperation, newestOperation } from './operation-log.ts';
import { SESSION_REFS, type Store } from './store.ts';

/** `entry` is what undo or redo takes next: whatever is newer in its log was taken back, in pairs. */
export function isMovedSince(
  store: Store,
  entry: LoggedOperation,
  ref: {
    readonly name: string;
    readonly after: ObjectId | null;
    readonly present: ObjectId | null;
  },
): boolean {
  const { name, after, present } = ref;
  if (present === after) return false;
  if (present === null || after === null || !name.startsWith(SESSION_REFS)) return true;
  const takenBack = operationsSince(store, entry);
  for (const { id, operation } of store.history(present)) {
    if (id === after) return false;
    if (operation === undefined || !takenBack.has(operation)) return true;
  }
  return true;
}

function operationsSince(store: Store, entry: LoggedOperation): ReadonlySet<string> {
  const found = new Set<string>();
  const newest = newestOperation(store, entry.operation.root);
  if (newest === undefined) return found;
  for (const { commit, operation } of entriesFrom(store, newest.commit)) {
    if (commit === entry.commit) break;
    found.add(operation.id);
  }
  return found;
}
