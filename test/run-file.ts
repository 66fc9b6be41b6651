// Runs one test file in a process of its own, for `run.ts`, and reports what it counted over the channel to its parent. A file that
// ends without a report has failed.
//
//     node build/test/run-file.js <file>      prints the outcome when run by hand

import { relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runEach } from './support/guarded-runner.ts';

const file = process.argv[2] ?? '';
const name = relative(fileURLToPath(new URL('.', import.meta.url)), file);
const outcome = await runEach([{ name, url: pathToFileURL(file).href }], (text) =>
  process.stdout.write(text),
);
process.send?.(outcome);
process.exitCode = outcome.ok ? 0 : 1;
