import { basename, dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_FAULTS_BECAUSE } from '../support/fault-shim.ts';
import { rehearse } from './rehearse.ts';
import { withSceneDirectory } from './scene.ts';
import { VerbScene } from './verb-scene.ts';

const all = suite('power cuts');
const test = NO_FAULTS_BECAUSE === undefined ? all : all.skip;

test('CR-06: the file by which a lock of a ref is known outlasts that lock, whatever a power cut keeps', () =>
  withSceneDirectory(async (directory) => {
    const scene = await VerbScene.lay(directory, 'untag');
    const { calls } = await rehearse(scene, { from: scene.scene, attempt: 1 });
    let forgotten = 0;
    for (const [index, { call, path }] of calls.entries()) {
      if (call !== 'unlink' || basename(dirname(path)) !== 'ref-locks') continue;
      forgotten += 1;
      const lock = join(dirname(path), '../..', decodeURIComponent(`${basename(path)}.lock`));
      const before = calls.slice(0, index);
      const gone = before.findLastIndex(
        (one) => (one.call === 'rename' || one.call === 'unlink') && one.path === lock,
      );
      assert.ok(gone >= 0, `${lock} was not taken away before`);
      const synced = before
        .slice(gone)
        .some((one) => one.call === 'fsync' && one.path === dirname(lock));
      assert.ok(synced, `${dirname(lock)} was not synced in between`);
    }
    assert.ok(forgotten > 2, `${forgotten} locks`);
  }));

all.run();
