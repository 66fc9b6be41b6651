import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { invertPlan, type RestorePlan } from '../../src/worktree/restore-plan.ts';
import type { Snapshot } from '../../src/worktree/snapshot.ts';
import { startChild } from '../support/child-process.ts';
import { stopAtCall } from '../support/kill-at-call.ts';
import { type SnapshotScene, withSnapshotScene } from '../support/snapshot-scene.ts';

const test = suite('restore after a crash');

interface Crash {
  readonly plan: RestorePlan;
  readonly target: Snapshot;
  readonly before: Record<string, string>;
}

/** A root and a plan in which each kind of step occurs. */
function prepare(scene: SnapshotScene): Crash {
  scene.plant({
    changed: 'after',
    'new/deep/file': '1',
    'to-link': { link: 'x' },
    'to-directory/x': '1',
    'to-file': 'flat',
    mode: { run: 'x' },
  });
  const target = scene.snapshot();
  scene.plant({ new: null, 'to-link': null, 'to-directory': null, 'to-file': null, mode: null });
  scene.plant({
    changed: 'before',
    'gone/file': '1',
    'to-link': 'a file',
    'to-directory': 'a file',
    'to-file/x': '1',
    mode: 'x',
  });
  return { target, plan: scene.planTo(target), before: scene.manifest() };
}

/** Carries the plan out until the call, as a process killed there would. */
async function crash(scene: SnapshotScene, plan: RestorePlan, call: number): Promise<boolean> {
  return !(await stopAtCall(call, async () => {
    try {
      await scene.restore(plan);
    } catch (error) {
      throw (error as Error).cause ?? error;
    }
  }));
}

test('stopped at any call, the plan finishes when carried out again, and its inverse takes all back', async () => {
  await withSnapshotScene(async (scene) => {
    const { plan, target, before } = prepare(scene);
    let call = 1;
    for (; await crash(scene, plan, call); call += 1) {
      await scene.restore(plan);
      assert.equal(scene.snapshot(), target, `carried on after call ${call}`);
      await scene.restore(invertPlan(plan));
      assert.equal(scene.manifest(), before);
      assert.ok(await crash(scene, plan, call));
      await scene.restore(invertPlan(plan));
      assert.equal(scene.manifest(), before, `taken back after call ${call}`);
    }
    assert.ok(call > 25, `only ${call} calls`);
  });
});

test('stopped within the work of carrying on, it is still finished', async () => {
  await withSnapshotScene(async (scene) => {
    const { plan, target } = prepare(scene);
    for (const call of [9, 7, 8, 5, 11]) await crash(scene, plan, call);
    await scene.restore(plan);
    assert.equal(scene.snapshot(), target);
  });
});

test('a process killed in the middle leaves a root that another one finishes', async () => {
  await withSnapshotScene(async (scene) => {
    const { plan, target, before } = prepare(scene);
    const planPath = join(scene.directory, 'plan.json');
    writeFileSync(planPath, JSON.stringify(plan));
    const child = (call: number) =>
      startChild(new URL('./restore-child.js', import.meta.url), [
        scene.root,
        scene.store.directory,
        planPath,
        String(call),
      ]).outcome;
    for (const call of [6, 14, 22]) {
      const { signal, stderr } = await child(call);
      assert.is(signal, 'SIGKILL', stderr);
      const { code, stdout } = await child(0);
      assert.is(code, 0);
      assert.ok(JSON.parse(stdout).alreadyDone > 0);
      assert.equal(scene.snapshot(), target);
      await scene.restore(invertPlan(plan));
      assert.equal(scene.manifest(), before);
    }
  });
});

test.run();
