// Repositories in every state that git leaves them in: a session in them is saved and restored, and nothing of them is touched.

import {
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skippedOf } from '../../src/session/skipped-files.ts';
import { differences, type Manifest, manifestOf } from '../support/disk-manifest.ts';
import { git, gitOutcome, gitText } from '../support/git-oracle.ts';
import { commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { checkpointAt, filesOf, restoreTo, takeBack } from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { plantIn, playTurn } from '../support/two-states.ts';

const test = suite('projects under git');

const OTHER = '22222222-2222-4222-8222-222222222222';

/** A session whose project `make` has filled. */
function inProject(
  make: (project: string, directory: string) => void,
  use: (driver: SessionDriver, directory: string) => Promise<void>,
): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    make(driver.project, directory);
    await use(driver, directory);
    assertStoreIsSound(driver.store);
  });
}

function initialise(project: string, ...args: string[]): void {
  git(project, ['init', '-q', '--initial-branch=main', ...args]);
}

function commit(project: string, message = 'begin'): void {
  git(project, ['add', '-A']);
  git(project, ['commit', '-q', '-m', message]);
}

/** All that is git's: of the repository itself and of those in it. */
function gitsOf(root: string): Manifest {
  const all = manifestOf(root, { times: true });
  const isGits = (path: string) => path.split('/').includes('.git');
  return Object.fromEntries(Object.entries(all).filter(([path]) => isGits(path)));
}

/** Two turns and a restore there and back, in which nothing that is git's may change. */
async function assertWorks(driver: SessionDriver): Promise<void> {
  const { project } = driver;
  const gits = gitsOf(project);
  const one = await playTurn(driver, () =>
    plantIn(project, { 'made.txt': 'one\n', 'd/x': 'one\n' }),
  );
  const two = await playTurn(driver, () => plantIn(project, { 'made.txt': 'two\n', d: null }));
  await restoreTo(driver, '@1', { conversation: false });
  assert.equal(differences(one, filesOf(driver)), []);
  await takeBack(driver, 'undo');
  assert.equal(differences(two, filesOf(driver)), []);
  assert.equal(differences(gits, gitsOf(project)), []);
}

function conflict(project: string): void {
  initialise(project);
  plantIn(project, { a: 'base\n' });
  commit(project);
  git(project, ['checkout', '-q', '-b', 'topic']);
  plantIn(project, { a: 'topic\n' });
  commit(project, 'topic');
  git(project, ['checkout', '-q', 'main']);
  plantIn(project, { a: 'main\n' });
  commit(project, 'main');
}

const STATES: readonly (readonly [
  what: string,
  make: (project: string) => void,
  branch?: string,
])[] = [
  ['no repository', (project) => plantIn(project, { a: 'one\n' })],
  [
    'a repository without a commit',
    (project) => {
      initialise(project);
      plantIn(project, { a: 'one\n' });
      git(project, ['add', '.']);
    },
    'main',
  ],
  [
    'a detached HEAD',
    (project) => {
      conflict(project);
      git(project, ['checkout', '-q', '--detach', 'topic']);
    },
  ],
  [
    'a merge in progress',
    (project) => {
      conflict(project);
      gitOutcome(project, ['merge', 'topic']);
      assert.ok(existsSync(join(project, '.git', 'MERGE_HEAD')));
    },
    'main',
  ],
  [
    'a rebase in progress',
    (project) => {
      conflict(project);
      gitOutcome(project, ['rebase', 'topic']);
      assert.ok(existsSync(join(project, '.git', 'rebase-merge')));
    },
  ],
  [
    'a cherry-pick and a bisection in progress',
    (project) => {
      conflict(project);
      git(project, ['bisect', 'start']);
      gitOutcome(project, ['cherry-pick', 'topic']);
      assert.ok(existsSync(join(project, '.git', 'CHERRY_PICK_HEAD')));
    },
    'main',
  ],
];

for (const [what, make, branch] of STATES) {
  test(`GE-06: ${what} is saved and restored, and stays what it is`, () =>
    inProject(make, async (driver) => {
      await assertWorks(driver);
      assert.is(checkpointAt(driver, '@1').branch, branch ?? null);
    }));
}

test('GE-06: a bare repository is saved and restored like any directory', () =>
  inProject(
    (project) => initialise(project, '--bare'),
    async (driver) => {
      await assertWorks(driver);
      git(driver.project, ['fsck', '--strict']);
    },
  ));

test('GE-07: two work trees have one store and two roots, and neither is restored into the other', () =>
  inProject(conflict, async (driver, directory) => {
    const { project } = driver;
    const linked = join(directory, 'linked');
    git(project, ['worktree', 'add', '-q', linked, 'topic']);
    await driver.prompt('in main');
    const other = { nativeId: OTHER, cwd: linked, kind: 'prompt', prompt: 'hi' } as const;
    await driver.event(other);
    const roots = driver.store.sessions().map(({ root }) => root);
    assert.equal(roots.sort(), [linked, project].sort());
    plantIn(linked, { a: 'linked, by hand\n' });
    plantIn(project, { a: 'main, by hand\n' });
    const here = commandRunner(driver);
    const refused = await here(['restore', '@1', '--session', driver.session, '--yes', '--files'], {
      cwd: linked,
    });
    assert.is(refused.status, 2);
    assert.match(refused.stderr, `--root DIR`);
    assert.is(readFileSync(join(linked, 'a'), 'utf8'), 'linked, by hand\n');
    // In each, no word names the session of the other by itself.
    await here.json(['restore', '@1', '--yes', '--files'], { cwd: linked });
    assert.is(readFileSync(join(linked, 'a'), 'utf8'), 'topic\n');
    assert.is(readFileSync(join(project, 'a'), 'utf8'), 'main, by hand\n');
    await here.json(['undo'], { cwd: linked });
    assert.is(readFileSync(join(linked, 'a'), 'utf8'), 'linked, by hand\n');
    assert.is((await here(['undo'])).status, 3);
  }));

test('GE-08: a submodule and nested repositories are held as files, without what is git\u2019s in them', () =>
  inProject(
    (project, directory) => {
      const library = join(directory, 'library');
      mkdirSync(library);
      initialise(library);
      plantIn(library, { 'lib.c': 'lib\n', 'deep/er.c': 'deep\n' });
      commit(library);
      initialise(project);
      git(project, [
        '-c',
        'protocol.file.allow=always',
        'submodule',
        'add',
        '-q',
        library,
        'module',
      ]);
      git(directory, ['clone', '-q', library, join(project, 'with-commits')]);
      mkdirSync(join(project, 'without-commits'));
      initialise(join(project, 'without-commits'));
      plantIn(project, {
        'without-commits/a': 'a\n',
        'odd/.git': 'gitdir: ../nowhere\n',
        'odd/b': 'b\n',
      });
    },
    async (driver) => {
      assert.match(readFileSync(join(driver.project, 'module', '.git'), 'utf8'), /^gitdir: /);
      await assertWorks(driver);
      const { listed } = skippedOf(driver.store, checkpointAt(driver, '@1'));
      assert.equal(
        listed.map(({ path, reason }) => `${reason}: ${path}`),
        ['module', 'odd', 'with-commits', 'without-commits'].map((at) => `nested-git: ${at}/.git`),
      );
      const held = gitText(driver.store.repository.directory, [
        ...['ls-tree', '-r', '--name-only', `${checkpointAt(driver, '@1').id}:files`],
      ]);
      assert.equal(held.split('\n'), [
        ...['.gitmodules', 'd/x', 'made.txt', 'module/deep/er.c', 'module/lib.c', 'odd/b'],
        ...['with-commits/deep/er.c', 'with-commits/lib.c', 'without-commits/a'],
      ]);
      // A change in one is a change like any other.
      await driver.prompt('change the module');
      plantIn(driver.project, { 'module/lib.c': 'changed\n', 'with-commits/deep': null });
      const gits = gitsOf(driver.project);
      await restoreTo(driver, '@1', { conversation: false });
      assert.is(filesOf(driver)['module/lib.c'], 'file 644 "lib\\n"');
      assert.is(filesOf(driver)['with-commits/deep/er.c'], 'file 644 "deep\\n"');
      assert.equal(differences(gits, gitsOf(driver.project)), []);
    },
  ));

test('GE-09: a filter whose program is missing, or fails, is not run: what is on disk is kept', () =>
  inProject(
    (project, directory) => {
      initialise(project);
      const pointer = 'version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n';
      plantIn(project, {
        'fetched.bin': '\0large\xff',
        'not-fetched.bin': pointer,
        'failing.dat': 'x\r\n',
      });
      commit(project);
      plantIn(project, {
        '.gitattributes': '*.bin filter=lfs diff=lfs merge=lfs -text\n*.dat filter=fails\n',
      });
      const marker = join(directory, 'run');
      for (const [key, value] of [
        ['filter.lfs.clean', 'no-such-program clean -- %f'],
        ['filter.lfs.smudge', 'no-such-program smudge -- %f'],
        ['filter.lfs.process', 'no-such-program filter-process'],
        ['filter.lfs.required', 'true'],
        ['filter.fails.clean', `touch '${marker}'; false`],
        ['filter.fails.smudge', `touch '${marker}'; false`],
        ['filter.fails.required', 'true'],
      ] as const) {
        git(project, ['config', key, value]);
      }
    },
    async (driver, directory) => {
      await assertWorks(driver);
      await driver.prompt('change all');
      plantIn(driver.project, { 'fetched.bin': 'x', 'not-fetched.bin': 'y', 'failing.dat': 'z' });
      await restoreTo(driver, '@1', { conversation: false });
      assert.is(filesOf(driver)['fetched.bin'], 'file 644 "\\u0000large\u00ff"');
      assert.is(filesOf(driver)['failing.dat'], 'file 644 "x\\r\\n"');
      assert.is(existsSync(join(directory, 'run')), false);
    },
  ));

const FORMATS: readonly (readonly [what: string, make: (project: string) => void])[] = [
  [
    'with SHA-256',
    (project) => {
      initialise(project, '--object-format=sha256');
      plantIn(project, { a: 'one\n' });
      commit(project);
    },
  ],
  [
    'with refs in a table',
    (project) => {
      initialise(project);
      git(project, ['config', 'core.repositoryFormatVersion', '1']);
      git(project, ['config', 'extensions.refStorage', 'reftable']);
      rmSync(join(project, '.git', 'refs'), { recursive: true });
      plantIn(project, {
        '.git/HEAD': 'ref: refs/heads/.invalid\n',
        '.git/refs/heads': 'this repository uses the reftable format\n',
        '.git/reftable/tables.list': '',
        a: 'one\n',
      });
    },
  ],
  [
    'with extensions of years to come',
    (project) => {
      initialise(project);
      plantIn(project, { a: 'one\n' });
      commit(project);
      git(project, ['config', 'extensions.objectLocation', 'cloud']);
      git(project, ['config', 'core.repositoryFormatVersion', '9']);
    },
  ],
  ['whose HEAD is damaged', (project) => plantIn(project, { '.git/HEAD': '\0\0', a: 'one\n' })],
];

for (const [what, make] of FORMATS) {
  test(`GE-11: a repository ${what} is no matter`, () => inProject(make, assertWorks));
}

test('GE-13: an index.lock of somebody else is ignored, and stays', () =>
  inProject(
    (project) => {
      conflict(project);
      plantIn(project, { '.git/index.lock': '', '.git/HEAD.lock': 'x' });
    },
    async (driver) => {
      await assertWorks(driver);
      assert.ok(existsSync(join(driver.project, '.git', 'index.lock')));
    },
  ));

test('GE-15: each state is captured by the ignore files it has, and a restore obeys those of both sides', () =>
  inProject(initialise, async (driver) => {
    const { project } = driver;
    await driver.prompt('all is captured');
    plantIn(project, { 'a.log': 'one\n', 'b.tmp': 'one\n', 'caf\xe9': 'one\n', x: 'one\n' });
    await driver.turn('done');
    await driver.prompt('some is ignored');
    plantIn(project, {
      '.gitignore': '*.log\ncaf\xe9\n',
      'a.log': 'two\n',
      'caf\xe9': 'two\n',
      x: 'two\n',
    });
    await driver.turn('done');
    const held = (called: string) =>
      gitText(driver.store.repository.directory, [
        ...['-c', 'core.quotePath=true', 'ls-tree', '--name-only'],
        `${checkpointAt(driver, called).id}:files`,
      ]);
    assert.is(held('@1'), 'a.log\nb.tmp\n"caf\\351"\nx');
    assert.is(held('@2'), '.gitignore\nb.tmp\nx');
    // What is ignored by either side is not touched, so it is not overwritten with what was captured once.
    const { stderr } = await commandRunner(driver)(['restore', '@1', '--files', '--yes']);
    assert.match(stderr, 'a.log');
    assert.is(filesOf(driver)['a.log'], 'file 644 "two\\n"');
  }));

test('GE-15: an ignore file that is a link is not followed, and comes back as a link', () =>
  inProject(initialise, async (driver, directory) => {
    const { project } = driver;
    writeFileSync(join(directory, 'patterns'), '*\n');
    await driver.prompt('begin');
    symlinkSync(join(directory, 'patterns'), join(project, '.gitignore'));
    plantIn(project, { a: 'one\n' });
    await driver.turn('done');
    const one = filesOf(driver);
    await driver.prompt('go on');
    plantIn(project, { '.gitignore': 'b\n', a: 'two\n' });
    await driver.turn('done');
    await restoreTo(driver, '@1', { conversation: false });
    assert.equal(differences(one, filesOf(driver)), []);
  }));

test('GE-15: an ignore file too large to read costs the files of a checkpoint, not the conversation, and is told', () =>
  inProject(initialise, async (driver) => {
    const { project } = driver;
    plantIn(project, { '.gitignore': '', a: 'one\n' });
    truncateSync(join(project, '.gitignore'), 200 * 1024 * 1024);
    const startedAt = performance.now();
    await driver.prompt('begin');
    assert.ok(performance.now() - startedAt < 5000);
    assert.is(checkpointAt(driver, '@1').files, 'none');
    const { listed } = skippedOf(driver.store, checkpointAt(driver, '@1'));
    assert.match(listed[0]?.reason ?? '', /\.gitignore/);
  }));

test('GE-16: sessions are found and restored after .git was deleted, and after the project was cloned anew', () =>
  inProject(conflict, async (driver, directory) => {
    const { project } = driver;
    await assertWorks(driver);
    const store = driver.store.repository.directory;
    const works = async () => {
      assert.is(driver.store.repository.directory, store);
      plantIn(project, { 'made.txt': 'changed\n' });
      await restoreTo(driver, '@1', { conversation: false });
      assert.is(filesOf(driver)['made.txt'], 'file 644 "one\\n"');
      const sessions = (await commandRunner(driver).json(['list'])) as { id: string }[];
      assert.equal(
        sessions.map(({ id }) => id),
        [driver.session],
      );
    };
    const saved = join(directory, 'saved');
    renameSync(join(project, '.git'), saved);
    await works();
    await driver.prompt('without git');
    rmSync(project, { recursive: true });
    git(directory, ['clone', '-q', saved, project]);
    await works();
    await driver.prompt('cloned anew');
    assert.is(checkpointAt(driver, '@4').branch, 'main');
  }));

test.run();
