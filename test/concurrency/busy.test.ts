// A root that stays busy for longer than anybody waits. All who wait do so at once, since the wait is the program's own.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AT, withBarrierScene } from '../support/barrier-scene.ts';
import { NO_FAULTS_BECAUSE } from '../support/fault-shim.ts';

const all = suite(`a busy root${NO_FAULTS_BECAUSE === undefined ? '' : `: ${NO_FAULTS_BECAUSE}`}`);
const busy = NO_FAULTS_BECAUSE === undefined ? all : all.skip;

const WAIT_MS_MAX = 25_000;
const VERBS = [['tag', 'good', '@1'], ['restore', '@1', '--files', '--yes'], ['undo']];

busy(
  'CC-08: is waited for a bounded time, then the message names process and verb, and the status is 4',
  () =>
    withBarrierScene(async (scene) => {
      const { control, user } = scene;
      control.order(AT.beforeWalk);
      const holder = scene.prompt('three', { met: true });
      await control.untilStopped();
      const startedAt = performance.now();
      const hook = scene.prompt('in vain');
      const plain = scene.start(['tag', 'other', '@1']);
      const told = await Promise.all(VERBS.map((verb) => scene.start([...verb, '--json']).outcome));
      const { status, stderr } = await plain.outcome;
      const waitedMs = performance.now() - startedAt;
      assert.ok(waitedMs < WAIT_MS_MAX, `${waitedMs}`);
      for (const [index, { status: own, stdout }] of told.entries()) {
        assert.is(own, 4, stdout);
        const { error } = JSON.parse(stdout) as { error: Record<string, unknown> };
        assert.is(error['code'], 'locked');
        const { pid, verb } = error['data'] as Record<string, unknown>;
        assert.equal([pid, verb], [holder.pid, 'prompt'], VERBS[index]?.join(' '));
      }
      assert.is(status, 4);
      assert.match(stderr, `process ${holder.pid} holds it for "prompt" since`);
      assert.match(stderr, `Wait for process ${holder.pid} to finish, or end it`);
      // A hook says nothing to its agent, so what it missed is kept for `status`.
      assert.equal(await hook.outcome, { status: 0, stdout: '', stderr: '' });
      const failures = readFileSync(join(user.data, 'failures.jsonl'), 'utf8');
      assert.match(failures, `process ${holder.pid} holds it`);
      control.go();
      assert.is((await holder.outcome).status, 0);
      assert.equal(scene.subjects(), ['three', 'two', 'one']);
    }),
);

all.run();
