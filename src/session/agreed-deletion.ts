// A change of files that deletes much is carried out only where somebody agreed to that number: a general yes is no yes to it.

import { GsessError } from '../errors.ts';
import { countEntries, type Deletion, isLargeDeletion } from '../worktree/large-deletion.ts';
import type { RestorePlan } from '../worktree/restore-plan.ts';
import type { ReadableObjects } from '../worktree/tree-diff.ts';
import { type FilesState, treesOf } from './operation-log.ts';

/** How many files may be deleted where they are many; none unless told. */
export type AgreedDeletions = number | 'any';

/** Throws `confirmation-needed` if more is to be deleted than was agreed to. */
export function refuseLargeDeletion(
  objects: ReadableObjects,
  { plan, present }: { readonly plan: RestorePlan; readonly present: FilesState },
  agreed: AgreedDeletions = 0,
): void {
  const deleted = plan.delete.length;
  if (agreed === 'any' || deleted <= agreed) return;
  const deletion = { deleted, of: countEntries(objects, treesOf(present)) };
  if (!isLargeDeletion(deletion)) return;
  throw new GsessError(
    'confirmation-needed',
    `Nothing was done: ${deleted} of ${deletion.of} files would be deleted`,
    {
      hint: `Look with 'gsess restore --dry-run' or 'gsess diff'; '--yes=large' agrees to it.`,
      data: { ...deletion },
    },
  );
}

/** The deletion that an error asks to agree to, if it is that error. */
export function deletionToConfirm(error: unknown): Deletion | undefined {
  if (!(error instanceof GsessError) || error.code !== 'confirmation-needed') return undefined;
  const { deleted, of } = error.data;
  return typeof deleted === 'number' && typeof of === 'number' ? { deleted, of } : undefined;
}
