// Undo and redo in two steps: what would be taken back, and taking it back. What was changed since is refused, as by the command.

import { deletionToConfirm } from '../../session/agreed-deletion.ts';
import { planTakeBack } from '../../session/take-back-plan.ts';
import { undoOperation } from '../../session/undo-operation.ts';
import type { Answer, Effect, TakeBack } from '../../ui/browser-effect.ts';
import { ageText } from '../../ui/human-units.ts';
import { changeCounts, planText } from '../plan-text.ts';
import type { BrowserDesk } from './browser-desk.ts';
import { done } from './done.ts';

export function planOfTakeBack({ place, context }: BrowserDesk, direction: TakeBack): Answer {
  const { store, root } = place;
  const plan = planTakeBack(store, { root, direction });
  if (plan === undefined) {
    return { type: 'planned', text: `There is nothing to ${direction}.`, carriesOut: undefined };
  }
  const age = ageText(Date.parse(plan.at), context.surroundings.now());
  const paths = { ...plan, makeDirectories: [], removeDirectories: [], blocked: [] };
  const hasFiles = changeCounts(plan) !== '';
  const files = hasFiles ? planText(paths, context.output.paint, Number.POSITIVE_INFINITY) : '';
  const what = direction === 'undo' ? 'Takes back' : 'Does again';
  return {
    type: 'planned',
    text: `${what}: ${plan.summary}, ${age}\n${files === '' ? 'No file is touched.' : files}`,
    carriesOut: { do: 'take-back', direction, agreed: 0 },
  };
}

export async function carryOutTakeBack(
  { place: { store, root } }: BrowserDesk,
  { direction, agreed }: Extract<Effect, { do: 'take-back' }>,
): Promise<Answer> {
  try {
    const outcome = await undoOperation(store, { root, direction, everything: false, agreed });
    const { summary, created, written, deleted, warnings } = outcome;
    const counts = changeCounts({ create: created, write: written, delete: deleted });
    const what = direction === 'undo' ? 'Taken back' : 'Done again';
    const back = direction === 'undo' ? 'redo does it again' : 'undo takes it back';
    const files = counts === '' ? '' : ` (${counts})`;
    return done([`${what}: ${summary}${files}`, back, ...warnings].join('; '));
  } catch (error) {
    const deletion = deletionToConfirm(error);
    if (deletion === undefined) throw error;
    return { type: 'deletes', ...deletion };
  }
}
