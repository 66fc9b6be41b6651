// Asks by itself whether many files may be deleted, whatever was answered before. In scripts `--yes=large` is the answer.

import { type AgreedDeletions, deletionToConfirm } from '../session/agreed-deletion.ts';
import type { Context } from './context.ts';

/** `yes` as an option: given alone, or as `--yes=large`. */
export type Yes = boolean | 'large';

/** Carries out, asking where much is to be deleted; undefined where the answer was no, and nothing was done. */
export async function confirmingDeletion<T>(
  context: Context,
  yes: Yes,
  act: (agreed: AgreedDeletions) => Promise<T>,
): Promise<T | undefined> {
  let agreed: AgreedDeletions = yes === 'large' ? 'any' : 0;
  for (;;) {
    try {
      return await act(agreed);
    } catch (error) {
      const deletion = deletionToConfirm(error);
      if (deletion === undefined || !context.isInteractive) throw error;
      const { deleted, of } = deletion;
      if (!(await context.confirm(`Delete ${deleted} of the ${of} files here?`))) {
        context.output.note('Nothing was done.');
        context.exitStatus = 1;
        return undefined;
      }
      agreed = deleted;
    }
  }
}
