// Asks before something is erased for good. Of all that gsess does it is the one thing that nothing brings back, so a yes to
// everything is no answer to it: in scripts `--yes=purge` is.

import { GsessError } from '../errors.ts';
import type { Context } from './context.ts';

/** True if it may be done. */
export async function confirmErasure(
  context: Context,
  yes: boolean | 'purge',
  question: string,
): Promise<boolean> {
  if (yes === 'purge') return true;
  if (!context.isInteractive) {
    throw new GsessError('confirmation-needed', `Not done without a yes: ${question}`, {
      hint: 'Pass --yes=purge to answer beforehand; --yes alone is not enough.',
      data: { question, yes: '--yes=purge' },
    });
  }
  if (await context.confirm(question)) return true;
  context.output.note('Nothing was done.');
  context.exitStatus = 1;
  return false;
}
