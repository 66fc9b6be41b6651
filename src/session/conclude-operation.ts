// The end of every operation: one update moves the session's branch, the refs, the log and the journal, in this order. A kill between two
// of these moves leaves the journal open, and whoever finds it comes here again: what has moved is passed over, and the
// checkpoint that was published already is recognised by its operation. So an operation is done whole, and then in the log.

import type { ObjectBatch } from '../git/object-batch.ts';
import { EMPTY_TREE, type ObjectId } from '../git/object-id.ts';
import type { RefEdit } from '../git/ref-store.ts';
import type { VerifiedFiles } from '../worktree/verified-files.ts';
import type { ChangedPaths } from './changed-paths.ts';
import type { Checkpoint } from './checkpoint.ts';
import { publishCheckpoint, putCheckpoint } from './checkpoint-writer.ts';
import {
  journalRef,
  logEdit,
  type Operation,
  putOperation,
  type SessionOutcome,
  stateOf,
  trashRef,
} from './operation-log.ts';
import { retryMoved } from './retry-moved.ts';
import { snapshotFiles } from './root-snapshot.ts';
import { draftChange, withPending } from './session-change.ts';
import type { SessionRecord } from './session-record.ts';
import { PACKED_SOON, type Store, sessionRef } from './store.ts';

export interface OpenOperation {
  readonly operation: Operation;
  /** The entry that the journal points at. */
  readonly journal: ObjectId;
  /** All that was changed for it since the journal was opened, where that is known. */
  readonly changed?: ChangedPaths | undefined;
  /** What was read back after it had been put in place. */
  readonly verified?: VerifiedFiles | undefined;
}

/**
 * Makes the operation visible, its files being in place; returns the session's new checkpoint, if it made one. Throws `ref-moved` with
 * nothing moved if a ref of `pending` is elsewhere than the operation has it.
 */
export function concludeOperation(
  store: Store,
  open: OpenOperation,
  pending: Operation['refs'] = open.operation.refs,
): Promise<ObjectId | undefined> {
  const attempt = () => conclude(store, open, refEdits(open.operation, pending));
  // Another process may add to the session meanwhile; what becomes of it is then drafted again.
  return open.operation.change === undefined ? attempt() : retryMoved(attempt);
}

async function conclude(
  store: Store,
  open: OpenOperation,
  edits: readonly RefEdit[],
): Promise<ObjectId | undefined> {
  const batch = store.batch(open.operation.files === undefined ? {} : PACKED_SOON);
  try {
    return await concludeWith(store, batch, { ...open, edits });
  } catch (error) {
    batch.discard();
    throw error;
  }
}

async function concludeWith(
  store: Store,
  batch: ObjectBatch,
  open: OpenOperation & { readonly edits: readonly RefEdit[] },
): Promise<ObjectId | undefined> {
  const { operation, journal, changed, verified, edits } = open;
  const { root, verb, files, change } = operation;
  const options = { batch, changed, verified };
  const snapshot = files === undefined ? undefined : snapshotFiles(store, root, options);
  if (snapshot?.content.files === EMPTY_TREE) batch.put('tree', Buffer.alloc(0));
  const done: Operation =
    files === undefined || snapshot === undefined
      ? operation
      : { ...operation, files: { before: files.before, after: stateOf(snapshot) } };
  const published = publishedCheckpoint(store, operation);
  const closing: RefEdit = { name: journalRef(root), value: null, expect: journal };
  const enter = (session: Operation['session']): readonly RefEdit[] => {
    const entry = putOperation(store, batch, session === undefined ? done : { ...done, session });
    return [...edits, logEdit(store, root, entry), closing];
  };
  // A session that was deleted in between has no branch to tell it on; all else is done all the same.
  const isGone = change === undefined || store.tip(change.session) === undefined;
  if (published !== undefined || isGone) {
    await store.publish(batch, enter(sessionOf(published)), verb);
    return published?.id;
  }
  const draft = draftChange(store, {
    session: change.session,
    kind: files === undefined && change.name !== undefined ? 'rename' : 'restore',
    subject: change.subject,
    operation: operation.id,
    ...(snapshot === undefined ? {} : { snapshot }),
    ...(change.goesBackTo === null ? {} : { goesBackTo: change.goesBackTo }),
    change: (record) => changedBy(change, record),
  });
  const commit = putCheckpoint(store, batch, draft);
  const before = draft.expect === 'absent' ? commit : draft.expect;
  const alongside = enter({ id: change.session, before, after: commit });
  await publishCheckpoint(store, batch, { commit, draft, alongside });
  snapshot?.keepCache({ ref: sessionRef(change.session), commit });
  return commit;
}

/** The ref moves of an operation; what a ref held before is kept in the trash, since nothing else may hold it any more. */
function refEdits({ id }: Operation, refs: Operation['refs']): RefEdit[] {
  const kept = refs.flatMap(({ name, before }): RefEdit[] =>
    before !== null ? [{ name: trashRef(id, name), value: before, expect: 'any' }] : [],
  );
  const moves = refs.map(
    ({ name, before, after }): RefEdit => ({ name, value: after, expect: before ?? 'absent' }),
  );
  return [...kept, ...moves];
}

/** The record of a session after the operation. */
function changedBy(change: SessionOutcome, record: SessionRecord): SessionRecord {
  const { pending, name } = change;
  const moved = pending === undefined ? record : withPending(record, pending);
  return name === undefined ? moved : { ...moved, name };
}

function sessionOf(published: Checkpoint | undefined): Operation['session'] {
  const before = published?.parents[0];
  if (published === undefined || before === undefined) return undefined;
  return { id: published.session, before, after: published.id };
}

const PUBLISHED_DISTANCE_MAX = 100;

/** The checkpoint that a killed run made of this operation, if it came so far. */
export function publishedCheckpoint(
  store: Store,
  { id, change }: Operation,
): Checkpoint | undefined {
  const tip = change === undefined ? undefined : store.tip(change.session);
  if (tip === undefined) return undefined;
  let distance = 0;
  for (const checkpoint of store.history(tip)) {
    // The one that kept the present names the operation too.
    if (checkpoint.operation === id && checkpoint.kind !== 'manual') return checkpoint;
    distance += 1;
    if (distance > PUBLISHED_DISTANCE_MAX) return undefined;
  }
  return undefined;
}
