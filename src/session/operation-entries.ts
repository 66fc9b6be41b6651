// The operation logs of a store as wholes: read to their ends, and written anew without some of their entries.

import { encodeCommit } from '../git/commit.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import { rawName } from '../git/raw-path.ts';
import { parseTrailers } from '../git/trailers.ts';
import { encodeTree } from '../git/tree.ts';
import {
  journalRef,
  type LoggedOperation,
  operationsRef,
  parentsOf,
  readOperation,
} from './operation-log.ts';
import { putJson } from './put-json.ts';
import { rewriteLog } from './rewrite-log.ts';
import type { Store } from './store.ts';

export const OPERATION_REFS = 'refs/gsess/ops/';

/** The log of each root that has one, newest entry first. */
export function operationLogs(store: Store): LoggedOperation[][] {
  return store.refs.list(OPERATION_REFS).map(({ id }) => [...entriesFrom(store, id)]);
}

/** The entries of a log from one back to the oldest, read as they are asked for. */
export function* entriesFrom(store: Store, newest: ObjectId): Generator<LoggedOperation> {
  for (let commit: ObjectId | undefined = newest; commit !== undefined; ) {
    const { parents, message } = store.objects.readCommit(commit);
    // The oldest entry's first parent is a checkpoint, if it has one.
    if (!parseTrailers(message).has('Gsess-Verb')) return;
    yield { commit, operation: readOperation(store, commit) };
    commit = parents[0];
  }
}

/**
 * Takes entries out of the log of a root and returns them; `choose` gets the log as it is once nobody else can write to it. Nothing
 * is done, and undefined returned, while an operation in that root waits to be finished: it names entries too.
 */
export function dropEntries(
  store: Store,
  root: string,
  choose: (entries: readonly LoggedOperation[]) => ReadonlySet<ObjectId>,
): Promise<readonly LoggedOperation[] | undefined> {
  return store.withRoot(root, 'gc', async () => {
    if (store.refs.read(journalRef(root)) !== undefined) return undefined;
    const name = operationsRef(root);
    const newest = store.refs.read(name);
    const entries = newest === undefined ? [] : [...entriesFrom(store, newest)];
    const chosen = choose(entries);
    const dropped = entries.filter(({ commit }) => chosen.has(commit));
    if (newest === undefined || dropped.length === 0) return [];
    const batch = store.batch();
    const value = rewriteLog(
      entries,
      ({ commit }) => chosen.has(commit),
      (entry, previous) => putEntry(store, batch, entry, previous),
    );
    await store.publish(batch, [{ name, value: value ?? null, expect: newest }], 'gc');
    return dropped;
  });
}

/** Writes an entry as it was, but for what it says of other entries. */
function putEntry(
  store: Store,
  batch: ObjectBatch,
  { commit, operation }: LoggedOperation,
  previous: ObjectId | undefined,
): ObjectId {
  const before = store.objects.readCommit(commit);
  const json = rawName('operation.json');
  const entries = store.objects
    .readTree(before.tree)
    .map((entry) => (entry.name === json ? { ...entry, id: putJson(batch, operation) } : entry));
  const tree = batch.put('tree', encodeTree(entries));
  const parents = parentsOf(operation, previous);
  return batch.put('commit', encodeCommit({ ...before, tree, parents }));
}
