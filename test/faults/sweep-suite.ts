// The fault sweep as tests, one for each verb and kind of fault: whole, or a cut of it that fits into every run.

import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_FAULTS_BECAUSE } from '../support/fault-shim.ts';
import { runSweep, type SweepOptions } from './run-sweep.ts';
import type { VerbName } from './verbs.ts';

export interface SweepSize {
  /** Crashes to look at, of each verb. */
  readonly crashes: number;
  /** Crashes from which the repair is swept as well. */
  readonly repairs: number;
  /** Calls that fail, of each verb in each way. */
  readonly errors: number;
  /** Power cuts, of each verb. */
  readonly powerCuts: number;
  /** At how many moments of each verb. */
  readonly moments: number;
}

/** Fits into every run of the tests: some dozen faults a verb, at equal distances over its calls. */
export const CUT: SweepSize = { crashes: 8, repairs: 0, errors: 2, powerCuts: 8, moments: 12 };
export const WHOLE: SweepSize = {
  crashes: 1000,
  repairs: 4,
  errors: 1000,
  powerCuts: 300,
  moments: 1000,
};

/** Which case of the matrix a crash of a verb is. */
const CRASHES = {
  begin: 'CR-01, CR-02: the first save',
  save: 'CR-01, CR-02: a save',
  restore: 'CR-03: a restore',
  undo: 'CR-04: undo',
  redo: 'CR-04: redo',
  fork: 'CR-04: fork',
  tag: 'CR-04: tag',
  untag: 'CR-04: tag --delete',
  rename: 'CR-04: rename',
  delete: 'CR-04: delete',
  import: 'CR-04: import',
  gc: 'CR-05: gc',
  purge: 'CR-05: delete --purge',
} as const satisfies Record<VerbName, string>;

export const VERB_NAMES = Object.keys(CRASHES) as VerbName[];

/** Queues two tests a verb. */
export function queueSweep(tests: Test, size: SweepSize, verbs: readonly VerbName[]): void {
  const test = NO_FAULTS_BECAUSE === undefined ? tests : tests.skip;
  const why = NO_FAULTS_BECAUSE === undefined ? '' : ` (left out: ${NO_FAULTS_BECAUSE})`;
  for (const verb of verbs) {
    test(`${CRASHES[verb]}, killed at any call or torn in any write, is repaired${why}`, () =>
      sweep(verb, { sweep: 'crashes', each: size.crashes, repairs: size.repairs }));
    test(`CR-11, CR-13: ${verb} refused a call by disk or system tells so and loses nothing${why}`, () =>
      sweep(verb, { sweep: 'errors', each: size.errors }));
  }
}

/** Queues one test a verb. */
export function queueLostPages(tests: Test, size: SweepSize, verbs: readonly VerbName[]): void {
  const test = NO_FAULTS_BECAUSE === undefined ? tests : tests.skip;
  for (const verb of verbs) {
    test(`CR-06: what a power cut leaves of ${verb} is sound, and all that was acknowledged is there`, () =>
      sweep(verb, { sweep: 'lost pages', each: size.powerCuts, moments: size.moments }));
  }
}

async function sweep(verb: VerbName, options: SweepOptions): Promise<void> {
  const { faults, states, violations } = await runSweep(verb, options);
  assert.equal(violations, [], `${violations.length} of ${faults} faults`);
  assert.ok(faults >= states && states > 0, `${faults} faults, ${states} states`);
}
