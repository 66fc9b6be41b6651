// Trees that no checkpoint of ours holds, put into a store as somebody else's would come: every verb that would write them, or show
// what is in them, refuses with a reason, `verify` names them, and nothing but the store and the files that were asked for changes.

import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, manifestOf } from '../support/disk-manifest.ts';
import {
  type ForgedEntry,
  type Forgery,
  forgeBlob,
  forgeCheckpoint,
  forgeOdd,
  forgeTree,
} from '../support/forged-checkpoint.ts';
import { type CommandRunner, commandRunner } from '../support/run-command.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

interface Scene {
  readonly driver: SessionDriver;
  readonly directory: string;
  readonly gsess: CommandRunner;
  /** The store's directory. */
  readonly at: string;
  readonly blob: string;
  /** The checkpoint before anything was forged. */
  readonly good: string;
}

function withScene(use: (scene: Scene) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    writeFileSync(join(directory, 'outside.txt'), 'outside\n');
    driver.write('a.txt', 'one\n');
    await driver.prompt('begin');
    await driver.turn('done');
    const at = driver.store.repository.directory;
    const blob = forgeBlob(at, 'owned\n');
    const good = driver.log()[0]?.id ?? '';
    await use({ driver, directory, gsess: commandRunner(driver), at, blob, good });
  });
}

/** All but the store and what a restore may write. */
function outsideOf({ directory }: Scene) {
  return manifestOf(directory, { times: true, without: (path) => path === 'data' });
}

/** Forges the checkpoint and holds the verbs to refusing it, all of them or the ones that write. */
async function assertRefused(
  scene: Scene,
  what: string,
  { verbs = 'writing', ...forgery }: Forgery & { readonly verbs?: 'all' | 'writing' },
): Promise<void> {
  const { driver, directory, gsess, at, good } = scene;
  const forged = forgeCheckpoint(at, driver.session, forgery);
  const before = outsideOf(scene);
  const writing = [
    ['restore', forged, '--files', '--yes'],
    ['fork', forged, '--worktree', join(directory, 'fork')],
  ];
  const reading = [
    ['restore', forged, '--dry-run'],
    ['restore', forged, '--yes', '--path', 'a.txt'],
    ['diff', forged, '--stat'],
    ['diff', good, forged, '--name-only'],
    ['diff', forged, '--now', '--stat'],
    ['show', forged],
  ];
  for (const words of verbs === 'all' ? [...writing, ...reading] : writing) {
    const { status, stderr } = await gsess(words);
    const run = `${what}: gsess ${words.join(' ')}: ${stderr}`;
    assert.is.not(status, 0, run);
    assert.match(stderr, /Refused a snapshot|Cannot read/, run);
  }
  assert.equal(differences(before, outsideOf(scene)), [], what);
}

/** Throws unless `verify` finds fault with each of these objects, and the sessions can be listed all the same. */
async function assertNamed(scene: Scene, objects: Readonly<Record<string, string>>): Promise<void> {
  const { ok, problems } = JSON.parse((await scene.gsess(['verify', '--json'])).stdout) as {
    ok: boolean;
    problems: { object: string; message: string }[];
  };
  assert.is(ok, false);
  for (const [what, id] of Object.entries(objects)) {
    const isNamed = problems.some(({ object, message }) => `${object} ${message}`.includes(id));
    assert.ok(isNamed, `verify says nothing of ${what}`);
  }
  assert.is((await scene.gsess(['list'])).status, 0);
}

/** The entry alone in the tree of files. */
function treeOf({ at, blob }: Scene, name: string, mode = '100644'): string {
  return forgeTree(at, [{ mode, name, id: mode === '40000' ? below(at, blob) : blob }]);
}

function below(at: string, blob: string): string {
  return forgeTree(at, [{ mode: '100644', name: 'f', id: blob }]);
}

const trees = suite('hostile trees');

const NAMES: Readonly<Record<string, string>> = {
  'the directory above': '..',
  'the directory itself': '.',
  'no name': '',
  git: '.git',
  'git in capitals': '.GIT',
  'git with a space': '.git ',
  'git with a dot': '.git.',
  'the short name of git': 'git~1',
  'a stream of git': '.git::$INDEX_ALLOCATION',
  'git with a character that HFS+ passes over': '.g\xe2\x80\x8cit',
  'git with a byte order mark': '\xef\xbb\xbf.git',
  'git behind a backslash': 'a\\.git',
  'an absolute path': '/abs',
  'a path': 'a/b',
  'a path that leads up': '../../escaped',
};

trees('HI-01: an entry that leads out, or could be taken for git, is refused and named', () =>
  withScene(async (scene) => {
    const forged: Record<string, string> = {};
    for (const [what, name] of Object.entries(NAMES)) {
      for (const mode of ['..', '.git'].includes(name) ? ['100644', '40000'] : ['100644']) {
        const files = treeOf(scene, name, mode);
        forged[`${what}, ${mode}`] = files;
        const verbs = ['..', '.git', 'a/b'].includes(name) ? 'all' : 'writing';
        await assertRefused(scene, what, { files, verbs });
      }
    }
    await assertNamed(scene, forged);
  }),
);

trees('HI-01: a path among the odd entries that leads out or is git is refused as well', () =>
  withScene(async (scene) => {
    const { at, blob } = scene;
    const forged: Record<string, string> = {};
    const paths = ['../escaped', '/abs', 'a/../../x', '.git/config', '.GIT', 'sub/.git/x', ''];
    for (const path of paths) {
      const odd = forgeOdd(at, [{ path, mode: '100644', id: blob }]);
      await assertRefused(scene, `odd '${path}'`, { odd });
      forged[path] = path === '' ? "the path ''" : path;
    }
    await assertNamed(scene, forged);
  }),
);

trees('HI-01: a name that only another system minds comes back exactly on this one', () =>
  withScene(async (scene) => {
    const { driver, gsess, at, blob } = scene;
    const names = ['C:x', 'CON', 'a:b', 'x.', 'y '];
    const files = forgeTree(
      at,
      names.sort().map((name) => ({ mode: '100644', name, id: blob })),
    );
    const forged = forgeCheckpoint(at, driver.session, { files });
    if (!['linux', 'freebsd', 'openbsd'].includes(process.platform)) return;
    assert.is((await gsess(['restore', forged, '--files', '--yes'])).status, 0);
    for (const name of names)
      assert.is(readFileSync(join(driver.project, name), 'utf8'), 'owned\n');
    assert.is((JSON.parse((await gsess(['verify', '--json'])).stdout) as { ok: boolean }).ok, true);
  }),
);

trees(
  'HI-02: a link with an entry below it is refused, and nothing is written where it leads',
  () =>
    withScene(async (scene) => {
      const { at, blob, directory } = scene;
      mkdirSync(join(directory, 'target'));
      const link = forgeBlob(at, join(directory, 'target'));
      const twice = [
        { mode: '120000', name: 'x', id: link },
        { mode: '40000', name: 'x', id: below(at, blob) },
      ];
      await assertRefused(scene, 'a link and a directory', { files: forgeTree(at, twice) });
      await assertRefused(scene, 'the same, apart', {
        files: forgeTree(at, [
          ...twice.slice(0, 1),
          { mode: '100644', name: 'x.y', id: blob },
          ...twice.slice(1),
        ]),
      });
      await assertLinkNotFollowed(scene, link);
      assert.equal(Object.keys(manifestOf(join(directory, 'target'))), []);
    }),
);

/** By the odd entries: the files hold the link, the list of the odd ones a path below it. */
async function assertLinkNotFollowed(scene: Scene, link: string): Promise<void> {
  const { at, blob, driver, gsess, directory } = scene;
  const files = forgeTree(at, [{ mode: '120000', name: 'x', id: link }]);
  const odd = forgeOdd(at, [{ path: 'x/git~1', mode: '100644', id: blob }]);
  const forged = forgeCheckpoint(at, driver.session, { files, odd });
  const before = outsideOf(scene);
  for (const words of [
    ['restore', forged, '--files', '--yes'],
    ['fork', forged, '--worktree', join(directory, 'fork')],
  ]) {
    const { status } = await gsess(words);
    assert.is.not(status, 0, words.join(' '));
  }
  assert.equal(differences(before, outsideOf(scene)), []);
}

trees('HI-03: no file is written through a link that an earlier checkpoint left', () =>
  withScene(async (scene) => {
    const { at, blob, driver, gsess, directory } = scene;
    const up = forgeBlob(at, '..');
    const linked = forgeCheckpoint(at, driver.session, {
      files: forgeTree(at, [{ mode: '120000', name: 'd', id: up }]),
    });
    const filled = forgeCheckpoint(at, driver.session, {
      files: forgeTree(at, [{ mode: '40000', name: 'd', id: below(at, blob) }]),
    });
    assert.is((await gsess(['restore', linked, '--files', '--yes'])).status, 0);
    assert.is((await gsess(['restore', filled, '--files', '--yes'])).status, 0);
    assert.is(existsSync(join(directory, 'f')), false);
    assert.is(manifestOf(driver.project)['d'], 'directory 755');
    assert.is(readFileSync(join(driver.project, 'd', 'f'), 'utf8'), 'owned\n');
    assert.is((await gsess(['restore', linked, '--files', '--yes'])).status, 0);
    assert.is(manifestOf(driver.project)['d'], 'link to ..');
    assert.is(existsSync(join(directory, 'f')), false);
  }),
);

trees('HI-03: a link put into the place of a directory by hand is not written through either', () =>
  withScene(async (scene) => {
    const { driver, gsess, directory } = scene;
    driver.write('d/f', 'in the project\n');
    await driver.prompt('with a directory');
    await driver.turn('done');
    driver.remove('d');
    mkdirSync(join(directory, 'target'));
    symlinkSync(join(directory, 'target'), join(driver.project, 'd'));
    assert.is((await gsess(['restore', '@2', '--files', '--yes'])).status, 0);
    assert.equal(Object.keys(manifestOf(join(directory, 'target'))), []);
    assert.is(readFileSync(join(driver.project, 'd', 'f'), 'utf8'), 'in the project\n');
  }),
);

type Entries = (scene: Scene) => readonly ForgedEntry[];
const FORMS: Readonly<Record<string, Entries>> = {
  'twice the same file': ({ blob }) => [
    { mode: '100644', name: 'a', id: blob },
    { mode: '100644', name: 'a', id: blob },
  ],
  'a file and a directory of one name': ({ at, blob }) => [
    { mode: '100644', name: 'a', id: blob },
    { mode: '40000', name: 'a', id: below(at, blob) },
  ],
  'entries out of order': ({ blob }) => [
    { mode: '100644', name: 'b', id: blob },
    { mode: '100644', name: 'a', id: blob },
  ],
  'a submodule': ({ blob }) => [{ mode: '160000', name: 'sub', id: blob }],
  'a file that its group may write': ({ blob }) => [{ mode: '100664', name: 'a', id: blob }],
  'a mode with a zero before it': ({ at, blob }) => [
    { mode: '040000', name: 'a', id: below(at, blob) },
  ],
  'a mode of no meaning': ({ blob }) => [{ mode: '104755', name: 'a', id: blob }],
  'a mode that is no number': ({ blob }) => [{ mode: 'x', name: 'a', id: blob }],
};

trees(`HI-04: a tree with ${Object.keys(FORMS).join(', ')} is refused and named`, () =>
  withScene(async (scene) => {
    const forged: Record<string, string> = {};
    for (const [what, entries] of Object.entries(FORMS)) {
      const files = forgeTree(scene.at, entries(scene));
      forged[what] = files;
      await assertRefused(scene, what, { files });
    }
    await assertNamed(scene, forged);
  }),
);

trees('HI-04: a file where a tree belongs, and a tree where a file belongs, are refused', () =>
  withScene(async (scene) => {
    const { at, blob } = scene;
    const asTree = forgeTree(at, [{ mode: '40000', name: 'd', id: blob }]);
    await assertRefused(scene, 'a blob as directory', { files: asTree });
    const asFile = forgeTree(at, [{ mode: '100644', name: 'f', id: below(at, blob) }]);
    const forged = forgeCheckpoint(at, scene.driver.session, { files: asFile });
    const before = outsideOf(scene);
    assert.is.not((await scene.gsess(['restore', forged, '--files', '--yes'])).status, 0);
    assert.equal(differences(before, outsideOf(scene)), []);
    assert.is((await scene.gsess(['verify'])).status, 1);
  }),
);

trees('HI-05: names that differ by case or form alone all come back, or none does', () =>
  withScene(async (scene) => {
    const { at, driver, gsess } = scene;
    const contents: Readonly<Record<string, string>> = {
      README: 'upper\n',
      'caf\xc3\xa9': 'composed\n',
      'cafe\xcc\x81': 'decomposed\n',
      readme: 'lower\n',
      'stra\xc3\x9fe': 'sharp\n',
      strasse: 'two\n',
    };
    const names = Object.keys(contents).sort();
    const files = forgeTree(
      at,
      names.map((name) => ({ mode: '100644', name, id: forgeBlob(at, contents[name] ?? '') })),
    );
    const forged = forgeCheckpoint(at, driver.session, { files });
    const before = outsideOf(scene);
    const { status } = await gsess(['restore', forged, '--files', '--yes']);
    const after = manifestOf(driver.project);
    if (status !== 0) {
      assert.equal(differences(before, outsideOf(scene)), [], 'refused as a whole');
      return;
    }
    const expected = names.map((name) => [name, `file 644 ${JSON.stringify(contents[name])}`]);
    assert.equal(after, Object.fromEntries(expected));
  }),
);

trees.run();
