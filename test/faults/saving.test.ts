import { suite } from 'uvu';
import { CUT, queueSweep } from './sweep-suite.ts';

const some = suite('some faults while saving');
queueSweep(some, CUT, ['begin', 'save', 'import']);
some.run();
