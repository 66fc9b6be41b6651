// The fault sweep over every call of every verb: `npm run test:faults`, some minutes. Prints `N passed, N failed` last.
//
//     node build/test/faults/whole.js [part…]        only these parts

import { fileURLToPath } from 'node:url';
import { runInParallel } from '../support/parallel-runner.ts';

/** The longest first. */
const PARTS: Readonly<Record<string, string>> = {
  'moving-refs': './moving-refs.whole.js',
  restoring: './restoring.whole.js',
  removing: './removing.whole.js',
  saving: './saving.whole.js',
  leftovers: './leftovers.test.js',
};

const wanted = process.argv.slice(2);
process.env['GSESS_TEST_LEFTOVERS'] = '50000';
const outcome = await runInParallel({
  program: fileURLToPath(new URL('../run-file.js', import.meta.url)),
  files: Object.entries(PARTS)
    .filter(([part]) => wanted.length === 0 || wanted.includes(part))
    .map(([, file]) => fileURLToPath(new URL(file, import.meta.url))),
  write: (text) => process.stdout.write(text),
});
process.exitCode = outcome.ok ? 0 : 1;
