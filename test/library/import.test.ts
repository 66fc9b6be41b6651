// What a program loads that imports gsess: next to nothing, and never what only the command line and the browser need. Node itself lists
// what it ran.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CHECKOUT } from '../support/checkout.ts';
import { IN_MEMORY, withTemporaryDirectory } from '../support/temporary-directory.ts';

const importing = suite('importing gsess');

/** The files that Node loads for a program, those of gsess relative to its sources. */
function loadedBy(directory: string, program: string): string[] {
  const traces = join(directory, 'traces');
  const project = join(directory, 'project');
  mkdirSync(project);
  const { status, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', program], {
    cwd: CHECKOUT,
    env: { HOME: directory, GSESS_DATA_DIR: join(directory, 'data'), NODE_V8_COVERAGE: traces },
    encoding: 'utf8',
  });
  assert.is(stderr, '');
  assert.is(status, 0);
  const ours = `${pathToFileURL(join(CHECKOUT, 'build', 'src')).href}/`;
  return readdirSync(traces)
    .flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(traces, name), 'utf8')) as {
        readonly result: readonly { readonly url: string }[];
      };
      return result.map(({ url }) => url);
    })
    .filter((url) => url.startsWith('file:') && !url.endsWith('[eval1]'))
    .map((url) => url.replace(ours, ''));
}

importing('loads three small files', () =>
  withTemporaryDirectory((directory) => {
    const loaded = loadedBy(directory, `import 'gsess';`);
    assert.equal(loaded.sort(), ['errors.js', 'index.js', 'library/open-store.js']);
  }, IN_MEMORY),
);

importing(
  'and recording and resuming load nothing of the command line, of the browser, or of packages',
  () =>
    withTemporaryDirectory((directory) => {
      const loaded = loadedBy(
        directory,
        `import { openStore } from 'gsess';
       const store = await openStore({ directory: ${JSON.stringify(directory)} + '/project', agent: 'pilot' });
       store.create().append({ role: 'user', content: 'hello' });
       await store.close();
       await store.resume('latest');
       await store.close();`,
      );
      assert.ok(loaded.includes('library/take-up.js'));
      assert.equal(
        loaded.filter((path) => /^(cli|ui)\/|node_modules/.test(path)),
        [],
      );
    }, IN_MEMORY),
);

importing.run();
