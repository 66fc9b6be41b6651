import { suite } from 'uvu';
import { CUT, queueSweep } from './sweep-suite.ts';

const some = suite('some faults while removing');
queueSweep(some, CUT, ['gc', 'purge']);
some.run();
