// The fault sweep as tests, one for each verb and kind of fault: whole, or a cut of it that fits into every run.

import type { Test } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_FAULTS_BECAUSE } from '../support/fault-shim.ts';
import { runSweeps } from './run-sweeps.ts';
import type { SweepReport, SweepReports, SweepSize } from './sweep-report.ts';
import type { VerbName } from './verbs.ts';

/** Fits into every run of the tests: more than 200 faults a verb, at equal distances over its calls and moments. */
export const CUT: SweepSize = {
  crashes: 60,
  errors: 9,
  powerCuts: 65,
  moments: 12,
  repairs: 1,
  repairStride: 20,
  repairErrors: 1,
};
/** Every call of every verb. */
export const WHOLE: SweepSize = { powerCuts: 400, repairs: 6, repairErrors: 12 };

const FAULTS_MIN = 200;

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

/** Queues four tests a verb. */
export function queueSweep(tests: Test, size: SweepSize, verbs: readonly VerbName[]): void {
  const test = NO_FAULTS_BECAUSE === undefined ? tests : tests.skip;
  const why = NO_FAULTS_BECAUSE === undefined ? '' : ` (left out: ${NO_FAULTS_BECAUSE})`;
  for (const verb of verbs) {
    let running: Promise<SweepReports> | undefined;
    const swept = () => {
      running ??= runSweeps(verb, size);
      return running;
    };
    test(`${CRASHES[verb]}, killed at any call or torn in any write, is repaired${why}`, async () =>
      assertNoViolations((await swept()).crashes));
    test(`CR-11, CR-13: ${verb} refused a call by disk or system tells so and loses nothing${why}`, async () =>
      assertNoViolations((await swept()).errors));
    test(`CR-06: what a power cut leaves of ${verb} is sound, and all that was acknowledged is there${why}`, async () =>
      assertNoViolations((await swept()).powerCuts));
    test(`CR-02: ${verb} is repaired too where its repair is killed, torn or refused a call in turn${why}`, async () => {
      const reports = await swept();
      assertNoViolations(reports.repairs);
      const faults = Object.values({ ...reports }).reduce((sum, one) => sum + one.faults, 0);
      assert.ok(faults >= FAULTS_MIN, `only ${faults} faults of ${verb}`);
      if (size === WHOLE) tell(verb, reports);
    });
  }
}

function assertNoViolations({ faults, states, violations }: SweepReport): void {
  assert.equal(violations, [], `${violations.length} of ${faults} faults`);
  assert.ok(faults >= states && faults > 0, `${faults} faults, ${states} states`);
}

function tell(verb: VerbName, reports: SweepReports): void {
  const told = Object.entries(reports).map(
    ([name, { faults, states }]: [string, SweepReport]) =>
      `${name} ${faults}, new states ${states}`,
  );
  process.stdout.write(`\n   ${verb}: ${told.join('; ')}\n`);
}
