// The plan of a restore, for people and for programs.

import { displayPath, jsonPath, type RawPath } from '../git/raw-path.ts';
import type { Paint } from '../ui/paint.ts';
import { safeText } from '../ui/safe-text.ts';
import { isEmptyPlan, type RestorePlan } from '../worktree/restore-plan.ts';

/** So many paths are shown before a question; `--dry-run` shows all. */
export const SHOWN_PATHS_MAX = 40;

/** What of a plan is shown. */
export type ShownPlan = Pick<RestorePlan, 'makeDirectories' | 'removeDirectories' | 'blocked'> &
  Readonly<Record<'create' | 'write' | 'delete', readonly { readonly path: RawPath }[]>>;

/** The paths of a plan as `--json` shows them. */
export function planJson(plan: RestorePlan | undefined) {
  const paths = (entries: readonly { readonly path: RawPath }[] = []) =>
    entries.map(({ path }) => jsonPath(path));
  return {
    create: paths(plan?.create),
    write: paths(plan?.write),
    delete: paths(plan?.delete),
    blocked: paths(plan?.blocked),
  };
}

/** Counts, then the paths, each with a sign; at most `pathsMax`. */
export function planText(plan: ShownPlan, paint: Paint, pathsMax: number): string {
  if (isEmptyPlan(plan) && plan.blocked.length === 0) return 'No file differs.';
  const lines = [
    ...plan.create.map(({ path }) => paint.good(`  + ${nameOf(path)}`)),
    ...plan.write.map(({ path }) => paint.accent(`  ~ ${nameOf(path)}`)),
    ...plan.delete.map(({ path }) => paint.bad(`  - ${nameOf(path)}`)),
  ];
  const blocked = plan.blocked.map(({ path, reason }) =>
    paint.warning(`  ! ${nameOf(path)} (${reason})`),
  );
  const more = lines.length - pathsMax;
  return [
    `Files: ${changeCounts(plan) || 'none'}${directoryCounts(plan)}`,
    ...lines.slice(0, pathsMax),
    ...(more > 0 ? [`  … and ${more} more`] : []),
    ...(blocked.length > 0 ? [`In the way: ${blocked.length}`, ...blocked.slice(0, pathsMax)] : []),
  ].join('\n');
}

/** How many are created, written and deleted, in words; empty for none. */
export function changeCounts(plan: {
  readonly create: readonly unknown[];
  readonly write: readonly unknown[];
  readonly delete: readonly unknown[];
}): string {
  const counts = [
    [plan.create.length, 'created'],
    [plan.write.length, 'written'],
    [plan.delete.length, 'deleted'],
  ] as const;
  return counts
    .filter(([count]) => count > 0)
    .map(([count, word]) => `${count} ${word}`)
    .join(', ');
}

function directoryCounts({ makeDirectories, removeDirectories }: ShownPlan): string {
  const count = (paths: readonly unknown[], what: string) => {
    if (paths.length === 0) return '';
    return `, ${paths.length} ${paths.length === 1 ? 'directory' : 'directories'} ${what}`;
  };
  return count(makeDirectories, 'made') + count(removeDirectories, 'removed');
}

function nameOf(path: RawPath): string {
  return safeText(displayPath(path));
}
