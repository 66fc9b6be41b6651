// The property: whatever people, agents and gsess do, in whatever order, gsess and the oracle never differ. A failure is shrunk to the
// fewest steps that still show it, and told with the seed and the path that lead to it again.

import fc from 'fast-check';
import { ANY_COMMAND } from './model-commands.ts';
import { withWorld } from './with-world.ts';

export interface ModelRunOptions {
  readonly runs: number;
  /** So many in a run on the average; what cannot be done where it is drawn does not count. */
  readonly steps: number;
  readonly seed: number;
  /** Where a failure told that it is to be found. */
  readonly path?: string;
  readonly replayPath?: string;
  readonly onRun?: (run: number) => void;
}

export interface ModelOutcome {
  /** Undefined where all runs went well. */
  readonly failure: string | undefined;
  readonly runs: number;
  readonly steps: number;
  /** How often each verb was done. */
  readonly done: ReadonlyMap<string, number>;
}

/** Runs are of any length up to the longest. */
const DRAWN_PER_STEP = 3.2;

export async function runModel(options: ModelRunOptions): Promise<ModelOutcome> {
  const { runs, steps: wanted, seed, path, replayPath, onRun } = options;
  const done = new Map<string, number>();
  let steps = 0;
  let count = 0;
  const commands = fc.commands([ANY_COMMAND], {
    maxCommands: Math.round(wanted * DRAWN_PER_STEP),
    size: 'max',
    ...(replayPath === undefined ? {} : { replayPath }),
  });
  const property = fc.asyncProperty(fc.boolean(), fc.noBias(commands), (isAged, drawn) =>
    withWorld(isAged, async (world) => {
      await fc.asyncModelRun(async () => ({ model: world, real: world }), drawn);
      steps += world.steps;
      for (const [verb, times] of world.done) done.set(verb, (done.get(verb) ?? 0) + times);
      count += 1;
      onRun?.(count);
    }),
  );
  const details = await fc.check(property, {
    numRuns: runs,
    seed,
    includeErrorInReport: true,
    ...(path === undefined ? {} : { path }),
  });
  const failure = details.failed ? await fc.asyncDefaultReportMessage(details) : undefined;
  return { failure, runs: count, steps, done };
}
