import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isSettled } from '../../src/git/file-mark.ts';
import type { Snapshot } from '../../src/worktree/snapshot.ts';
import { StatCache } from '../../src/worktree/stat-cache.ts';
import { seededRandom } from '../support/seeded-random.ts';
import {
  reasonsIn,
  type SnapshotOptions,
  type SnapshotScene,
  withSnapshotScene,
} from '../support/snapshot-scene.ts';

const test = suite('stat cache');

const ANCHOR = { ref: 'refs/heads/x', commit: '1'.repeat(40), generation: 3 };

/** With this clock everything counts as long at rest. */
const SETTLED = { laterMs: 60_000 };

/** Takes a snapshot with the cache, and holds it against one without. */
function warm(
  scene: SnapshotScene,
  cache: StatCache,
  options: SnapshotOptions = SETTLED,
): Snapshot {
  const cold = scene.snapshot(options);
  const snapshot = scene.snapshot({ ...options, cache });
  assert.equal(snapshot, cold);
  return snapshot;
}

function withWarmScene(use: (scene: SnapshotScene, cache: StatCache) => void): Promise<void> {
  return withSnapshotScene((scene) => {
    scene.plant({
      'a/b/one': '1111',
      'a/b/two': '2222',
      'a/three': '3333',
      link: { link: 'a' },
      'run.sh': { run: 'x' },
      'empty/': '',
      'git~1/odd': 'x',
      'a/.git.': 'odd',
      'a/big': 'x'.repeat(100),
      'a/x.log': 'ignored',
      'a/sub/.git/HEAD': 'x',
      '.env': 'secret',
      '.gitignore': '*.log\n',
    });
    const cache = new StatCache();
    warm(scene, cache, { ...SETTLED, fileBytesMax: 99 });
    use(scene, cache);
  });
}

test('a warm snapshot of an unchanged root is the same and puts nothing but the odd names', async () => {
  await withWarmScene((scene, cache) => {
    const snapshot = warm(scene, cache, { ...SETTLED, fileBytesMax: 99 });
    assert.equal(
      scene.puts.filter(({ id }) => id !== snapshot.odd).map(({ type }) => type),
      ['blob'],
    );
    assert.equal(reasonsIn(snapshot), {
      '.env': 'secret',
      'a/big': 'too-large',
      'a/sub/.git': 'nested-git',
      'a/x.log': 'ignored',
    });
  });
});

test('a changed file costs its blob and the trees above it', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ 'a/b/one': '1', 'a/c/two': '2', 'd/three': '3' });
    const cache = new StatCache();
    warm(scene, cache);
    scene.plant({ 'a/b/one': '9' });
    warm(scene, cache);
    assert.equal(
      scene.puts.map(({ type }) => type),
      ['blob', 'tree', 'tree', 'tree'],
    );
    warm(scene, cache);
    assert.equal(scene.puts, []);
  });
});

const EDITS: Record<string, (scene: SnapshotScene) => void> = {
  'a file is added': (scene) => scene.plant({ 'a/b/new': 'x' }),
  'a file is removed': (scene) => scene.plant({ 'a/b/one': null }),
  'a directory is added': (scene) => scene.plant({ 'a/new/deep/x': 'x' }),
  'a directory is removed': (scene) => scene.plant({ 'a/b': null }),
  'an empty directory is removed': (scene) => rmdirSync(scene.at('empty')),
  'an empty directory is filled': (scene) => scene.plant({ 'empty/x': 'x' }),
  'the content changes at the same size': (scene) => scene.plant({ 'a/b/one': '9999' }),
  'the content changes and the mtime is set back': (scene) => {
    const { mtime, atime } = statSync(scene.at('a/b/one'));
    scene.plant({ 'a/b/one': '8888' });
    utimesSync(scene.at('a/b/one'), atime, mtime);
  },
  'a file is replaced by rename': (scene) => {
    const { mtime, atime } = statSync(scene.at('a/b/one'));
    scene.plant({ 'a/b/tmp': '7777' });
    utimesSync(scene.at('a/b/tmp'), atime, mtime);
    renameSync(scene.at('a/b/tmp'), scene.at('a/b/one'));
  },
  'two files swap names': (scene) => {
    renameSync(scene.at('a/b/one'), scene.at('a/b/tmp'));
    renameSync(scene.at('a/b/two'), scene.at('a/b/one'));
    renameSync(scene.at('a/b/tmp'), scene.at('a/b/two'));
  },
  'a file becomes executable': (scene) => chmodSync(scene.at('a/b/one'), 0o755),
  'a file loses its executable bit': (scene) => chmodSync(scene.at('run.sh'), 0o644),
  'other permissions change': (scene) => chmodSync(scene.at('a/b/one'), 0o640),
  'a link gets another target': (scene) => scene.plant({ link: { link: 'b' } }),
  'a file becomes a link': (scene) => scene.plant({ 'a/three': { link: 'x' } }),
  'a file becomes a directory': (scene) => {
    scene.plant({ 'a/three': null });
    scene.plant({ 'a/three/x': '1' });
  },
  'a directory becomes a file': (scene) => {
    scene.plant({ 'a/b': null });
    scene.plant({ 'a/b': 'x' });
  },
  'a directory becomes a pipe': (scene) => {
    scene.plant({ 'a/b': null });
    execFileSync('mkfifo', [`${scene.root}/a/b`]);
  },
  'a directory is renamed': (scene) => renameSync(scene.at('a/b'), scene.at('a/z')),
  'a file that was too large is cut': (scene) => truncateSync(scene.at('a/big'), 5),
  'a file grows too large': (scene) => scene.plant({ 'a/three': 'y'.repeat(200) }),
  'an ignored file appears': (scene) => scene.plant({ 'a/b/y.log': 'x' }),
  'an ignored file becomes a directory that is not ignored': (scene) => {
    scene.plant({ 'a/x.log': null, '.gitignore': '*.log\n!x.log/\n' });
    scene.plant({ 'a/x.log/in': 'x' });
  },
  'an ignore file changes': (scene) => scene.plant({ '.gitignore': 'two\n' }),
  'an ignore file changes at the same size': (scene) => scene.plant({ '.gitignore': '*.lug\n' }),
  'an ignore file appears': (scene) => scene.plant({ 'a/.gitignore': 'one\n' }),
  'an ignore file that ignores itself appears': (scene) => scene.plant({ 'a/.gitignore': '*\n' }),
  'an ignore file goes': (scene) => scene.plant({ '.gitignore': null }),
  'an ignore file becomes a link': (scene) => scene.plant({ '.gitignore': { link: 'a/b/one' } }),
  'an ignore file of ours appears': (scene) => scene.plant({ '.gsessignore': 'b/\n!.env\n' }),
  'an odd name goes': (scene) => scene.plant({ 'a/.git.': null }),
  'an odd name gets other content': (scene) => scene.plant({ 'git~1/odd': 'y' }),
  'the mtime of a directory is set back': (scene) => {
    const { mtime, atime } = statSync(scene.at('a/b'));
    scene.plant({ 'a/b/new': 'x' });
    utimesSync(scene.at('a/b'), atime, mtime);
  },
};

for (const [title, edit] of Object.entries(EDITS)) {
  test(`seen in a warm snapshot: ${title}`, async () => {
    await withWarmScene((scene, cache) => {
      const limit = { ...SETTLED, fileBytesMax: 99 };
      edit(scene);
      warm(scene, cache, limit);
      warm(scene, cache, limit);
    });
  });
}

test('an ignore file that is itself ignored is watched all the same', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ '.gitignore': '.gitignore\none\n', 'd/one': '1', 'd/two': '2' });
    const cache = new StatCache();
    warm(scene, cache);
    scene.plant({ '.gitignore': '.gitignore\ntwo\n' });
    assert.equal(reasonsIn(warm(scene, cache)), { '.gitignore': 'ignored', 'd/two': 'ignored' });
  });
});

test('a file that is gone is missed although something that is left out came instead', async () => {
  await withWarmScene((scene, cache) => {
    scene.plant({ 'a/b/one': null, 'a/b/id_rsa': 'secret' });
    const options = { ...SETTLED, secrets: ['.env', 'id_rsa'] };
    warm(scene, cache, options);
    scene.plant({ 'a/b/two': null, 'a/b/.env': 'secret' });
    warm(scene, cache, options);
  });
});

test('what became of another kind under the same names is judged anew', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ '.gitignore': 'out/\n', 'a/out/x': '1', 'a/in': 'y', 'b/out': 'z', 'b/in': 'y' });
    const cache = new StatCache();
    warm(scene, cache);
    rmSync(join(scene.root, 'a/out'), { recursive: true });
    rmSync(join(scene.root, 'b/out'));
    scene.plant({ 'a/out': 'z', 'b/out/x': '1' });
    assert.equal(reasonsIn(warm(scene, cache)), { 'b/out': 'ignored' });
    assert.equal(reasonsIn(warm(scene, cache)), { 'b/out': 'ignored' });
  });
});

test('an edit of the same size right after the snapshot is seen', async () => {
  await withSnapshotScene((scene) => {
    const now = { laterMs: 0 };
    for (let round = 0; round < 30; round += 1) {
      const cache = new StatCache();
      scene.plant({ 'd/file': `a${round % 10}` });
      const before = warm(scene, cache, now);
      scene.plant({ 'd/file': `b${round % 10}` });
      assert.is.not(warm(scene, cache, now).tree, before.tree);
      scene.plant({ [`d/new${round}`]: '' });
      warm(scene, cache, now);
    }
  });
});

test('what changed just before the look is not at rest', () => {
  const at = 1_700_000_000_123.5;
  const stat = (mtimeMs: number, ctimeMs: number) => ({ mtimeMs, ctimeMs }) as Stats;
  assert.not.ok(isSettled(stat(at, at), at + 99));
  assert.not.ok(isSettled(stat(at - 9000, at), at + 99));
  assert.ok(isSettled(stat(at - 9000, at), at + 101));
});

test('times in whole seconds count as settled only after two seconds', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ file: '1', 'file-fine': '1' });
    const second = Math.floor(Date.now() / 1000) - 5;
    utimesSync(scene.at('file'), second, second);
    const { ctimeMs } = statSync(scene.at('file'));
    const at = (afterCtimeMs: number) => ({ laterMs: ctimeMs + afterCtimeMs - Date.now() });
    const cache = new StatCache();
    scene.snapshot({ cache, ...at(1500) });
    truncateSync(scene.at('file-fine'), 0);
    scene.snapshot({ cache, ...at(1900) });
    const reread = scene.puts.length;
    assert.ok(reread >= 1);
    const settled = new StatCache();
    scene.snapshot({ cache: settled, ...at(5000) });
    scene.snapshot({ cache: settled, ...at(5000) });
    assert.equal(scene.puts, []);
  });
});

test('rules from outside the tree void what was remembered', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ 'd/one.pem': '1', 'd/two': '2' });
    const cache = new StatCache();
    warm(scene, cache, { ...SETTLED, secrets: [] });
    const snapshot = warm(scene, cache, { ...SETTLED, secrets: ['*.pem'] });
    assert.equal(reasonsIn(snapshot), { 'd/one.pem': 'secret' });
    warm(scene, cache, { ...SETTLED, secrets: [] });
  });
});

test('a cache that was saved and loaded again serves as well', async () => {
  await withWarmScene((scene, cache) => {
    const path = join(scene.directory, 'x.stat');
    cache.save(path, ANCHOR);
    assert.is(statSync(path).mode & 0o777, 0o600);
    const loaded = StatCache.load(path);
    assert.equal(loaded.anchor, ANCHOR);
    scene.snapshot({ cache: loaded, ...SETTLED, fileBytesMax: 99 });
    assert.is(scene.puts.length, 2);
    scene.plant({ 'a/b/two': '4444', 'a/new/x': '1' });
    warm(scene, loaded, { ...SETTLED, fileBytesMax: 99 });
    loaded.save(path, ANCHOR);
    warm(scene, StatCache.load(path), { ...SETTLED, fileBytesMax: 99 });
  });
});

test('CR-18: an absent, cut, altered or foreign file gives an empty cache', async () => {
  await withWarmScene((scene, cache) => {
    const path = join(scene.directory, 'x.stat');
    assert.is(StatCache.load(path).anchor, undefined);
    cache.save(path, ANCHOR);
    const bytes = readFileSync(path);
    const damage: Buffer[] = [Buffer.alloc(0), Buffer.from('junk'), Buffer.alloc(500)];
    for (let length = 0; length < bytes.length; length += 97)
      damage.push(bytes.subarray(0, length));
    for (let at = 0; at < bytes.length; at += 53) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      damage.push(flipped);
    }
    for (const damaged of damage) {
      writeFileSync(path, damaged);
      const loaded = StatCache.load(path);
      assert.is(loaded.anchor, undefined);
      assert.is(loaded.subject, undefined);
    }
    execFileSync('rm', [path]);
    mkdirSync(path);
    assert.is(StatCache.load(path).anchor, undefined);
    assert.throws(() => cache.save(path, ANCHOR));
    warm(scene, StatCache.load(path), SETTLED);
  });
});

test('a snapshot that fails leaves nothing half changed in the cache', async () => {
  await withSnapshotScene((scene) => {
    scene.plant(Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}`, 'x'])));
    const cache = new StatCache();
    warm(scene, cache);
    scene.plant(Object.fromEntries(Array.from({ length: 600 }, (_, index) => [`f${index}`, 'y'])));
    const onProgress = () => {
      throw new Error('enough');
    };
    assert.throws(() => scene.snapshot({ ...SETTLED, cache, onProgress }), /enough/);
    warm(scene, cache);
    warm(scene, cache);
  });
});

test('random edits never fool a warm snapshot', async () => {
  await withSnapshotScene((scene) => {
    const random = seededRandom(99).below;
    const cache = new StatCache();
    scene.plant({ 'd0/d0/f0': '0' });
    for (let round = 0; round < 40; round += 1) {
      for (let edit = 0; edit < 3; edit += 1) randomEdit(scene, random);
      warm(scene, cache, { laterMs: random(2) * 60_000 });
    }
  });
});

test('nor one whose cache was saved and loaded in between', async () => {
  await withSnapshotScene((scene) => {
    const random = seededRandom(7).below;
    const path = join(scene.directory, 'x.stat');
    let cache = new StatCache();
    let appended = 0;
    for (let round = 0; round < 40; round += 1) {
      for (let edit = 0; edit < 3; edit += 1) randomEdit(scene, random);
      warm(scene, cache, { laterMs: random(2) * 60_000 });
      const before = statSync(path, { throwIfNoEntry: false })?.ino;
      cache.save(path, ANCHOR);
      if (statSync(path).ino === before) appended += 1;
      if (random(3) > 0) cache = StatCache.load(path);
    }
    assert.ok(appended > 20, String(appended));
  });
});

test('a save appends what changed; where that is cut or altered, the save before counts', async () => {
  await withWarmScene((scene, cache) => {
    const limit = { ...SETTLED, fileBytesMax: 99 };
    const path = join(scene.directory, 'x.stat');
    cache.save(path, ANCHOR);
    const base = statSync(path);
    scene.plant({ 'a/b/one': '9999', 'a/new/x': '1' });
    warm(scene, cache, limit);
    const later = { ...ANCHOR, commit: '2'.repeat(40) };
    cache.save(path, later);
    assert.is(statSync(path).ino, base.ino);
    const bytes = readFileSync(path);
    assert.ok(bytes.length > base.size && bytes.length < 2 * base.size + 2000);
    assert.equal(StatCache.load(path).anchor, later);
    for (let at = base.size; at < bytes.length; at += 13) {
      const flipped = Buffer.from(bytes);
      flipped[at] = (flipped[at] ?? 0) ^ 0x10;
      for (const damaged of [bytes.subarray(0, at), flipped]) {
        writeFileSync(path, damaged);
        assert.equal(StatCache.load(path).anchor, ANCHOR);
      }
      const loaded = StatCache.load(path);
      warm(scene, loaded, limit);
      // Nothing may stand behind a broken end.
      loaded.save(path, later);
      assert.equal(StatCache.load(path).anchor, later);
      warm(scene, StatCache.load(path), limit);
    }
  });
});

test('a file that another process wrote since is not appended to', async () => {
  await withWarmScene((scene, cache) => {
    const limit = { ...SETTLED, fileBytesMax: 99 };
    const path = join(scene.directory, 'x.stat');
    cache.save(path, ANCHOR);
    assert.ok(cache.isOnDisk(path));
    const other = StatCache.load(path);
    scene.plant({ 'a/b/one': '9999' });
    warm(scene, other, limit);
    other.save(path, ANCHOR);
    assert.not(cache.isOnDisk(path));
    scene.plant({ 'a/b/two': '9999' });
    warm(scene, cache, limit);
    cache.save(path, ANCHOR);
    warm(scene, StatCache.load(path), limit);
    rmSync(path);
    cache.save(path, ANCHOR);
    warm(scene, StatCache.load(path), limit);
  });
});

test('a cache does not grow with the number of saves', async () => {
  await withSnapshotScene((scene) => {
    scene.plant(
      Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`d/f${index}`, 'x'])),
    );
    const path = join(scene.directory, 'x.stat');
    const cache = new StatCache();
    scene.snapshot({ ...SETTLED, cache });
    cache.save(path, ANCHOR);
    const { size } = statSync(path);
    for (let round = 0; round < 30; round += 1) {
      // Listed anew each time, so that all its rows are.
      scene.plant({ [`d/new${round % 2}`]: 'x', [`d/new${(round + 1) % 2}`]: 'x' });
      scene.plant({ [`d/new${round % 2}`]: null });
      scene.snapshot({ ...SETTLED, cache });
      cache.save(path, ANCHOR);
      assert.ok(statSync(path).size < 12 * size, `${statSync(path).size} of ${size}`);
    }
    warm(scene, StatCache.load(path));
  });
});

function randomEdit(scene: SnapshotScene, random: (below: number) => number): void {
  const names = Array.from({ length: random(3) }, () => `d${random(3)}`);
  const path = [...names, `${'fgd'.charAt(random(3))}${random(3)}`].join('/');
  const kinds = [`${random(10)}`, { run: 'x' }, { link: 'x' }, null, 'y'.repeat(random(20))];
  try {
    scene.plant({ [path]: kinds[random(kinds.length)] ?? null });
    if (random(5) === 0) scene.plant({ [[...names, '.gitignore'].join('/')]: `f${random(3)}\n` });
  } catch (error) {
    // A file is in the way of a directory, or the other way round: another edit will do.
    assert.match(String(error), /ENOENT|ENOTDIR|EISDIR|EEXIST/);
  }
}

test.run();
