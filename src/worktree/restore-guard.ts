// Answers the two questions a restore plan asks: what must be left alone, and what is on disk that the snapshot of the present does
// not hold. Rules count from both sides, for a file that only the newer `.gitignore` protects is not in the older snapshot
// either, and its absence there says nothing.

import { readdirSync } from 'node:fs';
import { joinRaw, pathBytes, type RawName, type RawPath, rawPath } from '../git/raw-path.ts';
import { isSameState, lookAt, observe } from './disk-state.ts';
import { IgnoreRules, type IgnoreRulesOptions } from './ignore-rules.ts';
import { hasRoom } from './leftover.ts';
import type { Obstacle, PlanOptions, StayReason } from './restore-plan.ts';
import { CAPTURED_REASONS, type Skipped } from './skipped.ts';
import { accessFault } from './steady-read.ts';
import type { ReadableObjects, SnapshotTrees } from './tree-diff.ts';
import { TreeLookup } from './tree-lookup.ts';

/** One side of a restore: a snapshot, and what it left out. */
export interface GuardedSnapshot {
  readonly rules: IgnoreRules;
  readonly skipped: readonly Skipped[];
}

/** The rules as they were in a snapshot: its own ignore files, and today's from outside the root. */
export function rulesOfSnapshot(
  options: IgnoreRulesOptions,
  objects: ReadableObjects,
  trees: SnapshotTrees,
): IgnoreRules {
  const { base = '' as RawPath, read } = options;
  const lookup = new TreeLookup(objects, trees);
  const prefix = base === '' ? '' : `${base}/`;
  return new IgnoreRules({
    ...options,
    read: (path) => {
      if (!path.startsWith(prefix)) return read(path);
      return lookup.readFile(path.slice(prefix.length) as RawPath);
    },
  });
}

/** Makes `isProtected` from both sides. What the target left out is protected where the target has nothing else in its place. */
export function protectedBy(
  objects: ReadableObjects,
  present: GuardedSnapshot,
  target: GuardedSnapshot & SnapshotTrees,
): PlanOptions['isProtected'] {
  const lookup = new TreeLookup(objects, target);
  const leftOut = reasonsOf(target.skipped);
  const whyLeftOut = (path: RawPath) => {
    const reason = reasonFor(leftOut, path) ?? leftOut.get('' as RawPath);
    return reason === undefined || lookup.find(path) !== undefined ? undefined : reason;
  };
  return (path, isDirectory) =>
    present.rules.verdict(path, isDirectory)?.reason ??
    target.rules.verdict(path, isDirectory)?.reason ??
    whyLeftOut(path);
}

/** Makes `existing`: looks at the disk, and tells what the snapshot of the present does not hold. */
export function uncoveredOnDisk(
  root: string,
  objects: ReadableObjects,
  present: SnapshotTrees & { readonly skipped: readonly Skipped[] },
): PlanOptions['existing'] {
  const rawRoot = rawPath(root);
  const lookup = new TreeLookup(objects, present);
  const leftOut = reasonsOf(present.skipped);
  const obstacle = (path: RawPath): Obstacle => ({
    path,
    reason: reasonFor(leftOut, path) ?? 'uncovered',
  });
  const firstUncovered = (directory: RawPath): Obstacle | undefined => {
    const names = namesIn(joinRaw(rawRoot, directory));
    if (names === undefined) return obstacle(directory);
    for (const name of names) {
      const path = joinRaw(directory, name as RawName);
      const isDirectory = lookAt(rawRoot, path).state === 'directory';
      const covered = lookup.find(path);
      if (covered === undefined || (covered.mode === '40000') !== isDirectory)
        return obstacle(path);
      const below = isDirectory ? firstUncovered(path) : undefined;
      if (below !== undefined) return below;
    }
    return undefined;
  };
  return (path, wanted) => {
    if (!hasRoom(joinRaw(rawRoot, path))) return { path, reason: 'path-too-long' };
    const { state } = lookAt(rawRoot, path);
    if (state === 'absent') return undefined;
    const covered = lookup.find(path);
    if (state === 'directory') {
      if (wanted === 'directory') return undefined;
      return covered?.mode === '40000' ? firstUncovered(path) : obstacle(path);
    }
    if (covered !== undefined && covered.mode !== '40000') return undefined;
    if (wanted !== 'directory' && isSameState(observe(rawRoot, path).state, wanted))
      return undefined;
    return obstacle(path);
  };
}

/** Undefined if they may not be listed. */
function namesIn(directory: RawPath): string[] | undefined {
  try {
    return readdirSync(pathBytes(directory), 'latin1').sort();
  } catch (error) {
    return accessFault(error) === 'gone' ? [] : undefined;
  }
}

function reasonsOf(skipped: readonly Skipped[]): Map<RawPath, StayReason> {
  const reasons = new Map<RawPath, StayReason>();
  for (const { path, reason } of skipped) {
    if (!CAPTURED_REASONS.includes(reason)) reasons.set(path, reason);
  }
  return reasons;
}

/** The reason for the path or for a directory above it. */
function reasonFor(reasons: Map<RawPath, StayReason>, path: RawPath): StayReason | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf('/', end - 1)) {
    const reason = reasons.get(path.slice(0, end) as RawPath);
    if (reason !== undefined) return reason;
  }
  return undefined;
}
