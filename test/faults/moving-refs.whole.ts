import { suite } from 'uvu';
import { queueSweep, WHOLE } from './sweep-suite.ts';

const all = suite('all faults while moving refs');
queueSweep(all, WHOLE, ['fork', 'tag', 'untag', 'rename', 'delete']);
all.run();
