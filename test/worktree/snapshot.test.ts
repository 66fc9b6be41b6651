import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  lstatSync,
  mkdirSync,
  renameSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EMPTY_TREE } from '../../src/git/object-id.ts';
import { readOddTree } from '../../src/worktree/odd-tree.ts';
import { diffTrees } from '../../src/worktree/tree-diff.ts';
import { gitText } from '../support/git-oracle.ts';
import { reasonsIn, type SnapshotScene, withSnapshotScene } from '../support/snapshot-scene.ts';

const test = suite('snapshot');

const isRoot = process.getuid?.() === 0;

const ORDINARY = {
  'a.txt': 'one\n',
  'a/b/c/d.txt': 'deep',
  'a.b': 'sorts between a and a/',
  'a-b/x': 'and so does this',
  empty: '',
  'run.sh': { run: '#!/bin/sh\n' },
  'crlf.txt': 'a\r\nb\r\n\xef\xbb\xbf\0\xff',
  'latin-\xe9\xff': 'a name that is not UTF-8',
  'nfc-\xc3\xa9': '1',
  'nfd-e\xcc\x81': '2',
  A: 'upper',
  'con/aux.c': 'a name Windows reserves',
  'trailing. ': 'x',
  'back\\slash:*?"<>|': 'x',
  'new\nline': 'x',
  'link-relative': { link: 'a/b' },
  'link-absolute': { link: '/etc/passwd' },
  'link-dangling': { link: '../nowhere\xff\\' },
  'link-loop': { link: 'link-loop' },
  'link-up': { link: '..' },
  '.gitattributes': '* text=auto eol=crlf\n*.txt filter=lfs\n',
  '.gitmodules': '[submodule "x"]\n\tpath = x\n\turl = https://example.com/x.git\n',
};

function listing(scene: SnapshotScene, tree: string): string[] {
  const text = gitText(scene.store.directory, [
    '-c',
    'core.quotePath=false',
    'ls-tree',
    '-rt',
    tree,
  ]);
  return text === '' ? [] : text.split('\n').map((line) => line.replace(/ [0-9a-f]{40}\t/, ' '));
}

test('the tree is the one git makes of the same files', async () => {
  await withSnapshotScene((scene) => {
    scene.plant(ORDINARY);
    const snapshot = scene.snapshot();
    assert.is(snapshot.tree, scene.treeOfGit());
    assert.is(snapshot.files, Object.keys(ORDINARY).length);
    assert.equal(
      [snapshot.odd, reasonsIn(snapshot), snapshot.skippedMore, snapshot.partial],
      [undefined, { A: 'collides', a: 'collides' }, 0, false],
    );
    scene.fsck(snapshot);
  });
});

test('random trees are the ones git makes', async () => {
  let seed = 7;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) & 0x7fffffff;
    return (seed >> 8) % below;
  };
  for (let round = 0; round < 8; round += 1) {
    await withSnapshotScene((scene) => {
      for (let entry = 0; entry < 60; entry += 1) {
        const depth = random(4);
        const names = Array.from(
          { length: depth },
          () => `d${'.-0a'.charAt(random(4))}${random(3)}`,
        );
        const path = [...names, `f${random(1000)}`].join('/');
        const kinds = ['text', { run: 'x' }, { link: `t${entry}` }, 'y'.repeat(random(5000))];
        scene.plant({ [path]: kinds[random(4)] ?? '' });
      }
      assert.is(scene.snapshot().tree, scene.treeOfGit());
    });
  }
});

test('empty directories are kept, and so is an empty root', async () => {
  await withSnapshotScene((scene) => {
    const bare = scene.snapshot();
    assert.is(bare.tree, EMPTY_TREE);
    scene.fsck(bare);
    scene.plant({ 'x/y/z/': '', 'logs/a.log': 'ignored', '.gitignore': '*.log\n' });
    const snapshot = scene.snapshot();
    scene.fsck(snapshot);
    assert.equal(listing(scene, snapshot.tree), [
      '100644 blob .gitignore',
      '040000 tree logs',
      '040000 tree x',
      '040000 tree x/y',
      '040000 tree x/y/z',
    ]);
  });
});

test('a nested repository is captured as plain files without its .git, which is listed', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({
      '.git/HEAD': 'ref: refs/heads/main\n',
      'sub/.git/HEAD': 'ref: refs/heads/main\n',
      'sub/a': '1',
      'worktree/.git': 'gitdir: /elsewhere\n',
      'worktree/b': '2',
      'odd/.GIT/config': 'x',
    });
    const snapshot = scene.snapshot();
    assert.equal(listing(scene, snapshot.tree), [
      '040000 tree odd',
      '040000 tree sub',
      '100644 blob sub/a',
      '040000 tree worktree',
      '100644 blob worktree/b',
    ]);
    assert.equal(reasonsIn(snapshot), {
      'odd/.GIT': 'nested-git',
      'sub/.git': 'nested-git',
      'worktree/.git': 'nested-git',
    });
    assert.not(snapshot.partial);
  });
});

test('what the rules leave out is listed once, at its top, and never opened', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({
      '.gitignore': 'node_modules/\n*.log\n',
      '.gsessignore': 'private\n',
      'node_modules/a/b/c.js': 'x',
      'src/x.log': 'x',
      'src/private/p': 'x',
      'src/.env': 'KEY=1',
      'src/kept': 'x',
    });
    if (!isRoot) chmodSync(scene.at('node_modules'), 0);
    const snapshot = scene.snapshot();
    if (!isRoot) chmodSync(scene.at('node_modules'), 0o755);
    assert.equal(reasonsIn(snapshot), {
      node_modules: 'ignored',
      'src/.env': 'secret',
      'src/private': 'gsessignore',
      'src/x.log': 'ignored',
    });
    assert.is(snapshot.files, 3);
    assert.not(snapshot.partial);
  });
});

test('special files are listed and never opened', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ file: 'x' });
    execFileSync('mkfifo', [`${scene.root}/pipe`]);
    if (isRoot) execFileSync('mknod', [`${scene.root}/null`, 'c', '1', '3']);
    const snapshot = scene.snapshot();
    const devices = isRoot ? { null: 'special' } : {};
    assert.equal(reasonsIn(snapshot), { ...devices, pipe: 'special' });
    assert.equal(listing(scene, snapshot.tree), ['100644 blob file']);
  });
});

test('the size limit is decided before reading: at the limit in, one over out', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ at: 'x'.repeat(1000), over: 'x'.repeat(1001), sparse: '' });
    truncateSync(scene.at('sparse'), 50 * 1024 * 1024 * 1024);
    const startedAt = performance.now();
    const snapshot = scene.snapshot({ fileBytesMax: 1000 });
    assert.ok(performance.now() - startedAt < 5000);
    assert.equal(snapshot.skipped, [
      { path: 'over', reason: 'too-large', size: 1001 },
      { path: 'sparse', reason: 'too-large', size: 50 * 1024 * 1024 * 1024 },
    ]);
    assert.is(snapshot.files, 1);
  });
});

test('names that fsck refuses are kept apart, and the store stays clean', async () => {
  await withSnapshotScene((scene) => {
    const odd = {
      'git~1/inside': 'a directory',
      'd/.git.': '1',
      'd/.g\xe2\x80\x8cit': '2',
      'd/back\\.git': '3',
      'd/.git\xff': '4',
      '.gitmodules': '[submodule "../../x"]\n\turl = -x\n',
      'e/.gitmodules/f': 'a directory',
      'e/.gitattributes': `${'x'.repeat(2048)}\n`,
      'f/.gitignore': { link: '/etc/passwd' },
      'f/.mailmap': { link: 'x' },
    };
    scene.plant({ plain: 'x', ...odd });
    const snapshot = scene.snapshot();
    scene.fsck(snapshot);
    assert.equal(listing(scene, snapshot.tree), [
      '040000 tree d',
      '040000 tree e',
      '040000 tree f',
      '100644 blob plain',
    ]);
    assert.equal(
      readOddTree(scene.store.objects, snapshot.odd)
        .map(({ path, mode }) => `${mode} ${path}`)
        .sort(),
      [
        '100644 .gitmodules',
        '100644 d/.git.',
        '100644 d/.git\xff',
        '100644 d/.g\xe2\x80\x8cit',
        '100644 d/back\\.git',
        '100644 e/.gitattributes',
        '120000 f/.gitignore',
        '120000 f/.mailmap',
        '40000 e/.gitmodules',
        '40000 git~1',
      ].sort(),
    );
    assert.is(snapshot.files, 11);
    assert.is(scene.snapshot().odd, snapshot.odd);
  });
});

test('an unreadable file or directory makes the snapshot partial and is listed', async () => {
  if (isRoot) return;
  await withSnapshotScene((scene) => {
    scene.plant({ 'shut/a': '1', 'closed/b': '2', file: '3', open: '4' });
    chmodSync(scene.at('shut'), 0);
    chmodSync(scene.at('closed'), 0o600);
    chmodSync(scene.at('file'), 0);
    const snapshot = scene.snapshot();
    assert.equal(reasonsIn(snapshot), {
      'closed/b': 'unreadable',
      file: 'unreadable',
      shut: 'unreadable',
    });
    assert.ok(snapshot.partial);
    chmodSync(scene.at('shut'), 0o700);
    chmodSync(scene.at('closed'), 0o700);
  });
});

test('a directory 500 levels deep is captured; a path the system refuses is listed', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ [`${'d/'.repeat(500)}f`]: 'deep' });
    assert.is(scene.snapshot().tree, scene.treeOfGit());
    const half = Array.from({ length: 9 }, () => 'n'.repeat(250)).join('/');
    scene.plant({ [`${half}/x`]: '1', [`other/${half}/y`]: '2' });
    renameSync(scene.at('other'), scene.at(`${half}/other`));
    try {
      const snapshot = scene.snapshot();
      assert.equal([...new Set(snapshot.skipped.map(({ reason }) => reason))], ['path-too-long']);
      assert.is(snapshot.files, 2);
      scene.fsck(snapshot);
    } finally {
      renameSync(scene.at(`${half}/other`), scene.at('other'));
    }
  });
});

test('a root that is gone, or no directory, fails the snapshot', async () => {
  await withSnapshotScene((scene) => {
    execFileSync('rm', ['-rf', scene.root]);
    assert.throws(
      () => scene.snapshot(),
      (error: { code: string }) => error.code === 'snapshot-failed',
    );
    writeFileSync(scene.root, 'a file');
    assert.throws(
      () => scene.snapshot(),
      (error: { code: string }) => error.code === 'snapshot-failed',
    );
  });
});

test('a root that is replaced while it is walked fails the snapshot', async () => {
  await withSnapshotScene((scene) => {
    const files = Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}`, 'x']));
    scene.plant(files);
    const onProgress = () => {
      execFileSync('mv', [scene.root, `${scene.root}-old`]);
      mkdirSync(scene.root);
    };
    assert.throws(
      () => scene.snapshot({ onProgress }),
      (error: { code: string }) => error.code === 'snapshot-failed',
    );
  });
});

test('a directory that becomes a link while it is walked is left out, and nothing outside is captured', async () => {
  await withSnapshotScene((scene) => {
    const files = Object.fromEntries(
      Array.from({ length: 600 }, (_, index) => [`d/f${index}`, 'x']),
    );
    scene.plant({ ...files, 'after/x': 'still captured' });
    mkdirSync(`${scene.directory}/outside`);
    writeFileSync(`${scene.directory}/outside/f9`, 'secret of another');
    let swapped = false;
    const onProgress = () => {
      if (swapped) return;
      swapped = true;
      execFileSync('mv', [`${scene.root}/d`, `${scene.root}/moved`]);
      execFileSync('ln', ['-s', `${scene.directory}/outside`, `${scene.root}/d`]);
    };
    const snapshot = scene.snapshot({ onProgress });
    assert.equal(reasonsIn(snapshot), { d: 'changed' });
    assert.ok(snapshot.partial);
    assert.equal(listing(scene, snapshot.tree), ['040000 tree after', '100644 blob after/x']);
    assert.is(snapshot.files, 1);
  });
});

test('more than a thousand entries left out are counted, and those no rule explains are listed first', async () => {
  await withSnapshotScene((scene) => {
    const logs = Object.fromEntries(
      Array.from({ length: 1010 }, (_, index) => [`l${index}.log`, '']),
    );
    scene.plant({ ...logs, '.gitignore': '*.log\n', zz: 'x'.repeat(20) });
    const snapshot = scene.snapshot({ fileBytesMax: 19 });
    assert.is(snapshot.skipped.length, 1000);
    assert.is(snapshot.skippedMore, 11);
    assert.is(reasonsIn(snapshot)['zz'], 'too-large');
  });
});

test('an unreadable ignore file fails the snapshot rather than letting everything in', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ '.gitignore': 'x'.repeat(1_000_001), a: '1' });
    assert.throws(() => scene.snapshot(), /\.gitignore/);
  });
});

test('the leftover of an interrupted restore is not captured', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ '.gsess-0123456789abcdef01234567.tmp': 'x', '.gsess-other.tmp': 'y' });
    const snapshot = scene.snapshot();
    assert.equal(reasonsIn(snapshot), { '.gsess-0123456789abcdef01234567.tmp': 'leftover' });
    assert.equal(listing(scene, snapshot.tree), ['100644 blob .gsess-other.tmp']);
  });
});

test('nothing in the project is written to', async () => {
  await withSnapshotScene((scene) => {
    scene.plant(ORDINARY);
    for (const path of ['a.txt', 'a', '']) utimesSync(scene.at(path), 1000, 1000);
    const before = scene.manifest();
    scene.snapshot();
    assert.equal(scene.manifest(), before);
    assert.equal(
      ['a.txt', 'a', ''].map((path) => lstatSync(scene.at(path)).mtimeMs),
      [1e6, 1e6, 1e6],
    );
  });
});

test('two snapshots differ in the paths that changed', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({
      same: '1',
      'd/changed': '1',
      'd/gone': '1',
      'e/gone': '1',
      'kind/x': '1',
      mode: '1',
    });
    const before = scene.snapshot();
    scene.plant({ 'd/changed': '2', 'd/gone': null, 'e/gone': null, 'd/new': '1', kind: null });
    scene.plant({ kind: { link: 'x' } });
    chmodSync(scene.at('mode'), 0o755);
    const after = scene.snapshot();
    const changes = diffTrees(scene.store.objects, before.tree, after.tree).map((change) =>
      [change.before?.mode ?? '-', change.after?.mode ?? '-', change.path].join(' '),
    );
    assert.equal(changes, [
      '100644 100644 d/changed',
      '100644 - d/gone',
      '- 100644 d/new',
      '- 40000 e',
      '100644 - e/gone',
      '- 120000 kind',
      '100644 - kind/x',
      '100644 100755 mode',
    ]);
    assert.equal(diffTrees(scene.store.objects, before.tree, before.tree), []);
    assert.is(diffTrees(scene.store.objects, undefined, before.tree).length, 6);
    assert.is(diffTrees(scene.store.objects, before.tree, undefined).length, 6);
  });
});

test.run();
