// One attempt at a verb in a process of its own, for the crash sweep to stop at each of its calls.
//     node attempt-child.js DIRECTORY VERB ATTEMPT
// Attempt 1 is the verb itself, later ones are what the user does after a crash.

import { tryAgain } from './invariants.ts';
import { startAttempt } from './scene.ts';
import { VERBS, type VerbName } from './verbs.ts';

const [directory = '', name = '', attempt = ''] = process.argv.slice(2);
const verb = VERBS[name as VerbName];
const driver = await startAttempt(directory, Number(attempt));
if (attempt === '1') await verb.run(driver);
else await tryAgain(driver, verb);
