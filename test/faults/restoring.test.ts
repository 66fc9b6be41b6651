import { suite } from 'uvu';
import { CUT, queueSweep } from './sweep-suite.ts';

const some = suite('some faults while restoring');
queueSweep(some, CUT, ['restore', 'undo', 'redo']);
some.run();
