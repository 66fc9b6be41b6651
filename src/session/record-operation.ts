// Carries out an operation that changes no files: refs move, a session gets another record, or both. The journal is opened first and
// closed with the last move, so a kill at any moment leaves the operation not begun, or to be finished by the next command.

import { randomUUID } from 'node:crypto';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import { concludeOperation, publishedCheckpoint } from './conclude-operation.ts';
import { journalRef, type Operation, putOperation, stackAfter } from './operation-log.ts';
import type { Store } from './store.ts';

export type OperationFacts = Pick<Operation, 'verb' | 'root' | 'summary' | 'refs'> &
  Partial<Pick<Operation, 'id' | 'session' | 'files' | 'change' | 'takesBack'>>;

/** Completes an operation with its id, its time and its place in the stack. */
export function newOperation(
  store: Store,
  facts: OperationFacts,
  stack = stackAfter(store, facts.root),
): Operation {
  const at = new Date(store.surroundings.now()).toISOString();
  return { id: randomUUID(), at, ...facts, ...stack };
}

/**
 * Makes the batch durable, does the operation and logs it; returns the session's new checkpoint, if there is one. Throws `ref-moved`
 * with nothing moved if a ref is elsewhere. The root must be held.
 */
export async function recordOperation(
  store: Store,
  batch: ObjectBatch,
  operation: Operation,
): Promise<ObjectId | undefined> {
  const journal = await openJournal(store, batch, operation);
  try {
    return await concludeOperation(store, { operation, journal });
  } catch (error) {
    if (isUntouched(store, operation)) await abandonJournal(store, operation, journal);
    throw error;
  }
}

/** Makes the batch durable and enters the operation into the journal: from here on it will be finished. */
export async function openJournal(
  store: Store,
  batch: ObjectBatch,
  operation: Operation,
): Promise<ObjectId> {
  const journal = putOperation(store, batch, operation, { holdsRefs: true });
  const edit = { name: journalRef(operation.root), value: journal, expect: 'absent' } as const;
  await store.publish(batch, [edit], operation.verb);
  return journal;
}

/** Takes an operation of which nothing is done out of the journal. */
export async function abandonJournal(
  store: Store,
  { root, verb }: Operation,
  journal: ObjectId,
): Promise<void> {
  try {
    await store.refs.update([{ name: journalRef(root), value: null, expect: journal }], verb);
  } catch {
    // What made the operation fail is told, and likely the same: a full disk. The journal stays, and the next command goes on from it.
  }
}

function isUntouched(store: Store, operation: Operation): boolean {
  const isMoved = operation.refs.some(
    ({ name, before, after }) => before !== after && (store.refs.read(name) ?? null) === after,
  );
  return !isMoved && publishedCheckpoint(store, operation) === undefined;
}
