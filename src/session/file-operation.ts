// Brings the files of a root to another state, so that a crash at any moment is finished by the next command:
//
//   1. the present is snapshotted and the plan made                    nothing has happened
//   2. the operation goes into the journal, with the present and the
//      target by reference                                             from here on it will be finished
//   3. the plan is carried out, file by file, each by one rename
//   4. the result is snapshotted; session, log and journal move         done, and undoable
//
// Carrying out is idempotent: what is already as it shall be is passed over, what someone changed in between is left and told.

import { GsessError } from '../errors.ts';
import { editTree } from '../git/edit-tree.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { ObjectId } from '../git/object-id.ts';
import { EMPTY_TREE } from '../git/object-id.ts';
import type { RawPath } from '../git/raw-path.ts';
import { readOddTree, writeOddTree } from '../worktree/odd-tree.ts';
import { applyRestore } from '../worktree/restore.ts';
import type { RestorePlan } from '../worktree/restore-plan.ts';
import { diffSnapshots, type EntryState, type TreeChange } from '../worktree/tree-diff.ts';
import type { Checkpoint } from './checkpoint.ts';
import { planFiles } from './file-plan.ts';
import {
  type FilesState,
  journalRef,
  logEdit,
  newestOperation,
  type Operation,
  putOperation,
  readOperation,
  type SessionOutcome,
  treesOf,
} from './operation-log.ts';
import { recordSessionOperation } from './record-operation.ts';
import { type RootSnapshot, snapshotFiles } from './root-snapshot.ts';
import { draftChange, withPending } from './session-change.ts';
import type { SessionRecord } from './session-record.ts';
import { type Store, sessionRef } from './store.ts';

export interface FileOutcome {
  /** The session's; undefined where the session is gone. */
  readonly checkpoint: ObjectId | undefined;
  readonly warnings: readonly string[];
}

/** The trees of a snapshot, as an operation names them. */
export function stateOf({ content }: Pick<RootSnapshot, 'content'>): FilesState {
  const { files, odd } = content;
  return odd === undefined ? { files } : { files, odd };
}

type EntryEdits = Map<string, EntryState | null>;

/** The state `base` with only these changes made to it; they come from a comparison with `target`. */
export function composeState(
  batch: ObjectBatch,
  base: FilesState,
  { changes, target }: { readonly changes: readonly TreeChange[]; readonly target: FilesState },
): FilesState {
  const byPath = (odd: ObjectId | undefined) =>
    new Map<string, EntryState>(readOddTree(batch, odd).map((entry) => [entry.path, entry]));
  const kept = byPath(base.odd);
  const gained = byPath(target.odd);
  const plainEdits: EntryEdits = new Map();
  const oddEdits = new Map<string, EntryEdits>();
  for (const { path, after = null } of changes) {
    const place = selfAndAbove(path).find((above) => kept.has(above) || gained.has(above));
    if (place !== undefined) {
      const edits = oddEdits.get(place) ?? new Map();
      const isOddNow = place !== path || gained.has(path);
      oddEdits.set(place, edits.set(path.slice(place.length + 1), isOddNow ? after : null));
    }
    // The same path may be odd on one side only: it is so by its content, as `.gitmodules`.
    if (place === undefined) plainEdits.set(path, after);
    else if (place === path) plainEdits.set(path, gained.has(path) ? null : after);
  }
  for (const [place, edits] of oddEdits) {
    const entry = editOddEntry(batch, kept.get(place), edits);
    if (entry === undefined) kept.delete(place);
    else kept.set(place, entry);
  }
  const files = editTree(batch, base.files, plainEdits) ?? batch.put('tree', Buffer.alloc(0));
  const entries = [...kept].map(([path, { mode, id }]) => ({ path: path as RawPath, mode, id }));
  const odd = writeOddTree(batch, entries);
  return odd === undefined ? { files } : { files, odd };
}

/** An entry with an odd name after edits to it (the path '') and, where it is a directory, below it. */
function editOddEntry(
  batch: ObjectBatch,
  present: EntryState | undefined,
  edits: EntryEdits,
): EntryState | undefined {
  const whole = edits.get('');
  const below = new Map([...edits].filter(([path]) => path !== ''));
  if (below.size === 0) return whole ?? undefined;
  const isTree = whole === undefined && present?.mode === '40000' && present.id !== EMPTY_TREE;
  const tree = editTree(batch, isTree ? present.id : undefined, below);
  return tree === undefined ? (whole ?? undefined) : { mode: '40000', id: tree };
}

/** The path and the directories above it, the innermost first, without the root. */
function selfAndAbove(path: string): string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, names.length - index).join('/'));
}

/** Steps 2 to 4, for a plan that was made on `operation.files.before`. The root must be held. */
export async function carryOut(
  store: Store,
  batch: ObjectBatch,
  { operation, plan }: { readonly operation: Operation; readonly plan: RestorePlan },
): Promise<FileOutcome> {
  const { root } = operation;
  const entry = putOperation(store, batch, operation);
  const journal = journalRef(root);
  const opening = { name: journal, value: entry, expect: 'absent' } as const;
  await store.publish(batch, [opening], operation.verb);
  try {
    await applyRestore({ root, objects: store.objects, plan });
  } catch (error) {
    // It rolled back what it had done, so nothing is left to finish.
    await store.refs.update([{ name: journal, value: null, expect: entry }], operation.verb);
    throw error;
  }
  return finish(store, { operation, entry });
}

/** Finishes what a crash interrupted in this root, if anything; returns what to tell about it. The root must be held. */
export async function finishJournal(store: Store, root: string): Promise<readonly string[]> {
  const entry = store.refs.read(journalRef(root));
  if (entry === undefined) return [];
  const operation = readOperation(store, entry);
  const warnings: string[] = [`an interrupted '${operation.summary}' was finished`];
  if (newestOperation(store, root)?.operation.id === operation.id) {
    await store.refs.update([{ name: journalRef(root), value: null, expect: entry }], 'recover');
    return warnings;
  }
  warnings.push(...(await applyRest(store, operation)));
  await finish(store, { operation, entry });
  return warnings;
}

/** Carries out what is left of an interrupted operation; what someone changed meanwhile stays as it is. */
async function applyRest(store: Store, operation: Operation): Promise<string[]> {
  const { files, root } = operation;
  if (files === undefined) return [];
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
  try {
    await applyRestore({ root, objects: store.objects, plan });
  } catch (error) {
    if (!(error instanceof GsessError)) throw error;
    warnings.push(
      `it could not be finished (${error.message}); 'gsess undo' takes back what was done`,
    );
  }
  return warnings;
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
      return !isSame(found, change.after) && !(found === undefined && changesKind(change));
    },
  );
  return { changes, told: changes.map(({ path }) => path).filter((path) => planned.has(path)) };
}

function changesKind({ before, after }: TreeChange): boolean {
  if (before === undefined || after === undefined) return false;
  return (before.mode === '40000') !== (after.mode === '40000');
}

function isSame(a: TreeChange['after'], b: TreeChange['after']): boolean {
  return a?.id === b?.id && a?.mode === b?.mode;
}

/** Step 4. A session commit that a killed run had published already is recognised by its operation. */
async function finish(
  store: Store,
  { operation, entry }: { readonly operation: Operation; readonly entry: ObjectId },
): Promise<FileOutcome> {
  const { change, root } = operation;
  const closing = { name: journalRef(root), value: null, expect: entry } as const;
  const batch = store.batch();
  const snapshot = snapshotFiles(store, root, { batch });
  if (snapshot.content.files === EMPTY_TREE) batch.put('tree', Buffer.alloc(0));
  const before = operation.files?.before;
  const done: Operation = {
    ...operation,
    ...(before === undefined ? {} : { files: { before, after: stateOf(snapshot) } }),
  };
  const published = publishedCheckpoint(store, operation);
  // A session that was deleted in between has no branch to tell it on; its files are put in place all the same.
  const isGone = change === undefined || store.tip(change.session) === undefined;
  if (published !== undefined || isGone) {
    const log = putOperation(store, batch, { ...done, ...sessionOf(published) });
    await store.publish(batch, [logEdit(store, root, log), closing], operation.verb);
    return { checkpoint: published?.id, warnings: [] };
  }
  const draft = draftChange(store, {
    session: change.session,
    kind: 'restore',
    subject: change.subject,
    operation: operation.id,
    snapshot,
    ...(change.goesBackTo === null ? {} : { goesBackTo: change.goesBackTo }),
    change: (record) => changedBy(change, record),
  });
  const { checkpoint } = await recordSessionOperation(store, batch, {
    draft,
    operation: done,
    alongside: [closing],
  });
  snapshot.keepCache({ ref: sessionRef(change.session), commit: checkpoint });
  return { checkpoint, warnings: [] };
}

/** The record of a session after the operation. */
export function changedBy(change: SessionOutcome, record: SessionRecord): SessionRecord {
  const { pending, name } = change;
  const moved = pending === undefined ? record : withPending(record, pending);
  return name === undefined ? moved : { ...moved, name };
}

function sessionOf(published: Checkpoint | undefined): Pick<Operation, 'session'> {
  const before = published?.parents[0];
  if (published === undefined || before === undefined) return {};
  return { session: { id: published.session, before, after: published.id } };
}

const PUBLISHED_DISTANCE_MAX = 100;

function publishedCheckpoint(store: Store, { id, change }: Operation): Checkpoint | undefined {
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
