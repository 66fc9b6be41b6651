import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { withBareStore } from '../support/bare-store.ts';
import { runChildren, startChild } from '../support/child-process.ts';
import { assertFsckClean, git, gitText } from '../support/git-oracle.ts';

const refConcurrency = suite('ref-concurrency');

const childModule = new URL('./ref-child.js', import.meta.url);
const SHARED = 'refs/heads/shared';

refConcurrency('eight processes that move one ref by compare-and-swap lose no commit', () =>
  withBareStore(async ({ directory, first }) => {
    git(directory, ['update-ref', SHARED, first]);
    await runChildren(
      childModule,
      Array.from({ length: 8 }, (_, label) => ['increment', directory, '15', `${label}`]),
    );
    assert.is(gitText(directory, ['rev-list', '--count', SHARED]), '121');
    const subjects = gitText(directory, ['log', '--format=%s', SHARED]).split('\n');
    assert.is(new Set(subjects).size, 121);
    assertFsckClean(directory);
  }),
);

refConcurrency('stock git and gsess move, pack and delete refs side by side and lose nothing', () =>
  withBareStore(async ({ directory, refs, first }) => {
    git(directory, ['update-ref', SHARED, first]);
    git(directory, ['update-ref', 'refs/heads/still', first]);
    const watcher = startChild(childModule, ['watch', directory]);
    await watcher.printed('watching');
    await runChildren(childModule, [
      ['increment', directory, '40', 'one'],
      ['increment', directory, '40', 'two'],
      ['stock', directory, '40'],
      ['churn', directory, '30'],
    ]);
    process.kill(watcher.pid, 'SIGTERM');
    const { code, stderr } = await watcher.outcome;
    assert.is(code, 0, stderr);
    assert.is(gitText(directory, ['rev-list', '--count', SHARED]), '121');
    assert.equal(
      refs.list('').map(({ name }) => name),
      [SHARED, 'refs/heads/still'],
    );
    assert.is(refs.read(SHARED), gitText(directory, ['rev-parse', SHARED]));
    assertFsckClean(directory);
  }),
);

refConcurrency.run();
