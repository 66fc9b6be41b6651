// The sweeps over one verb, in a process under fault control; prints its reports as JSON.
//     node sweep-child.js DIRECTORY VERB SIZE

import { FaultControl } from '../support/fault-shim.ts';
import { sweepCrashes, sweepRepairs } from './crash-sweep.ts';
import { sweepErrors } from './error-sweep.ts';
import { sweepLostPages } from './lost-pages.ts';
import { rehearse } from './rehearse.ts';
import type { SweepReports, SweepSize } from './sweep-report.ts';
import { VerbScene } from './verb-scene.ts';
import type { VerbName } from './verbs.ts';

const [directory = '', name = '', json = ''] = process.argv.slice(2);
const size = JSON.parse(json) as SweepSize;
const control = FaultControl.own();
control.count([]);
const scene = await VerbScene.lay(directory, name as VerbName);
const start = { from: scene.scene, attempt: 1 };
const rehearsal = await rehearse(scene, start);
const { report: crashes, distinct } = await sweepCrashes(scene, rehearsal, size);
const { run } = scene.verb;
const attempts = { title: '', start, run };
const reports: SweepReports = {
  crashes,
  errors: await sweepErrors(scene, control, attempts, size.errors),
  powerCuts: await sweepLostPages(scene, rehearsal, size),
  repairs: await sweepRepairs(scene, control, distinct, size),
};
process.stdout.write(JSON.stringify(reports));
