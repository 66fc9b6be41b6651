// The fault sweep over every call of every verb: `npm run test:faults`, some minutes. Prints `N passed, N failed` last.

import { fileURLToPath } from 'node:url';
import { runInParallel } from '../support/parallel-runner.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

process.env['GSESS_TEST_LEFTOVERS'] = '50000';
const outcome = await runInParallel({
  program: here('../run-file.js'),
  files: [
    ...['moving-refs', 'restoring', 'removing', 'saving'].map((part) => `./${part}.whole.js`),
    './leftovers.test.js',
  ].map(here),
  write: (text) => process.stdout.write(text),
});
process.exitCode = outcome.ok ? 0 : 1;
