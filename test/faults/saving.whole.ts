import { suite } from 'uvu';
import { queueSweep, WHOLE } from './sweep-suite.ts';

const all = suite('all faults while saving');
queueSweep(all, WHOLE, ['begin', 'save', 'import']);
all.run();
