// Runs the suites through uvu and refuses to pass in silence. uvu alone exits 0 when a hook throws, when a suite is never
// run, when an `after.each` hides a failure, when a test throws a non-error, and when no file matches. Here each file must
// queue tests, each test must have run to its end, and the counts printed last are counted, not believed.
//
//     node build/test/run.js [pattern]        a regular expression on the path under build/test

import { readdirSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { runFiles } from './support/guarded-runner.ts';

const here = dirname(fileURLToPath(import.meta.url));
const pattern = new RegExp(process.argv[2] ?? '.');
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.js') && pattern.test(path))
  .sort()
  .map((path) => join(here, path));

const outcome = await runFiles(
  files.map((path) => ({ name: relative(here, path), url: pathToFileURL(path).href })),
);
process.exitCode = outcome.ok ? 0 : 1;
