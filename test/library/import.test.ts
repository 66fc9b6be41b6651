// What a program loads that imports gsess: next to nothing, and never what only the command line and the browser need. Node itself lists
// what it ran; which sources a bundle was made of, its map tells.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CHECKOUT } from '../support/checkout.ts';
import { IN_MEMORY, withTemporaryDirectory } from '../support/temporary-directory.ts';

const importing = suite('importing gsess');

/** The sources of what Node loads for a program, as paths in the checkout. */
function sourcesLoadedBy(directory: string, program: string): string[] {
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
  const files = readdirSync(traces)
    .flatMap((name) => {
      const { result } = JSON.parse(readFileSync(join(traces, name), 'utf8')) as {
        readonly result: readonly { readonly url: string }[];
      };
      return result.map(({ url }) => url);
    })
    .filter((url) => url.startsWith('file:') && !url.endsWith('[eval1]'))
    .map((url) => fileURLToPath(url));
  return files.flatMap((file) => {
    // A few lines of the bundler's own have no map.
    if (!existsSync(`${file}.map`)) return [];
    const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as {
      readonly sources: readonly string[];
    };
    return sources.map((source) => relative(CHECKOUT, join(dirname(file), source)));
  });
}

importing('loads the errors and the door', () =>
  withTemporaryDirectory((directory) => {
    const loaded = sourcesLoadedBy(directory, `import 'gsess';`);
    const known = ['src/errors.ts', 'src/library/open-store.ts'];
    assert.equal(loaded.filter((path) => path.startsWith('src/')).sort(), known);
  }, IN_MEMORY),
);

importing(
  'and recording and resuming load nothing of the command line, of the browser, or of packages',
  () =>
    withTemporaryDirectory((directory) => {
      const loaded = sourcesLoadedBy(
        directory,
        `import { openStore } from 'gsess';
       const store = await openStore({ directory: ${JSON.stringify(directory)} + '/project', agent: 'pilot' });
       store.create().append({ role: 'user', content: 'hello' });
       await store.close();
       await store.resume('latest');
       await store.close();`,
      );
      assert.ok(loaded.includes('src/library/take-up.ts'));
      assert.equal(
        loaded.filter((path) => /^src\/(cli|ui)\/|node_modules/.test(path)),
        [],
      );
    }, IN_MEMORY),
);

importing.run();
