// One sweep over one verb, in a process under fault control; prints its report as JSON.
//     node sweep-child.js DIRECTORY VERB OPTIONS

import { FaultControl } from '../support/fault-shim.ts';
import { type SweepReport, sweepCrashes } from './crash-sweep.ts';
import { sweepErrors } from './error-sweep.ts';
import { sweepLostPages } from './lost-pages.ts';
import type { SweepOptions } from './run-sweep.ts';
import { VerbScene } from './verb-scene.ts';
import type { VerbName } from './verbs.ts';

const [directory = '', name = '', json = ''] = process.argv.slice(2);
const options = JSON.parse(json) as SweepOptions;
const scene = await VerbScene.lay(directory, name as VerbName);
process.stdout.write(JSON.stringify(await sweep(options)));

function sweep(wanted: SweepOptions): Promise<SweepReport> {
  switch (wanted.sweep) {
    case 'crashes':
      return sweepCrashes(scene, wanted);
    case 'errors':
      return sweepErrors(scene, FaultControl.own(), wanted);
    case 'lost pages':
      return sweepLostPages(scene, wanted);
  }
}
