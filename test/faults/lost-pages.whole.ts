import { suite } from 'uvu';
import { queueLostPages, VERB_NAMES, WHOLE } from './sweep-suite.ts';

const all = suite('all power cuts');
queueLostPages(all, WHOLE, VERB_NAMES);
all.run();
