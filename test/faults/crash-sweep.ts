// What a crash of a verb can leave, at every one of its calls, and what becomes of that: the disk as it was when the verb stood at a
// call is put back, checked, repaired by what the user would do next, and checked again. The repair may go wrong too: from some of the
// distinct states it is swept in the same way, and with calls refused to it.

import type { FaultControl } from '../support/fault-shim.ts';
import type { SessionDriver } from '../support/session-driver.ts';
import { sweepErrors } from './error-sweep.ts';
import { tryAgain } from './invariants.ts';
import { type Rehearsal, rehearse, type Stop } from './rehearse.ts';
import { addReport, newReport, type SweepReport, type SweepSize, spread } from './sweep-report.ts';
import type { VerbScene } from './verb-scene.ts';

/** Sweeps kills and torn writes over the verb. */
export async function sweepCrashes(
  scene: VerbScene,
  { stops }: Rehearsal,
  { crashes }: Pick<SweepSize, 'crashes'>,
): Promise<{ readonly report: SweepReport; readonly distinct: readonly Stop[] }> {
  const report = newReport();
  const distinct: Stop[] = [];
  for (const stop of spread(stops, crashes)) {
    if (await scene.judge(stop, report)) distinct.push(stop);
  }
  return { report, distinct };
}

/** Sweeps kills, torn writes and refused calls over what the user does after a crash. */
export async function sweepRepairs(
  scene: VerbScene,
  control: FaultControl,
  left: readonly Stop[],
  { repairs, repairStride, repairErrors }: SweepSize,
): Promise<SweepReport> {
  const report = newReport();
  // The first state is that before the verb, from which there is nothing to repair.
  for (const { title, image } of spread(left, repairs, 1 / 2)) {
    const start = { from: image, attempt: 2 };
    const { stops } = await rehearse(scene, start, repairStride);
    for (const stop of stops) {
      await scene.judge({ ...stop, title: `${title}, then ${stop.title}` }, report);
    }
    const run = (driver: SessionDriver) => tryAgain(driver, scene.verb);
    const attempts = { title: `${title}, then `, start, run };
    addReport(report, await sweepErrors(scene, control, attempts, repairErrors));
  }
  return report;
}
