// Times several ways of doing a thing in turns, so that whatever else the machine does meets all of them alike. The first round is
// thrown away; the order turns round with every round.

import { waitUntilQuiet } from './machine.ts';

export interface Contestant {
  /** Before each turn, not timed; a library call may be awaited. */
  readonly prepare?: (round: number) => unknown;
  /** Timed as a whole, unless it resolves to a number: then that is the measure. */
  readonly run: (round: number) => unknown;
}

export interface Samples {
  readonly median: number;
  readonly all: readonly number[];
}

export const ROUNDS = 7;

/** Milliseconds (or what `run` resolves to) of each contestant: `rounds` samples, after one that is not counted. */
export async function interleave<Name extends string>(
  contestants: Readonly<Record<Name, Contestant>>,
  rounds: number = ROUNDS,
): Promise<Record<Name, Samples>> {
  const names = Object.keys(contestants) as Name[];
  const taken = new Map(names.map((name) => [name, [] as number[]]));
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of round % 2 === 0 ? names : names.toReversed()) {
      const sample = await take(contestants[name], round);
      if (round > 0) taken.get(name)?.push(sample);
    }
  }
  return Object.fromEntries(
    names.map((name) => [name, samplesOf(taken.get(name) ?? [])]),
  ) as Record<Name, Samples>;
}

async function take({ prepare, run }: Contestant, round: number): Promise<number> {
  await prepare?.(round);
  // A git that commits may leave a repacking process behind, which must not run beside the next one.
  if (!(await waitUntilQuiet())) console.error('This machine is busy: the figures will be off.');
  const since = performance.now();
  const measure = await run(round);
  return typeof measure === 'number' ? measure : performance.now() - since;
}

export function samplesOf(all: readonly number[]): Samples {
  return { median: median(all), all };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}
