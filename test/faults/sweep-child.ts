// One sweep over one verb, in a process under fault control; prints its report as JSON.
//     node sweep-child.js DIRECTORY VERB OPTIONS

import { FaultControl } from '../support/fault-shim.ts';
import { sweepCrashes } from './crash-sweep.ts';
import { sweepErrors } from './error-sweep.ts';
import type { SweepOptions } from './run-sweep.ts';
import { VerbScene } from './verb-scene.ts';
import type { VerbName } from './verbs.ts';

const [directory = '', name = '', json = ''] = process.argv.slice(2);
const options = JSON.parse(json) as SweepOptions;
const scene = await VerbScene.lay(directory, name as VerbName);
const report =
  options.sweep === 'crashes'
    ? await sweepCrashes(scene, options)
    : await sweepErrors(scene, FaultControl.own(), options);
process.stdout.write(JSON.stringify(report));
