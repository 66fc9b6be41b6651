// The plan that takes a root from its present to a target state, with all that protects files from it: the ignore rules of both
// sides, what either snapshot left out, and what stands on disk uncovered. Decides only.

import type { ObjectBatch } from '../git/object-batch.ts';
import { type JsonPath, pathOfJson } from '../git/raw-path.ts';
import { IgnoreRules } from '../worktree/ignore-rules.ts';
import { protectedBy, rulesOfSnapshot, uncoveredOnDisk } from '../worktree/restore-guard.ts';
import { planRestore, type RestorePlan } from '../worktree/restore-plan.ts';
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
  return planRestore(diffSnapshots(objects, before, after), {
    isProtected: protectedBy(
      objects,
      { rules: new IgnoreRules(rules), skipped: present.skipped },
      { ...after, rules: rulesOfSnapshot(rules, objects, after), skipped: skippedThen },
    ),
    existing: uncoveredOnDisk(root, objects, { ...before, skipped: present.skipped }),
  });
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
