// The ways in which uvu alone ends well though something failed, each a suite in fixtures/suites that is run in a process of its own.

import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const x = suite('the guarded runner');

const GUARDED = new URL('./support/guarded-runner.js', import.meta.url).href;
const PARALLEL = new URL('./support/parallel-runner.js', import.meta.url).href;
const RUN_FILE = new URL('./run-file.js', import.meta.url);
const SUITES = new URL('../../fixtures/suites/', import.meta.url);

/** Runs the suites of these names in one process. */
function run(...names: readonly string[]): { status: number | null; output: string } {
  const files = names.map((name) => ({ name, url: new URL(`${name}.mjs`, SUITES).href }));
  return runScript(`import { runFiles } from '${GUARDED}';
    const outcome = await runFiles(${JSON.stringify(files)});
    process.exitCode = outcome.ok ? 0 : 1;`);
}

/** Runs the suites of these names in a process each. */
function runApart(...names: readonly string[]): { status: number | null; output: string } {
  const files = names.map((name) => fileURLToPath(new URL(`${name}.mjs`, SUITES)));
  return runScript(`import { runInParallel } from '${PARALLEL}';
    const outcome = await runInParallel({
      program: ${JSON.stringify(fileURLToPath(RUN_FILE))},
      files: ${JSON.stringify(files)},
      write: (text) => process.stdout.write(text),
    });
    process.exitCode = outcome.ok ? 0 : 1;`);
}

function runScript(script: string): { status: number | null; output: string } {
  const words = ['--input-type=module', '-e', script];
  const { status, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return { status, output: stdout };
}

x('passes what passes, and says how much that was', () => {
  for (const { status, output } of [run('passes'), runApart('passes')]) {
    assert.is(status, 0);
    assert.match(output, /\n2 passed, 0 failed\n$/);
  }
});

x('counts what was left out', () => {
  for (const { status, output } of [
    run('passes', 'leaves-one-out'),
    runApart('passes', 'leaves-one-out'),
    run('passes', 'skips-while-it-runs'),
    runApart('passes', 'skips-while-it-runs'),
  ]) {
    assert.is(status, 0);
    assert.match(output, /\n3 passed, 0 failed, 1 skipped\n$/);
  }
});

for (const name of [
  'fails',
  'hook-before-throws',
  'never-run',
  'hook-after-each-hides-failure',
  'throws-text',
  'throws-null',
  'no-tests',
  'cannot-load',
  'waits-for-ever',
  'exits-early',
]) {
  x(`fails a suite that ${name.replaceAll('-', ' ')}, beside one that passes`, () => {
    const together = run('passes', name);
    assert.is(together.status, 1, together.output);
    assert.not.match(together.output, / 0 failed/);
    const apart = runApart('passes', name);
    assert.is(apart.status, 1, apart.output);
    assert.match(apart.output, /\n\d+ passed, [1-9]\d* failed\n$/);
  });
}

x('says once more at the end what failed, and how', () => {
  const { output } = runApart('fails', 'passes');
  assert.is(output.split(/FAIL {2}case {2}"one"\n +no\n/).length, 3, output);
});

x('fails when there is nothing to run', () => {
  assert.is(run().status, 1);
  assert.is(runApart().status, 1);
});

x.run();
