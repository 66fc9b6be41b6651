// The plan that takes a root from its present to a target state, with all that protects files from it: the ignore rules of both
// sides, what either snapshot left out, and what stands on disk uncovered. Decides only.

import { GsessError } from '../errors.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { displayPath, type JsonPath, jsonPath, pathOfJson } from '../git/raw-path.ts';
import { IgnoreRules } from '../worktree/ignore-rules.ts';
import { blockRefused } from '../worktree/refused-paths.ts';
import { RestoreContents } from '../worktree/restore-contents.ts';
import { protectedBy, rulesOfSnapshot, uncoveredOnDisk } from '../worktree/restore-guard.ts';
import {
  planRestore,
  type RestorePlan,
  type Stay,
  type StayReason,
} from '../worktree/restore-plan.ts';
import { refuseFullDisk } from '../worktree/restore-space.ts';
import { SKIP_REASONS, type Skipped, type SkipReason } from '../worktree/skipped.ts';
import { diffSnapshots } from '../worktree/tree-diff.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type FilesState, treesOf } from './operation-log.ts';
import { type RootSnapshot, rulesOnDisk } from './root-snapshot.ts';
import type { Store } from './store.ts';

export interface FilePlanRequest {
  readonly root: string;
  readonly present: RootSnapshot;
  readonly target: FilesState;
  /** Where the target was captured; what it left out there is not missing from it. */
  readonly checkpoint?: Checkpoint;
}

/** Plans on the snapshot just taken; reads the disk where something uncovered may stand in the way. */
export function planFiles(
  store: Store,
  objects: ObjectBatch,
  { root, present, target, checkpoint }: FilePlanRequest,
): RestorePlan {
  const rules = rulesOnDisk(root, store.surroundings);
  const before = treesOf(present.content);
  const after = treesOf(target);
  const skippedThen = checkpoint === undefined ? [] : leftOutOf(store, checkpoint);
  const plan = planRestore(diffSnapshots(objects, before, after), {
    isProtected: protectedBy(
      objects,
      { rules: new IgnoreRules(rules), skipped: present.skipped },
      { ...after, rules: rulesOfSnapshot(rules, objects, after), skipped: skippedThen },
    ),
    existing: uncoveredOnDisk(root, objects, { ...before, skipped: present.skipped }),
  });
  return blockRefused(plan, { root, userId: store.surroundings.userId });
}

/** Throws, before anything is touched, where the plan cannot be carried out whole; returns the contents that it found to be readable. */
export function refuseImpossible(
  objects: ObjectBatch,
  root: string,
  plan: RestorePlan,
): RestoreContents {
  const [first] = plan.blocked;
  if (first !== undefined) throw blockedError(plan.blocked, first);
  const contents = new RestoreContents(objects);
  contents.checkReadable([...plan.create, ...plan.write]);
  refuseFullDisk(root, plan, (id) => objects.sizeOf(id));
  return contents;
}

export function refuseBlocked({ blocked }: RestorePlan): void {
  const [first] = blocked;
  if (first !== undefined) throw blockedError(blocked, first);
}

const REFUSED_BY_SYSTEM: readonly StayReason[] = ['read-only', 'immutable'];

function blockedError(blocked: readonly Stay[], { path: first, reason }: Stay): GsessError {
  const paths = blocked.map(({ path, reason }) => ({ path: jsonPath(path), reason }));
  const count = blocked.length === 1 ? '1 path is' : `${blocked.length} paths are`;
  const isRefused = REFUSED_BY_SYSTEM.includes(reason);
  return new GsessError(
    'tree-changed',
    `Nothing was done: ${count} not gsess's to change, '${displayPath(first)}' first (${reason})`,
    {
      hint: isRefused
        ? `Allow writing there, or restore less with '--path'.`
        : `Move them aside, or restore less with '--path'.`,
      data: { blocked: paths },
    },
  );
}

/** What a checkpoint left out, as far as it is listed. Nothing is passed over: what cannot be read must not be taken for absent. */
function leftOutOf(store: Store, checkpoint: Checkpoint): Skipped[] {
  const entry = store.entry(checkpoint, 'skipped.json');
  if (entry === undefined) return [];
  const listed: unknown = JSON.parse(store.objects.read(entry.id).content.toString('utf8'));
  if (!Array.isArray(listed)) return [];
  return listed.flatMap((value: { path?: JsonPath; reason?: string; size?: number }) => {
    const { path, reason, size } = value;
    if (path === undefined || !isReason(reason)) return [];
    return [{ path: pathOfJson(path), reason, ...(size === undefined ? {} : { size }) }];
  });
}

function isReason(text: string | undefined): text is SkipReason {
  return SKIP_REASONS.some((reason) => reason === text);
}
