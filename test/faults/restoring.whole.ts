import { suite } from 'uvu';
import { queueSweep, WHOLE } from './sweep-suite.ts';

const all = suite('all faults while restoring');
queueSweep(all, WHOLE, ['restore', 'undo', 'redo']);
all.run();
