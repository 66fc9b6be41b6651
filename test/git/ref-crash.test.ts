import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectId } from '../../src/git/object-id.ts';
import { type BareStore, openRefs, withBareStore } from '../support/bare-store.ts';
import { runChildren } from '../support/child-process.ts';
import { assertFsckClean, git, gitText } from '../support/git-oracle.ts';

const refCrash = suite('ref-crash');

const childModule = new URL('./ref-child.js', import.meta.url);
const SHARED = 'refs/heads/shared';

type Refs = Map<string, ObjectId>;

/**
 * Stops an update before each of its calls that change the file system, each time on a fresh copy of the store; then checks the
 * refs, that git is content, that the next update goes through at once, and that nothing is left of the stopped one.
 */
async function sweep(
  store: BareStore,
  args: readonly string[],
  check: (refs: Refs, finished: boolean) => void,
): Promise<void> {
  const [outcome] = await runChildren(childModule, [args]);
  const calls = Number(outcome?.stdout);
  assert.ok(calls > 20, `${calls}`);
  for (let call = 1; call <= calls; call += 1) {
    const directory = `${store.directory}-${call}`;
    const refs = openRefs(directory, 0);
    check(new Map(refs.list('').map(({ name, id }) => [name, id])), call === calls);
    assertFsckClean(directory);
    await refs.update([{ name: SHARED, value: store.first, expect: 'any' }], 'next');
    await refs.update([{ name: 'refs/heads/packed', value: null, expect: 'any' }], 'next');
    assert.is(gitText(directory, ['rev-parse', SHARED]), store.first);
    assertNothingLeft(directory);
  }
}

function assertNothingLeft(directory: string): void {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  assert.equal(
    names.filter((name) => name.endsWith('.lock') || name.includes('tmp')),
    [],
  );
  assert.equal(readdirSync(join(directory, 'gsess', 'ref-locks')), []);
  assert.equal(readdirSync(join(directory, 'gsess', 'locks', 'refs')), []);
}

refCrash('an update killed at any step leaves each ref at its old or new value, in order', () =>
  withBareStore(async (store) => {
    const { directory, first, second } = store;
    git(directory, ['update-ref', SHARED, first]);
    const seen = new Set<string>();
    await sweep(store, ['move', directory, first, second], (refs, finished) => {
      const made = refs.get('refs/gsess/ops/new');
      const moved = refs.get(SHARED);
      assert.ok(made === undefined || made === second);
      assert.ok(moved === first || moved === second, `${SHARED} is ${moved}`);
      if (moved === second) assert.is(made, second);
      if (finished) assert.is(moved, second);
      seen.add(`${made} ${moved}`);
    });
    assert.is(seen.size, 3);
  }),
);

refCrash('a deletion killed at any step has deleted nothing before the ref it depends on', () =>
  withBareStore(async (store) => {
    const { directory, first, second } = store;
    git(directory, ['update-ref', SHARED, first]);
    git(directory, ['update-ref', 'refs/heads/packed', first]);
    git(directory, ['update-ref', 'refs/heads/kept', first]);
    git(directory, ['pack-refs', '--all', '--prune']);
    git(directory, ['update-ref', SHARED, second]);
    const seen = new Set<string>();
    await sweep(store, ['delete', directory, second], (refs, finished) => {
      const trash = refs.get('refs/gsess/trash/new');
      const shared = refs.get(SHARED);
      const packed = refs.get('refs/heads/packed');
      assert.is(refs.get('refs/heads/kept'), first);
      assert.ok(shared === undefined || shared === second, 'the stale packed value came back');
      assert.ok(packed === undefined || packed === first);
      if (shared === undefined || packed === undefined) assert.is(trash, second);
      if (finished) assert.is(refs.size, 2);
      seen.add(`${trash} ${shared} ${packed}`);
    });
    assert.ok(seen.size >= 3);
  }),
);

refCrash.run();
