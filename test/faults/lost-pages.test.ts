import { basename, dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { NO_FAULTS_BECAUSE } from '../support/fault-shim.ts';
import { recordCalls } from './lost-pages.ts';
import { withSceneDirectory } from './scene.ts';
import { CUT, queueLostPages } from './sweep-suite.ts';
import { VerbScene } from './verb-scene.ts';

const cuts = suite('some power cuts');
queueLostPages(cuts, CUT, ['save', 'tag', 'untag', 'restore', 'delete', 'gc', 'purge']);

const test = NO_FAULTS_BECAUSE === undefined ? cuts : cuts.skip;

test('CR-06: the file by which a lock of a ref is known outlasts that lock, whatever a power cut keeps', () =>
  withSceneDirectory(async (directory) => {
    const scene = await VerbScene.lay(directory, 'untag');
    const calls = recordCalls(scene);
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

cuts.run();
