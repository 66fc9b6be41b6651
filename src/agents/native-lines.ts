// Which records of a stored transcript go into a new one, for agents that write one JSON value a line.

import { GsessError } from '../errors.ts';
import type { NativeCut } from './agent.ts';
import type { Placed } from './line-records.ts';

/** The lines up to where a new transcript is to end; throws `not-found` for a message that is not there. */
export function cutLines<L extends Placed<unknown>>(
  lines: readonly L[],
  cut: NativeCut | undefined,
  idOf: (record: L['record']) => string | undefined,
): readonly L[] {
  if (cut === undefined) return lines;
  if ('beforeOffset' in cut) return lines.filter(({ source }) => source.offset < cut.beforeOffset);
  const wanted = cut.throughMessage;
  const at = lines.findLastIndex(({ record }) => idOf(record) === wanted);
  if (at >= 0) return lines.slice(0, at + 1);
  throw new GsessError('not-found', `No message '${wanted}' in the transcript`, {
    data: { message: wanted },
  });
}

/** Leaves out results whose call is not there (it was torn): a model refuses a conversation that holds one. */
export function withoutOrphans<L extends Placed<unknown>>(
  { lines, warnings }: { readonly lines: readonly L[]; readonly warnings: string[] },
  calls: ReadonlySet<string>,
  answersOf: (record: L['record']) => readonly string[],
): L[] {
  return lines.filter(({ record, source }) => {
    const answers = answersOf(record);
    const isOrphan = answers.length > 0 && answers.every((id) => id !== '' && !calls.has(id));
    if (isOrphan)
      warnings.push(`Left out a result at byte ${source.offset} whose call is not there`);
    return !isOrphan;
  });
}
