// What a kill interrupted in a root is finished by the next command there, before it does anything of its own: the journal tells what
// was meant. What is still as it was before becomes as it was meant to be; what is neither was changed by someone since, is left
// alone, and told.

import { GsessError } from '../errors.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import { displayPath } from '../git/raw-path.ts';
import { applyRestore } from '../worktree/restore.ts';
import { diffSnapshots, isSameEntry, type TreeChange } from '../worktree/tree-diff.ts';
import type { Checkpoint } from './checkpoint.ts';
import { composeState, selfAndAbove } from './compose-state.ts';
import { concludeOperation } from './conclude-operation.ts';
import { planFiles } from './file-plan.ts';
import {
  type FilesState,
  journalRef,
  newestOperation,
  type Operation,
  readOperation,
  stackAsBefore,
  stateOf,
  treesOf,
} from './operation-log.ts';
import { snapshotFiles } from './root-snapshot.ts';
import type { Store } from './store.ts';

/** Finishes the operation that the journal of this root holds; returns what to tell about it. The root must be held. */
export async function finishInterrupted(
  store: Store,
  { root, journal }: { readonly root: string; readonly journal: ObjectId },
): Promise<readonly string[]> {
  const operation = readOperation(store, journal);
  const finished = `an interrupted '${operation.summary}' was finished`;
  if (newestOperation(store, root)?.operation.id === operation.id) {
    await close(store, root, journal);
    return [finished];
  }
  const refs = refsOf(store, operation);
  if (refs.isDropped) {
    await close(store, root, journal);
    return [`an interrupted '${operation.summary}' had changed nothing and is dropped`];
  }
  const rest = await applyRest(store, operation);
  const done = rest.isWhole ? operation : inPart(store, operation);
  await concludeOperation(store, { operation: done, journal }, refs.pending);
  return [...(rest.isWhole ? [finished] : []), ...refs.told, ...rest.warnings];
}

async function close(store: Store, root: string, journal: ObjectId): Promise<void> {
  await store.refs.update([{ name: journalRef(root), value: null, expect: journal }], 'recover');
}

/** Which refs are still to be moved. */
function refsOf(
  store: Store,
  { refs, files, change }: Operation,
): {
  readonly pending: Operation['refs'];
  readonly told: readonly string[];
  /** There is nothing left that it could do, and it did nothing. */
  readonly isDropped: boolean;
} {
  const present = refs.map(({ name }) => store.refs.read(name) ?? null);
  const pending = refs.filter(
    ({ before, after }, index) =>
      before !== after &&
      present[index] === before &&
      // A tag is held by no commit: stock git may have removed it while it waited here.
      (after === null || store.objects.has(after)),
  );
  const done = refs.filter(({ after }, index) => present[index] === after);
  const told = refs
    .filter((ref) => !pending.includes(ref) && !done.includes(ref))
    .map(({ name }) => `'${name}' was moved after the interruption and is left alone`);
  const isDropped =
    refs.length > 0 &&
    files === undefined &&
    change === undefined &&
    pending.length + done.length === 0;
  return { pending, told, isDropped };
}

/** An undo or redo that could not be finished leaves for the next one what it should have taken back. */
function inPart(store: Store, operation: Operation): Operation {
  if (operation.takesBack === undefined) return operation;
  return { ...operation, ...stackAsBefore(store, operation.root) };
}

/** Carries out what is left of an interrupted operation; what someone changed meanwhile stays as it is. */
async function applyRest(
  store: Store,
  operation: Operation,
): Promise<{ readonly isWhole: boolean; readonly warnings: readonly string[] }> {
  const { files, root, verb, summary, takesBack } = operation;
  if (files === undefined) return { isWhole: true, warnings: [] };
  const batch = store.batch();
  const present = snapshotFiles(store, root, { batch });
  const { changes, told } = changedMeanwhile(batch, { ...files, present: stateOf(present) });
  const target = composeState(batch, files.after, { changes, target: stateOf(present) });
  const checkpoint = restoredBy(store, operation);
  const plan = planFiles(store, batch, { root, present, target, ...checkpoint });
  batch.discard();
  const warnings = told.map(
    (path) => `'${path}' was changed after the interruption and is left alone`,
  );
  for (const { path, reason } of plan.blocked) {
    warnings.push(`'${displayPath(path)}' could not be put in place (${reason})`);
  }
  try {
    await applyRestore({ root, objects: store.objects, plan });
    return { isWhole: true, warnings };
  } catch (error) {
    if (!(error instanceof GsessError)) throw error;
    const way =
      takesBack === undefined
        ? "'gsess undo' takes back what was done"
        : `'gsess ${verb}' goes on with it`;
    warnings.push(`an interrupted '${summary}' could not be finished (${error.message}); ${way}`);
    return { isWhole: false, warnings };
  }
}

/** The checkpoint that a restore goes back to: what it had left out is to be left alone now as it was in the plan. */
function restoredBy(store: Store, { verb, change }: Operation): { checkpoint?: Checkpoint } {
  const id = change?.goesBackTo ?? null;
  return verb !== 'restore' || id === null ? {} : { checkpoint: store.checkpoint(id) };
}

/**
 * What is in the root that neither a side of the operation explains nor a halt between two of its steps: an entry gone that becomes one
 * of another kind, a directory made and not yet filled, or emptied and not yet removed. `told`: the paths the operation had meant.
 */
function changedMeanwhile(
  objects: Pick<ObjectBatch, 'read' | 'readTree'>,
  state: { readonly before: FilesState; readonly after: FilesState; readonly present: FilesState },
): { readonly changes: TreeChange[]; readonly told: string[] } {
  const planned = new Map<string, TreeChange>();
  const onTheWay = new Set<string>();
  for (const change of diffSnapshots(objects, treesOf(state.before), treesOf(state.after))) {
    planned.set(change.path, change);
    for (const path of selfAndAbove(change.path)) onTheWay.add(path);
  }
  const changes = diffSnapshots(objects, treesOf(state.before), treesOf(state.present)).filter(
    ({ path, after: found }) => {
      if (found?.mode === '40000' && onTheWay.has(path)) return false;
      const change = planned.get(path);
      if (change === undefined) return true;
      return !isSameEntry(found, change.after) && !(found === undefined && changesKind(change));
    },
  );
  return { changes, told: changes.map(({ path }) => path).filter((path) => planned.has(path)) };
}

function changesKind({ before, after }: TreeChange): boolean {
  if (before === undefined || after === undefined) return false;
  return (before.mode === '40000') !== (after.mode === '40000');
}
