import { suite } from 'uvu';
import { queueSweep, WHOLE } from './sweep-suite.ts';

const all = suite('all faults while removing');
queueSweep(all, WHOLE, ['gc', 'purge']);
all.run();
