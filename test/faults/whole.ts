// The fault sweep over every call of every verb: `npm run test:faults`, some minutes. Prints `N passed, N failed` last.

import { fileURLToPath } from 'node:url';
import { runInParallel } from '../support/parallel-runner.ts';

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const outcome = await runInParallel({
  program: here('../run-file.js'),
  files: ['restoring', 'moving-refs', 'lost-pages', 'saving'].map((part) =>
    here(`./${part}.whole.js`),
  ),
  write: (text) => process.stdout.write(text),
});
process.exitCode = outcome.ok ? 0 : 1;
