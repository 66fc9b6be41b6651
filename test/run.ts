// Runs the suites through uvu and refuses to pass in silence. uvu alone exits 0 when a hook throws, when a suite is never
// run, when an `after.each` hides a failure, when a test throws a non-error, and when no file matches. Here each file must
// queue tests, each test must have run to its end, and the counts printed last are counted, not believed.
//
// The program that the tests start is bundled anew where a source is newer.
//
// Where there is a file system in memory the tests work in it, since they write for durability and a disk would be waited for; TMPDIR
// names another place.
//
//     node build/test/run.js [pattern]        a regular expression on the path under build/test

import { spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, statfsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runInParallel } from './support/parallel-runner.ts';

/** The files that take longest begin first, so that none of them is left alone at the end. */
const LONG = /^(cli|journeys|faults|concurrency)/;

const MEMORY = '/dev/shm';
const TMPFS = 0x01021994;
const FREE_BYTES_MIN = 2 * 1024 ** 3;

function temporaryPlace(): Record<string, string> {
  if (process.env['TMPDIR'] !== undefined) return {};
  try {
    accessSync(MEMORY, constants.W_OK);
    const { type, bavail, bsize } = statfsSync(MEMORY);
    return type === TMPFS && bavail * bsize >= FREE_BYTES_MIN ? { TMPDIR: MEMORY } : {};
  } catch {
    // None here: the usual place will do.
    return {};
  }
}

function bundleIfNeeded(top: string): void {
  const { status } = spawnSync(process.execPath, [join(top, '.ci', 'bundle.mjs'), '--if-needed'], {
    stdio: ['ignore', 2, 2],
  });
  if (status !== 0) throw new Error('The program could not be bundled');
}

const here = dirname(fileURLToPath(import.meta.url));
bundleIfNeeded(join(here, '..', '..'));
const pattern = new RegExp(process.argv[2] ?? '.');
const files = readdirSync(here, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.test.js') && pattern.test(path))
  .sort((a, b) => Number(LONG.test(b)) - Number(LONG.test(a)) || (a < b ? -1 : 1))
  .map((path) => join(here, path));

const outcome = await runInParallel({
  program: join(here, 'run-file.js'),
  files,
  write: (text) => process.stdout.write(text),
  environment: temporaryPlace(),
});
process.exitCode = outcome.ok ? 0 : 1;
