import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GSESS_PROGRAM, type SealedUser, withSealedUser } from '../support/run-gsess.ts';

/** All files that a run loads, seen from the program. */
function loadedBy(user: SealedUser, words: readonly string[], input = ''): string[] {
  const watcher = join(user.directory, 'watcher.cjs');
  const loaded = join(user.directory, 'loaded.json');
  const text = `process.on('exit', () =>
    require('node:fs').writeFileSync(${JSON.stringify(loaded)}, JSON.stringify(Object.keys(require.cache))));`;
  writeFileSync(watcher, text);
  const environment = { NODE_OPTIONS: `--require=${watcher}`, NODE_V8_COVERAGE: undefined };
  assert.is(user.run(words, { input, environment }).status, 0);
  return (JSON.parse(readFileSync(loaded, 'utf8')) as string[])
    .filter((path) => path !== watcher)
    .map((path) => relative(dirname(GSESS_PROGRAM), path));
}

const bundled = suite('the bundled program');

bundled('is newer than what it is made of', async () => {
  const module = new URL('../../../.ci/bundle.mjs', import.meta.url).href;
  const { isBundled } = (await import(module)) as { isBundled(): boolean };
  assert.ok(isBundled());
});

bundled('loads for an event what an event needs, and no package', () =>
  withSealedUser((user) => {
    const event = {
      session_id: '00000000-0000-4000-8000-000000000001',
      transcript_path: join(user.home, 'none.jsonl'),
      cwd: user.project,
      hook_event_name: 'UserPromptSubmit',
      prompt: 'go',
    };
    const loaded = loadedBy(user, ['hook', 'claude'], JSON.stringify(event));
    assert.is((user.json(['list']) as unknown[]).length, 1);
    const others = loaded.filter((path) => !/^(main|run-hook(?!-claude)[a-z-]*)\.cjs$/.test(path));
    assert.equal(others, []);
  }),
);

bundled('loads little for what is run all the time, and no package', () =>
  withSealedUser((user) => {
    assert.equal(loadedBy(user, ['--version']).sort(), ['main-version.cjs', 'main.cjs']);
    const loaded = loadedBy(user, ['list']);
    assert.not(
      loaded.some((path) => path.includes('node_modules')),
      loaded.join(' '),
    );
    assert.not(loaded.includes('main-commands.cjs'));
  }),
);

bundled.run();
