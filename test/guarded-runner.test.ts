// The ways in which uvu alone ends well though something failed, each a suite in fixtures/suites that is run in a process of its own.

import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';

const x = suite('the guarded runner');

const RUNNER = new URL('./support/guarded-runner.js', import.meta.url).href;
const SUITES = new URL('../../fixtures/suites/', import.meta.url);

/** Runs the suites of these names. */
function run(...names: readonly string[]): { status: number | null; output: string } {
  const files = names.map((name) => ({ name, url: new URL(`${name}.mjs`, SUITES).href }));
  const script = `import { runFiles } from '${RUNNER}';
    const outcome = await runFiles(${JSON.stringify(files)});
    process.exitCode = outcome.ok ? 0 : 1;`;
  const words = ['--input-type=module', '-e', script];
  const { status, stdout } = spawnSync(process.execPath, words, { encoding: 'utf8' });
  return { status, output: stdout };
}

x('passes what passes, and says how much that was', () => {
  const { status, output } = run('passes');
  assert.is(status, 0);
  assert.match(output, /\n2 passed, 0 failed\n$/);
});

x('counts what was left out', () => {
  const { status, output } = run('passes', 'leaves-one-out');
  assert.is(status, 0);
  assert.match(output, /\n3 passed, 0 failed, 1 skipped\n$/);
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
]) {
  x(`fails a suite that ${name.replaceAll('-', ' ')}, beside one that passes`, () => {
    const { status, output } = run('passes', name);
    assert.is(status, 1, output);
    assert.not.match(output, / 0 failed/);
  });
}

x('fails when there is nothing to run', () => {
  assert.is(run().status, 1);
});

x.run();
