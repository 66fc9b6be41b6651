// Brings the files of a root to another state, so that a crash at any moment is finished by the next command:
//
//   1. the present is snapshotted and the plan made                    nothing has happened
//   2. the operation goes into the journal, with the present and the
//      target by reference                                             from here on it will be finished
//   3. the plan is carried out, file by file, each by one rename
//   4. the result is snapshotted; session, log and journal move         done, and undoable
//
// Carrying out is idempotent: what is already as it shall be is passed over, what someone changed in between is left and told.

import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import { displayPath, isUtf8 } from '../git/raw-path.ts';
import { applyRestore } from '../worktree/restore.ts';
import type { RestoreContents } from '../worktree/restore-contents.ts';
import type { RestorePlan } from '../worktree/restore-plan.ts';
import { VerifiedFiles } from '../worktree/verified-files.ts';
import type { ChangedPaths } from './changed-paths.ts';
import { concludeOperation } from './conclude-operation.ts';
import { journalRef, type Operation } from './operation-log.ts';
import { abandonJournal, openJournal } from './record-operation.ts';
import type { RootSnapshot } from './root-snapshot.ts';
import type { Store } from './store.ts';

/** A commit that holds the present, and the ref that leads to it. */
export interface Holder {
  readonly ref: string;
  readonly commit: ObjectId;
}

/**
 * Steps 2 to 4, for a plan that was made on `operation.files.before`; returns the session's new checkpoint, undefined where the session
 * is gone. The root must be held.
 */
export async function carryOut(
  store: Store,
  batch: ObjectBatch,
  {
    operation,
    plan,
    contents,
    present,
    kept,
  }: {
    readonly operation: Operation;
    readonly plan: RestorePlan;
    readonly contents: RestoreContents;
    readonly present: RootSnapshot;
    /** The checkpoint that holds the present, if there is one. */
    readonly kept?: Holder;
  },
): Promise<ObjectId | undefined> {
  const journal = await openJournal(store, batch, operation);
  // The journal holds the present too, but only for as long as it is open.
  const holder = kept ?? { ref: journalRef(operation.root), commit: journal };
  present.keepCache(holder);
  const verified = new VerifiedFiles(store.surroundings.now);
  try {
    await applyRestore({ root: operation.root, objects: store.objects, plan, contents, verified });
  } catch (error) {
    // It rolled back what it had done, so nothing is left to finish.
    await abandonJournal(store, operation, journal);
    throw error;
  }
  // The plan knows nothing of them, so nobody has been told yet.
  for (const { path, reason } of present.skipped) {
    if (reason !== 'unreadable') continue;
    store.surroundings.onWarning?.(`'${displayPath(path)}' could not be read and stays as it is`);
  }
  const changed = changedBy(plan, holder.commit);
  return concludeOperation(store, { operation, journal, changed, verified });
}

/** What the plan touched, so that the result is snapshotted without looking at all the rest; undefined where that cannot be said. */
function changedBy(plan: RestorePlan, since: ObjectId): ChangedPaths | undefined {
  const paths = [
    ...[...plan.create, ...plan.write, ...plan.delete].map(({ path }) => path),
    ...plan.makeDirectories,
    ...plan.removeDirectories,
  ];
  if (!paths.every(isUtf8)) return undefined;
  return { since, paths: paths.map((path) => Buffer.from(path, 'latin1').toString('utf8')) };
}
