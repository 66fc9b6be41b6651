import { renameSync } from 'node:fs';
import { Worker } from 'node:worker_threads';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RawPath, rawPath } from '../../src/git/raw-path.ts';
import { StatCache } from '../../src/worktree/stat-cache.ts';
import type { StatTable } from '../../src/worktree/stat-table.ts';
import { finishParts, StillSo } from '../../src/worktree/still-so.ts';
import { DONE, NEXT, newSweep, type SweepTask, sweep } from '../../src/worktree/sweep.ts';
import { reasonsIn, type SnapshotScene, withSnapshotScene } from '../support/snapshot-scene.ts';

const test = suite('what is still so');

const SETTLED = { laterMs: 70_000 };
const NOBODY = () => undefined;

/** A root of a hundred directories, as a cache remembers it. */
function withRemembered(
  use: (scene: SnapshotScene, cache: StatCache) => void | Promise<void>,
): Promise<void> {
  return withSnapshotScene(async (scene) => {
    for (let index = 0; index < 100; index += 1) {
      scene.plant({ [`d${index % 7}/e${index}/f`]: `${index}`, [`d${index % 7}/e${index}/g`]: '' });
    }
    scene.plant({ '.gitignore': '*.log\n', 'd0/x.log': '', 'd0/.env': '' });
    const cache = new StatCache();
    scene.snapshot({ ...SETTLED, cache });
    await use(scene, cache);
  });
}

function sweepOf(scene: SnapshotScene, table: StatTable, device: number | undefined): SweepTask {
  return newSweep(table.share(), rawPath(scene.root), device ?? 0);
}

function marks({ directories, entries }: SweepTask): readonly string[] {
  return [Buffer.from(directories).toString('hex'), Buffer.from(entries).toString('hex')];
}

test('a thread looks over a table as the one that asks would', async () => {
  await withRemembered(async (scene, cache) => {
    scene.plant({ 'd1/e1/f': 'changed', 'd2/new': 'x' });
    const { table, subject } = cache.take();
    const here = sweepOf(scene, table, subject?.rootDevice);
    sweep(here, NOBODY);
    assert.ok(here.directories.includes(1) && here.directories.includes(0));
    const there = sweepOf(scene, table, subject?.rootDevice);
    const script = new URL('../../src/worktree/sweep-thread.js', import.meta.url);
    const thread = new Worker(script);
    try {
      thread.postMessage(there);
      for (;;) {
        const done = Atomics.load(there.control, DONE);
        if (done === there.done.length) break;
        assert.is.not(Atomics.wait(there.control, DONE, done, 10_000), 'timed-out');
      }
    } finally {
      await thread.terminate();
    }
    assert.equal(marks(there), marks(here));
  });
});

test('what another thread claimed and did not do is done all the same', async () => {
  await withRemembered((scene, cache) => {
    const { table, subject } = cache.take();
    const whole = sweepOf(scene, table, subject?.rootDevice);
    sweep(whole, NOBODY);
    const abandoned = sweepOf(scene, table, subject?.rootDevice);
    Atomics.add(abandoned.control, NEXT, 2);
    sweep(abandoned, NOBODY);
    assert.is.not(marks(abandoned)[1], marks(whole)[1]);
    finishParts(abandoned);
    assert.equal(marks(abandoned), marks(whole));
  });
});

test('what a thread marks too late counts for nothing', async () => {
  await withRemembered((scene, cache) => {
    scene.plant({ 'd1/e1/f': 'changed' });
    const { table, subject } = cache.take();
    const task = sweepOf(scene, table, subject?.rootDevice);
    sweep(task, NOBODY);
    const still = new StillSo(table, task);
    assert.is(still.subtrees[0], 0);
    task.directories.fill(1);
    task.entries.fill(1);
    assert.is(still.subtrees[0], 0);
    assert.ok(still.entries.includes(0));
  });
});

test('a sweep that is ended leaves nothing for others to begin', async () => {
  await withRemembered((scene, cache) => {
    const { table, subject } = cache.take();
    const task = sweepOf(scene, table, subject?.rootDevice);
    const enough = () => {
      throw new Error('enough');
    };
    assert.throws(() => sweep(task, enough), /enough/);
    sweep(task, NOBODY);
    assert.not(task.entries.includes(1));
  });
});

test('a directory on another disk, or one that is now a link, is not as it was', async () => {
  await withRemembered((scene, cache) => {
    const { table, subject } = cache.take();
    const elsewhere = sweepOf(scene, table, (subject?.rootDevice ?? 0) + 1);
    sweep(elsewhere, NOBODY);
    assert.not(elsewhere.directories.includes(1));
    renameSync(scene.at('d3'), scene.at('../d3'));
    scene.plant({ d3: { link: '../d3' } });
    const task = sweepOf(scene, table, subject?.rootDevice);
    sweep(task, NOBODY);
    const d3 = table.names(1, table.block(0).count - 1).indexOf(rawPath('d3') as never);
    assert.ok(d3 >= 0);
    assert.is(task.directories[0], 0);
  });
});

/** Takes a snapshot that looks at these paths alone, and holds it against one that looks at everything. */
function known(scene: SnapshotScene, cache: StatCache, paths: readonly string[]): void {
  const cold = scene.snapshot(SETTLED);
  const changedPaths = paths.map((path) => path as RawPath);
  assert.equal(scene.snapshot({ ...SETTLED, cache, changedPaths }), cold);
}

test('with the changed paths known, a snapshot is the same', async () => {
  await withRemembered((scene, cache) => {
    known(scene, cache, []);
    scene.plant({ 'd1/e1/f': 'changed' });
    known(scene, cache, ['d1/e1/f']);
    scene.plant({ 'd1/e1/new': 'x', 'd9/deep/new': 'x', 'd2/x.log': '' });
    known(scene, cache, ['d1/e1/new', 'd9/deep/new', 'd2/x.log']);
    scene.plant({ 'd1/e1/f': null, d2: null });
    known(scene, cache, ['d1/e1/f', 'd2/e2/f', 'd2']);
    renameSync(scene.at('d3'), scene.at('d4/moved'));
    known(scene, cache, ['d3', 'd4/moved']);
    scene.plant({ '.gitignore': 'f\n' });
    known(scene, cache, ['.gitignore']);
    scene.plant({ '.gitignore': '*.log\n', 'd5/e5/g': 'y' });
    known(scene, cache, ['']);
  });
});

test('what a directory that is named holds is looked at, and nothing else', async () => {
  await withRemembered((scene, cache) => {
    scene.plant({ 'd1/e1/f': 'changed', 'd1/e8/f': 'changed', 'd2/e2/f': 'changed' });
    const before = scene.snapshot(SETTLED).tree;
    const changedPaths = ['d1' as RawPath];
    const partly = scene.snapshot({ ...SETTLED, cache, changedPaths }).tree;
    assert.is.not(partly, before);
    assert.is(scene.puts.filter(({ type }) => type === 'blob').length, 2);
    known(scene, cache, ['d2/e2/f']);
  });
});

test('what is left out is listed although nobody looked at it', async () => {
  await withRemembered((scene, cache) => {
    const snapshot = scene.snapshot({ ...SETTLED, cache, changedPaths: [] });
    assert.equal(reasonsIn(snapshot), { 'd0/.env': 'secret', 'd0/x.log': 'ignored' });
    assert.is(snapshot.files, 201);
  });
});

test.run();
