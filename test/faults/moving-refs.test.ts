import { suite } from 'uvu';
import { CUT, queueSweep } from './sweep-suite.ts';

const some = suite('some faults while moving refs');
queueSweep(some, CUT, ['fork', 'tag', 'untag', 'rename', 'delete']);
some.run();
