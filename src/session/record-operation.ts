// Carries out an operation that only moves refs, and enters it into the log, durably and in an order in which every prefix is sound:
// first what is removed is put into the trash, then the refs move, then the log learns of it.

import { randomUUID } from 'node:crypto';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { RefEdit } from '../git/ref-store.ts';
import { type Draft, publishCheckpoint, putCheckpoint } from './checkpoint-writer.ts';
import { logEdit, type Operation, putOperation, stackAfter, trashRef } from './operation-log.ts';
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

/** The ref moves of an operation; what a ref held before is kept in the trash, since nothing else may hold it any more. */
export function refEditsOf(operation: Operation): RefEdit[] {
  const kept = operation.refs.flatMap(({ name, before }): RefEdit[] =>
    before !== null ? [{ name: trashRef(operation.id, name), value: before, expect: 'any' }] : [],
  );
  const moves = operation.refs.map(
    ({ name, before, after }): RefEdit => ({ name, value: after, expect: before ?? 'absent' }),
  );
  return [...kept, ...moves];
}

/** Writes a drafted checkpoint together with the log entry of the operation that makes it. */
export async function recordSessionOperation(
  store: Store,
  batch: ObjectBatch,
  {
    draft,
    operation,
    alongside = [],
  }: {
    readonly draft: Draft;
    readonly operation: Operation;
    readonly alongside?: readonly RefEdit[];
  },
): Promise<{ readonly checkpoint: ObjectId; readonly entry: ObjectId }> {
  const checkpoint = putCheckpoint(store, batch, draft);
  const before = draft.expect === 'absent' ? checkpoint : draft.expect;
  const session = { id: draft.record.id, before, after: checkpoint };
  const entry = putOperation(store, batch, { ...operation, session });
  const edits = [...refEditsOf(operation), logEdit(store, operation.root, entry), ...alongside];
  await publishCheckpoint(store, batch, { commit: checkpoint, draft, alongside: edits });
  return { checkpoint, entry };
}

/** Makes the batch durable, moves the refs and logs the operation. Throws `ref-moved` with nothing moved if one is elsewhere. */
export async function recordOperation(
  store: Store,
  batch: ObjectBatch,
  operation: Operation,
): Promise<void> {
  const commit = putOperation(store, batch, operation);
  const edits = [...refEditsOf(operation), logEdit(store, operation.root, commit)];
  await store.publish(batch, edits, operation.verb);
}
