import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import type { RefEdit } from '../../src/git/ref-store.ts';
import { type BareStore, openRefs, withBareStore } from '../support/bare-store.ts';
import { assertFsckClean, git, gitText } from '../support/git-oracle.ts';

const refStore = suite('ref-store');

const MAIN = 'refs/heads/main';
const set = (name: string, value: ObjectId, expect: RefEdit['expect'] = 'absent'): RefEdit => ({
  name,
  value,
  expect,
});
const drop = (name: string, expect: RefEdit['expect'] = 'any'): RefEdit => ({
  name,
  value: null,
  expect,
});

async function refusal(action: () => unknown): Promise<GsessError> {
  try {
    await action();
  } catch (error) {
    if (error instanceof GsessError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

function writeRef(store: BareStore, name: string, content: string | Buffer): void {
  const path = join(store.directory, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
}

function assertNoLocks({ directory }: BareStore): void {
  assert.equal(readdirSync(join(directory, 'gsess', 'ref-locks')), []);
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  assert.equal(
    names.filter((name) => name.endsWith('.lock')),
    [],
  );
}

/** Git's own list of refs, in our form. */
function refsOfGit({ directory }: BareStore) {
  const text = gitText(directory, ['for-each-ref', '--format=%(refname) %(objectname)']);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => ({ name: line.split(' ')[0], id: line.split(' ')[1] }));
}

refStore('creates, moves and deletes refs, and git sees the same', () =>
  withBareStore(async (store) => {
    const { refs, directory, first, second } = store;
    assert.is(refs.read(MAIN), undefined);
    await refs.update([set(MAIN, first), set('refs/gsess/ops/a/b', first)], 'test');
    assert.is(refs.read(MAIN), first);
    await refs.update([set(MAIN, second, first), set('refs/tags/t', first)], 'test');
    assert.equal(refs.list(''), refsOfGit(store));
    assert.is(refs.list('').length, 3);
    assert.equal(refs.list('refs/tags/'), [{ name: 'refs/tags/t', id: first }]);
    assert.equal(refs.list('refs/heads/ma'), [{ name: MAIN, id: second }]);
    assert.equal(refs.list('refs/none/'), []);
    await refs.update([drop('refs/gsess/ops/a/b', first), drop('refs/tags/t')], 'test');
    assert.equal(refs.list(''), [{ name: MAIN, id: second }]);
    assert.not(existsSync(join(directory, 'refs/gsess/ops')));
    assert.ok(existsSync(join(directory, 'refs/tags')));
    assert.is(statSync(join(directory, MAIN)).mode & 0o777, 0o600);
    assertFsckClean(directory);
    assertNoLocks(store);
  }),
);

refStore('refuses an update whose expected value is not there, and then moves nothing', () =>
  withBareStore(async (store) => {
    const { refs, first, second } = store;
    await refs.update([set(MAIN, first)], 'test');
    const wrong: [RefEdit, string, string][] = [
      [set(MAIN, second, second), second, first],
      [set(MAIN, second), 'absent', first],
      [drop(MAIN, second), second, first],
      [set('refs/heads/none', second, first), first, 'absent'],
      [drop('refs/heads/none', first), first, 'absent'],
    ];
    for (const [edit, expected, actual] of wrong) {
      const error = await refusal(() => refs.update([set('refs/tags/t', first), edit], 'test'));
      assert.is(error.code, 'ref-moved');
      assert.equal(error.data, { name: edit.name, expected, actual });
    }
    assert.equal(refs.list(''), [{ name: MAIN, id: first }]);
    assertNoLocks(store);
  }),
);

refStore("'any' takes whatever is there, or nothing", () =>
  withBareStore(async ({ refs, first, second }) => {
    await refs.update([set(MAIN, first, 'any'), drop('refs/heads/none', 'any')], 'test');
    await refs.update([set(MAIN, second, 'any'), drop('refs/heads/none', 'absent')], 'test');
    assert.is(refs.read(MAIN), second);
  }),
);

refStore('refuses names that git refuses, and one ref twice', () =>
  withBareStore(async ({ refs, first }) => {
    for (const name of ['HEAD', 'refs/heads/../x', 'refs/heads/a.lock']) {
      assert.is((await refusal(() => refs.update([set(name, first)], 't'))).code, 'name-invalid');
      assert.is((await refusal(() => refs.read(name))).code, 'name-invalid');
      assert.is((await refusal(() => refs.setHead(name))).code, 'name-invalid');
    }
    const twice = [set(MAIN, first), drop(MAIN)];
    assert.is((await refusal(() => refs.update(twice, 'test'))).code, 'usage');
  }),
);

refStore('reads packed refs, and prefers a loose one', () =>
  withBareStore(async (store) => {
    const { refs, directory, first, second } = store;
    git(directory, ['update-ref', MAIN, first]);
    git(directory, ['tag', '-a', '-m', 'note', 'note', first]);
    git(directory, ['update-ref', 'refs/heads/other', first]);
    git(directory, ['pack-refs', '--all', '--prune']);
    assert.not(existsSync(join(directory, MAIN)));
    assert.is(refs.read(MAIN), first);
    await refs.update([set(MAIN, second, first)], 'test');
    assert.is(refs.read(MAIN), second);
    assert.equal(refs.list(''), refsOfGit(store));
    git(directory, ['pack-refs', '--all', '--prune']);
    assert.equal(refs.list(''), refsOfGit(store));
  }),
);

refStore('deletes packed refs with their peeled lines, and nothing else', () =>
  withBareStore(async (store) => {
    const { refs, directory, first, second } = store;
    for (const name of ['a', 'b', 'c']) git(directory, ['tag', '-a', '-m', name, name, first]);
    git(directory, ['update-ref', MAIN, first]);
    git(directory, ['pack-refs', '--all', '--prune']);
    git(directory, ['update-ref', MAIN, second]);
    const edits = [drop('refs/tags/b'), drop(MAIN, second), set('refs/heads/x', first)];
    await refs.update([...edits, drop('refs/tags/c'), drop('refs/tags/none')], 'test');
    assert.equal(
      refs.list('').map(({ name }) => name),
      ['refs/heads/x', 'refs/tags/a'],
    );
    assert.equal(refs.list(''), refsOfGit(store));
    assert.is(gitText(directory, ['rev-parse', 'a^{}']), first);
    assert.match(readFileSync(join(directory, 'packed-refs'), 'utf8'), /^# pack-refs with/);
    assertFsckClean(directory);
    assertNoLocks(store);
  }),
);

refStore('an empty, torn or overwritten ref is damage and never an unborn ref', () =>
  withBareStore(async (store) => {
    const { refs, first, second } = store;
    await refs.update([set('refs/heads/sound', first)], 'test');
    const half = first.slice(0, 20);
    for (const content of [
      '',
      '\n',
      '\0'.repeat(41),
      half,
      `${first}x\n`,
      `${first}\n${first}\n`,
      `${'0'.repeat(40)}\n`,
      `${first}\n`.padEnd(2000),
      'ref: ../../etc/passwd\n',
      'ref: refs/heads/damaged\n',
    ]) {
      writeRef(store, 'refs/heads/damaged', content);
      const read = await refusal(() => refs.read('refs/heads/damaged'));
      assert.is(read.code, 'ref-damaged', JSON.stringify(content));
      assert.is((await refusal(() => refs.list('refs/heads/'))).code, 'ref-damaged');
      for (const expect of [first, 'absent'] as const) {
        const edit = set('refs/heads/damaged', second, expect);
        assert.is((await refusal(() => refs.update([edit], 'test'))).code, 'ref-damaged');
      }
      const { refs: sound, damaged } = refs.scan('');
      assert.equal(sound, [{ name: 'refs/heads/sound', id: first }]);
      assert.is(damaged[0]?.name, 'refs/heads/damaged');
      assert.ok(damaged[0]?.reason.startsWith('it '), damaged[0]?.reason);
    }
  }),
);

refStore("only 'any' replaces or deletes a damaged ref", () =>
  withBareStore(async (store) => {
    const { refs, first } = store;
    writeRef(store, MAIN, '');
    await refs.update([set(MAIN, first, 'any')], 'test');
    assert.is(refs.read(MAIN), first);
    writeRef(store, MAIN, 'garbage');
    await refs.update([drop(MAIN)], 'test');
    assert.is(refs.read(MAIN), undefined);
  }),
);

refStore('a link or a pipe in place of a ref is damage and holds nobody up', () =>
  withBareStore(async (store) => {
    const { refs, directory, first } = store;
    writeFileSync(join(directory, 'outside'), `${first}\n`);
    symlinkSync('../../outside', join(directory, 'refs/heads/link'));
    execFileSync('mkfifo', [join(directory, 'refs/heads/pipe')]);
    const { damaged } = refs.scan('');
    assert.equal(
      [...damaged].sort((a, b) => (a.name < b.name ? -1 : 1)),
      [
        { name: 'refs/heads/link', reason: 'it is not a plain file' },
        { name: 'refs/heads/pipe', reason: 'it is empty' },
      ],
    );
  }),
);

refStore('packed-refs that is damaged is reported with its line', () =>
  withBareStore(async (store) => {
    const { refs, first } = store;
    const header = '# pack-refs with: peeled fully-peeled sorted \n';
    const contents: [string, number][] = [
      [`${header}${first} refs/heads/a\n${first}`, 3],
      [`${header}\0\0\0\n`, 2],
      [`${header}${first}refs/heads/a\n`, 2],
      [`${header}${first} \n`, 2],
      [`${header}${first} refs/heads/a\n^${first.slice(1)}\n`, 3],
    ];
    for (const [content, line] of contents) {
      writeRef(store, 'packed-refs', content);
      for (const action of [() => refs.read(MAIN), () => refs.list('')]) {
        const error = await refusal(action);
        assert.is(error.code, 'ref-damaged');
        assert.equal(error.data, { name: 'packed-refs', line });
      }
    }
  }),
);

refStore('follows symbolic refs as git does, and refuses to move them', () =>
  withBareStore(async (store) => {
    const { refs, directory, first, second } = store;
    await refs.update([set(MAIN, first)], 'test');
    git(directory, ['symbolic-ref', 'refs/heads/alias', MAIN]);
    git(directory, ['symbolic-ref', 'refs/heads/dangling', 'refs/heads/none']);
    assert.is(refs.read('refs/heads/alias'), first);
    assert.is(refs.read('refs/heads/dangling'), undefined);
    assert.equal(refs.list(''), refsOfGit(store));
    const error = await refusal(() =>
      refs.update([set('refs/heads/alias', second, first)], 'test'),
    );
    assert.is(error.code, 'ref-damaged');
    assert.is(refs.read(MAIN), first);
  }),
);

refStore('files among the refs that git does not take for refs are ignored and reported', () =>
  withBareStore(async (store) => {
    const { refs, first } = store;
    await refs.update([set(MAIN, first)], 'test');
    writeRef(store, 'refs/heads/main (conflicted copy)', `${first}\n`);
    writeRef(store, 'refs/heads/.DS_Store', 'x');
    writeRef(store, 'refs/heads/main.lock', '');
    const { refs: sound, damaged, ignored } = refs.scan('refs/heads/');
    assert.equal(sound, [{ name: MAIN, id: first }]);
    assert.equal(damaged, []);
    assert.equal(
      ignored.map(({ name }) => name).sort(),
      ['refs/heads/.DS_Store', 'refs/heads/main (conflicted copy)'].sort(),
    );
  }),
);

refStore(
  'lists refs whose names are not ASCII, byte by byte, and in a store with such a path',
  () =>
    withBareStore(async ({ directory, first }) => {
      git(directory, ['update-ref', 'refs/heads/é', first]);
      const refs = openRefs(directory);
      assert.equal(refs.list(''), [{ name: 'refs/heads/\xc3\xa9', id: first }]);
      git(directory, ['pack-refs', '--all', '--prune']);
      assert.equal(refs.list(''), [{ name: 'refs/heads/\xc3\xa9', id: first }]);
    }),
);

refStore('refuses a ref below or above another, loose or packed or made in the same update', () =>
  withBareStore(async (store) => {
    const { refs, directory, first } = store;
    await refs.update([set('refs/heads/a', first), set('refs/heads/d/e', first)], 'test');
    const conflicts = [
      [set('refs/heads/a/b', first)],
      [set('refs/heads/a/b/c', first)],
      [set('refs/heads/d', first)],
      [set('refs/heads/n/m', first), set('refs/heads/n', first)],
      [set('refs/heads/n', first), set('refs/heads/n/m', first)],
    ];
    const before = refs.list('');
    for (const packed of [false, true]) {
      if (packed) git(directory, ['pack-refs', '--all', '--prune']);
      for (const edits of conflicts) {
        const error = await refusal(() => refs.update(edits, 'test'));
        assert.is(error.code, 'name-invalid', `${packed} ${edits[0]?.name}`);
      }
      assert.equal(refs.list(''), before);
      assertNoLocks(store);
    }
  }),
);

refStore('a directory left empty is no conflict', () =>
  withBareStore(async (store) => {
    const { refs, directory, first, second } = store;
    mkdirSync(join(directory, 'refs/heads/a/b/c'), { recursive: true });
    await refs.update([set('refs/heads/a', first)], 'test');
    assert.is(refs.read('refs/heads/a'), first);
    git(directory, ['pack-refs', '--all', '--prune']);
    mkdirSync(join(directory, 'refs/heads/a/b'), { recursive: true });
    await refs.update([set('refs/heads/a', second, first)], 'test');
    git(directory, ['pack-refs', '--all', '--prune']);
    mkdirSync(join(directory, 'refs/heads/a/b'), { recursive: true });
    await refs.update([drop('refs/heads/a', second)], 'test');
    assert.equal(refs.list(''), []);
    await refs.update([set('refs/heads/a/b', first)], 'test');
    assert.is(refs.read('refs/heads/a/b'), first);
  }),
);

refStore('a directory that holds something that is no ref is still a conflict', () =>
  withBareStore(async (store) => {
    const { refs, first } = store;
    writeRef(store, 'refs/heads/a/deep/b.lock', '');
    const error = await refusal(() => refs.update([set('refs/heads/a', first)], 'test'));
    assert.is(error.code, 'name-invalid');
    assert.equal(readdirSync(join(store.directory, 'gsess/ref-locks')), []);
  }),
);

refStore('a lock of stock git is waited for, then named, and never removed', () =>
  withBareStore(async (store) => {
    const { refs, directory, first, second } = store;
    await refs.update([set(MAIN, first)], 'test');
    for (const [file, edit] of [
      [`${MAIN}.lock`, set(MAIN, second, first)],
      ['packed-refs.lock', drop(MAIN)],
    ] as const) {
      const lock = join(directory, file);
      writeFileSync(lock, '');
      const startedAt = performance.now();
      const error = await refusal(() => openRefs(directory, 120).update([edit], 'test'));
      assert.ok(performance.now() - startedAt >= 120);
      assert.is(error.code, 'locked');
      assert.equal(error.data, { file: lock });
      assert.match(error.message, lock);
      assert.ok(existsSync(lock));
      assert.is(refs.read(MAIN), first);
      setTimeout(() => rmSync(lock), 60);
      await refs.update([set('refs/heads/free', first, 'any')], 'test');
      await refs.update([edit, set('refs/heads/other', first, 'any')], 'test');
      await refs.update([set(MAIN, first, 'any')], 'test');
    }
    assertNoLocks(store);
  }),
);

refStore('HEAD is read and moved', () =>
  withBareStore(async (store) => {
    const { refs, directory, first } = store;
    assert.is(refs.head(), MAIN);
    await refs.setHead('refs/heads/other');
    assert.is(refs.head(), 'refs/heads/other');
    assert.is(gitText(directory, ['symbolic-ref', 'HEAD']), 'refs/heads/other');
    writeFileSync(join(directory, 'HEAD'), `${first}\n`);
    assert.is(refs.head(), undefined);
    writeFileSync(join(directory, 'HEAD'), '');
    assert.is((await refusal(() => refs.head())).code, 'ref-damaged');
    assertNoLocks(store);
  }),
);

refStore.run();
