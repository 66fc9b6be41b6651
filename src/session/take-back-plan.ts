// What undo or redo would take back now, before anything is done: the operation as it was asked for, and the files that it changed.
// Whether these still are what it left is found out when it is carried out, which then refuses what is not.

import type { RawPath } from '../git/raw-path.ts';
import { compareFiles } from './file-changes.ts';
import { nextToTakeBack, treesOf } from './operation-log.ts';
import type { Store } from './store.ts';

export interface TakeBackPlan {
  readonly summary: string;
  /** ISO 8601, UTC: when it was done. */
  readonly at: string;
  readonly create: readonly { readonly path: RawPath }[];
  readonly write: readonly { readonly path: RawPath }[];
  readonly delete: readonly { readonly path: RawPath }[];
}

/** Undefined where there is nothing to take back. */
export function planTakeBack(
  store: Store,
  { root, direction }: { readonly root: string; readonly direction: 'undo' | 'redo' },
): TakeBackPlan | undefined {
  const entry = nextToTakeBack(store, root, direction);
  if (entry === undefined) return undefined;
  const { summary, at, files } = entry.operation;
  const changes =
    files === undefined
      ? []
      : compareFiles(store.objects, treesOf(files.after), treesOf(files.before));
  return {
    summary: summary.replace(/^(undo|redo): /, ''),
    at,
    create: changes.filter(({ before }) => before === undefined),
    write: changes.filter(({ before, after }) => before !== undefined && after !== undefined),
    delete: changes.filter(({ after }) => after === undefined),
  };
}
