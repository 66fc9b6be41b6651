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

test('CR-06: what a save gives a name to was synced before, but for what is only an aid', () =>
  withSceneDirectory(async (directory) => {
    const scene = await VerbScene.lay(directory, 'save');
    const { calls } = await rehearse(scene, { from: scene.scene, attempt: 1 });
    const unsynced = new Set<string>();
    const named: string[] = [];
    for (const { call, path, other } of calls) {
      if (call === 'write') unsynced.add(path);
      if (call === 'fsync') unsynced.delete(path);
      if (call !== 'rename' && call !== 'link') continue;
      assert.not.ok(
        unsynced.has(path) && !other.includes('/gsess/cache/'),
        `${other} came unsynced`,
      );
      named.push(other);
    }
    for (const kind of [/\.pack$/, /\.idx$/, /\/refs\/heads\/[^/]+$/])
      assert.ok(
        named.some((path) => kind.test(path)),
        `${kind} among ${named}`,
      );
  }));

all.run();
