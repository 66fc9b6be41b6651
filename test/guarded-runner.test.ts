// The five ways in which uvu alone ends well though something failed, each as a test file that is run in a process of its own.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withTemporaryDirectory } from './support/temporary-directory.ts';

const x = suite('The guarded runner');

const RUNNER = new URL('./support/guarded-runner.js', import.meta.url).href;
const UVU = pathToFileURL(
  fileURLToPath(new URL('../../node_modules/uvu/dist/index.mjs', import.meta.url)),
).href;

/** Runs one test file of this text, or none. */
function run(text: string | undefined): Promise<{ status: number | null; output: string }> {
  return withTemporaryDirectory((directory) => {
    const file = join(directory, 'case.test.mjs');
    writeFileSync(
      file,
      `import { suite } from '${UVU}';\nconst x = suite('case');\n${text ?? ''}\n`,
    );
    const files = text === undefined ? [] : [{ name: 'case', url: pathToFileURL(file).href }];
    const main = join(directory, 'main.mjs');
    writeFileSync(
      main,
      `import { runFiles } from '${RUNNER}';
      const outcome = await runFiles(${JSON.stringify(files)});
      process.exitCode = outcome.ok ? 0 : 1;`,
    );
    const { status, stdout } = spawnSync(process.execPath, [main], { encoding: 'utf8' });
    return { status, output: stdout };
  });
}

x('passes what passes, and says how much that was', async () => {
  const { status, output } = await run(`x('one', () => {}); x('two', async () => {}); x.run();`);
  assert.is(status, 0);
  assert.match(output, /\n2 passed, 0 failed\n$/);
});

x('counts what was left out', async () => {
  const { status, output } = await run(`x('one', () => {}); x.skip('two', () => {}); x.run();`);
  assert.is(status, 0);
  assert.match(output, /\n1 passed, 0 failed, 1 skipped\n$/);
});

for (const [what, text] of [
  ['a test that fails', `x('one', () => { throw new Error('no'); }); x.run();`],
  [
    'a hook before the tests that throws',
    `x.before(() => { throw new Error('no'); }); x('one', () => {}); x.run();`,
  ],
  ['a suite that is never run', `x('one', () => {});`],
  [
    'a hook after each test that throws and hides a failure',
    `x.after.each(() => { throw new Error('no'); }); x('one', () => { throw new Error('yes'); }); x.run();`,
  ],
  ['a test that throws a text', `x('one', () => { throw 'no'; }); x.run();`],
  ['a test that throws null', `x('one', () => { throw null; }); x.run();`],
  ['no file at all', undefined],
  ['a suite without tests', `x.run();`],
  ['a file that cannot be loaded', `import './nowhere.mjs';`],
  ['a test that waits for ever', `x('one', () => new Promise(() => {})); x.run();`],
] as const) {
  x(`fails ${what}`, async () => {
    const { status, output } = await run(text);
    assert.is(status, 1, output);
    assert.not.match(output, / 0 failed/);
  });
}

x.run();
