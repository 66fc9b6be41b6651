import { execFileSync, spawn } from 'node:child_process';
import {
  appendFileSync,
  lstatSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GsessError } from '../../src/errors.ts';
import { accessFault, readSteadily } from '../../src/worktree/steady-read.ts';
import { reasonsIn, withSnapshotScene } from '../support/snapshot-scene.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('steady read');

/** Reads a file that was seen before something happened to it. */
function readAfter(change: (path: string) => void, bytesMax = 100): Promise<string> {
  return withTemporaryDirectory((directory) => {
    const path = join(directory, 'file');
    writeFileSync(path, 'content');
    const seen = lstatSync(path);
    change(path);
    const outcome = readSteadily(path, seen, { bytesMax });
    if (outcome.kind === 'refused') return `refused: ${outcome.reason}`;
    if (outcome.kind !== 'read') return outcome.kind;
    return `${outcome.isSteady ? 'steady' : 'unsteady'}: ${outcome.content}`;
  });
}

test('a file at rest is read at once', async () => {
  assert.is(await readAfter(() => undefined), 'steady: content');
});

test('a file that was changed since it was seen is read as it is now', async () => {
  assert.is(
    await readAfter((path) => appendFileSync(path, ' and more')),
    'steady: content and more',
  );
  assert.is(await readAfter((path) => truncateSync(path, 3)), 'steady: con');
  assert.is(
    await readAfter((path) => {
      writeFileSync(`${path}2`, 'another');
      renameSync(`${path}2`, path);
    }),
    'steady: another',
  );
});

test('a file that grew past the limit is not read further', async () => {
  assert.is(
    await readAfter((path) => appendFileSync(path, 'x'.repeat(93))),
    `steady: content${'x'.repeat(93)}`,
  );
  assert.is(await readAfter((path) => appendFileSync(path, 'x'.repeat(94))), 'too-large');
});

test('what is no file any more is not waited for, followed or read', async () => {
  const replace = (make: (path: string) => void) => (path: string) => {
    rmSync(path);
    make(path);
  };
  assert.is(await readAfter(replace(() => undefined)), 'gone');
  assert.is(await readAfter(replace((path) => symlinkSync('/etc/passwd', path))), 'replaced');
  assert.is(await readAfter(replace((path) => execFileSync('mkfifo', [path]))), 'replaced');
  assert.is(await readAfter(replace((path) => execFileSync('mkdir', [path]))), 'replaced');
});

test('CC-09: a file that is written to all the time is captured as last seen, and said to be changing', async () => {
  await withSnapshotScene(async (scene) => {
    scene.plant({ busy: Buffer.alloc(32 * 1024 * 1024, 'x'), calm: 'x' });
    const script = `const fs = require('node:fs'), file = fs.openSync('busy', 'r+');
      for (let round = 0; ; round += 1) {
        fs.writeSync(file, 'y', round % 1000);
        if (round === 0) process.stdout.write('begun');
      }`;
    const writer = spawn(process.execPath, ['-e', script], { cwd: scene.root });
    try {
      await new Promise((resolve) => writer.stdout.once('data', resolve));
      const look = () => scene.snapshot({ fileBytesMax: 64 * 1024 * 1024 });
      let snapshot = look();
      // On a busy machine the writer may not get its turn for as long as the reader reads; then the file did hold still.
      for (let again = 0; again < 50 && snapshot.skipped.length === 0; again += 1)
        snapshot = look();
      assert.equal(reasonsIn(snapshot), { busy: 'changed' });
      assert.is(snapshot.files, 2);
      assert.not(snapshot.partial);
    } finally {
      writer.kill('SIGKILL');
    }
  });
});

test('CC-10: files that come and go during the walk are seen or not, and break nothing', async () => {
  await withSnapshotScene(async (scene) => {
    const files = Object.fromEntries(
      Array.from({ length: 400 }, (_, index) => [`d${index % 7}/f${index}`, 'x']),
    );
    scene.plant(files);
    const script =
      'i=0; while :; do i=$((i+1)); mkdir -p c/$i; echo x > c/$i/f; ln -sf x d1/l$i; rm -rf c/$((i-3)) d1/l$((i-3)); done';
    // A group of its own, which ends with whatever it is just running, and is told of by the pipe that all of it holds.
    const writer = spawn('sh', ['-c', script], {
      cwd: scene.root,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true,
    });
    writer.stdout.resume();
    try {
      await new Promise((resolve) => writer.once('spawn', resolve));
      for (let round = 0; round < 20; round += 1) {
        const snapshot = scene.snapshot();
        assert.ok(snapshot.files >= 400);
      }
    } finally {
      if (writer.pid !== undefined) process.kill(-writer.pid, 'SIGKILL');
    }
    await new Promise((resolve) => writer.once('close', resolve));
    assert.is(
      scene.snapshot().files,
      Object.values(scene.manifest()).filter((entry) => entry !== 'directory').length,
    );
  });
});

test('an error says something about its entry, unless the system has run out of means', () => {
  const fault = (code: string) => Object.assign(new Error(code), { code, syscall: 'open' });
  assert.equal(
    ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'EACCES', 'EIO'].map((code) => accessFault(fault(code))),
    ['gone', 'gone', 'path-too-long', 'unreadable', 'unreadable'],
  );
  assert.throws(
    () => accessFault(fault('EMFILE')),
    (error: GsessError) => error.code === 'snapshot-failed',
  );
  assert.throws(() => accessFault(new Error('a mistake of ours')), /a mistake/);
});

test.run();
