// Edits that times do not tell, or tell only at second sight: what a snapshot that goes by times must see all the same.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, renameSync, statSync, utimesSync, writeSync } from 'node:fs';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { Snapshot } from '../../src/worktree/snapshot.ts';
import { StatCache } from '../../src/worktree/stat-cache.ts';
import { skipHere } from '../support/skip-here.ts';
import {
  type SnapshotOptions,
  type SnapshotScene,
  withSnapshotScene,
} from '../support/snapshot-scene.ts';

const test = suite('racy edits');

const AT_REST = { laterMs: 70_000 };

/** Takes a snapshot with the cache, and holds it against one without. */
function seen(scene: SnapshotScene, cache: StatCache, options: SnapshotOptions = {}): Snapshot {
  const cold = scene.snapshot(options);
  const snapshot = scene.snapshot({ ...options, cache });
  assert.equal(snapshot, cold);
  return snapshot;
}

/** Writes into the file as it stands, so that inode and size stay. */
function overwrite(scene: SnapshotScene, path: string, content: string): void {
  const file = openSync(scene.at(path), 'r+');
  writeSync(file, content, 0);
  closeSync(file);
}

test('the same size in the same second, snapshot after snapshot', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ 'd/file': 'content 0' });
    const cache = new StatCache();
    const trees = new Set([seen(scene, cache).tree]);
    for (let round = 1; round < 10; round += 1) {
      overwrite(scene, 'd/file', `content ${round}`);
      trees.add(seen(scene, cache).tree);
    }
    assert.is(trees.size, 10);
  });
});

test('the same size and the same whole second, as file systems without finer times have it', async () => {
  await withSnapshotScene((scene) => {
    const cache = new StatCache();
    const second = Math.floor(Date.now() / 1000);
    const trees = new Set<string>();
    for (let round = 0; round < 5; round += 1) {
      scene.plant({ 'd/file': `content ${round}` });
      utimesSync(scene.at('d/file'), second, second);
      trees.add(seen(scene, cache).tree);
    }
    assert.is(trees.size, 5);
  });
});

test('an edit in the moment of the snapshot itself, before and after its file was read', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ 'a/one': 'content 0', 'z/two': 'content 0' });
    const cache = new StatCache();
    seen(scene, cache);
    let round = 0;
    const edit = (path: string) => {
      round += 1;
      overwrite(scene, path, `content ${round % 10}`);
    };
    for (const path of ['a/one', 'z/two', 'a/one', 'z/two']) {
      edit('a/one');
      let isFirst = true;
      const onStep = () => {
        if (isFirst) edit(path);
        isFirst = false;
      };
      scene.snapshot({ cache, onStep });
      seen(scene, cache);
    }
  });
});

test('a clock that was set back before the edit, and one set back before the snapshot', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ 'd/file': 'content 0', 'd/other': 'content 0' });
    const cache = new StatCache();
    seen(scene, cache, AT_REST);
    // The edit is dated an hour before what it replaces.
    overwrite(scene, 'd/file', 'content 1');
    const { mtimeMs } = statSync(scene.at('d/file'));
    utimesSync(scene.at('d/file'), mtimeMs / 1000 - 3600, mtimeMs / 1000 - 3600);
    seen(scene, cache, AT_REST);
    // To this clock everything was written in the future, so nothing is at rest.
    const hourAgo = { laterMs: -3_600_000 };
    seen(scene, cache, hourAgo);
    for (const digit of [2, 3, 4]) {
      overwrite(scene, 'd/file', `content ${digit}`);
      seen(scene, cache, hourAgo);
    }
    overwrite(scene, 'd/other', 'content 5');
    seen(scene, cache, AT_REST);
  });
});

test('times that were copied from what was there before', async () => {
  await withSnapshotScene((scene) => {
    scene.plant({ 'd/file': 'content 0' });
    const cache = new StatCache();
    seen(scene, cache, AT_REST);
    const { atime, mtime } = statSync(scene.at('d/file'));
    overwrite(scene, 'd/file', 'content 1');
    utimesSync(scene.at('d/file'), atime, mtime);
    seen(scene, cache, AT_REST);
    scene.plant({ 'd/next': 'content 2' });
    utimesSync(scene.at('d/next'), atime, mtime);
    renameSync(scene.at('d/next'), scene.at('d/file'));
    seen(scene, cache, AT_REST);
  });
});

const MAPPING = `import mmap, sys
with open(sys.argv[1], 'r+b') as file:
    mapping = mmap.mmap(file.fileno(), 0)
    for line in sys.stdin:
        mapping[0:9] = line.strip().encode()
        print('done', flush=True)
`;

test('writes through a mapping, the second of which changes no times', async () => {
  if (spawnSync('python3', ['-c', 'import mmap']).status !== 0) {
    return skipHere('writes through a mapping, for want of python3');
  }
  await withSnapshotScene(async (scene) => {
    scene.plant({ 'd/file': 'content 0' });
    const cache = new StatCache();
    seen(scene, cache, AT_REST);
    overwrite(scene, 'd/file', 'content 1');
    const writer = spawn('python3', ['-c', MAPPING, `${scene.root}/d/file`], {
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    try {
      for (const digit of [2, 3, 4]) {
        writer.stdin.write(`content ${digit}\n`);
        await once(writer.stdout, 'data');
        seen(scene, cache, { laterMs: 10_000 * digit });
      }
    } finally {
      writer.kill('SIGKILL');
    }
  });
});

test.run();
