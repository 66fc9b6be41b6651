// What a crash of a verb can leave, at every one of its calls, and what becomes of that: the disk as it was when the verb stood at a
// call is put back, checked, repaired by what the user would do next, and checked again. The repair may crash too: it is swept in the
// same way, from each distinct state.

import { type Rehearsal, rehearse, type Stop } from './rehearse.ts';
import { newReport, type SweepReport, type SweepSize, spread } from './sweep-report.ts';
import type { VerbScene } from './verb-scene.ts';

/** Sweeps kills and torn writes over the verb, and over the repair of what they leave. */
export async function sweepCrashes(
  scene: VerbScene,
  { stops }: Rehearsal,
  { crashes = Number.POSITIVE_INFINITY, repairs }: SweepSize,
): Promise<SweepReport> {
  const report = newReport();
  const distinct: Stop[] = [];
  for (const stop of spread(stops, crashes)) {
    if (await scene.judge(stop, report)) distinct.push(stop);
  }
  for (const { title, image } of spread(distinct, repairs)) {
    for (const stop of rehearse(scene, { from: image, attempt: 2 }).stops) {
      await scene.judge({ ...stop, title: `${title}, then ${stop.title}` }, report);
    }
  }
  return report;
}
