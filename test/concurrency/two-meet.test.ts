// Two processes that meet in one root at a chosen point: one is stopped there, the other comes.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { collectGarbage } from '../../src/session/collect-garbage.ts';
import { openStoreDirectory } from '../../src/session/store.ts';
import { AT, type BarrierScene, stateOnDisk, withBarrierScene } from '../support/barrier-scene.ts';
import { NO_FAULTS_BECAUSE } from '../support/fault-shim.ts';
import { gitOutcome, gitText } from '../support/git-oracle.ts';
import { HookScript } from '../support/hook-agent.ts';
import { sealedSurroundings } from '../support/session-driver.ts';
import type { RunningGsess } from '../support/start-gsess.ts';
import { transcriptAt } from '../support/user-store.ts';

const all = suite(
  `two that meet${NO_FAULTS_BECAUSE === undefined ? '' : `: ${NO_FAULTS_BECAUSE}`}`,
);
const meet = NO_FAULTS_BECAUSE === undefined ? all : all.skip;

const ONE = 'a.txt=one b.txt=one c.txt=one';
const TWO = 'a.txt=two b.txt=two c.txt=two';
const THREE = 'a.txt=three b.txt=three c.txt=three';
const STANDS_STILL_MS = 150;

function restoreOf(scene: BarrierScene, to: string, met = false): RunningGsess {
  return scene.start(['restore', to, '--files', '--yes'], { met });
}

/** What the checkpoints hold, newest first, each state that lasts but once. */
function statesIn(scene: BarrierScene): string[] {
  const states = scene.states();
  return states.filter((state, index) => state !== states[index - 1]);
}

function changeAll(scene: BarrierScene, content: string): void {
  scene.write({ 'a.txt': `${content}\n`, 'b.txt': `${content}\n`, 'c.txt': `${content}\n` });
}

meet('CC-03: an event that meets a restore half done waits, and captures its end', () =>
  withBarrierScene(async (scene) => {
    const { control } = scene;
    control.order(AT.betweenFiles);
    const restore = restoreOf(scene, '@1', true);
    await control.untilStopped();
    assert.not.ok([ONE, TWO].includes(stateOnDisk(scene)));
    const hook = scene.prompt('three');
    assert.ok(await hook.isRunningAfter(STANDS_STILL_MS));
    control.go();
    assert.is((await restore.outcome).status, 0);
    await scene.ended(hook);
    assert.is(stateOnDisk(scene), ONE);
    assert.equal(statesIn(scene), [ONE, TWO, ONE]);
    assert.is(scene.subjects()[0], 'three');
  }),
);

meet('CC-03: a restore that meets an event waits until it has captured', () =>
  withBarrierScene(async (scene) => {
    const { control } = scene;
    changeAll(scene, 'three');
    control.order(AT.beforeWalk);
    const hook = scene.prompt('three', { met: true });
    await control.untilStopped();
    const restore = restoreOf(scene, '@1');
    assert.ok(await restore.isRunningAfter(STANDS_STILL_MS));
    assert.is(stateOnDisk(scene), THREE);
    control.go();
    await scene.ended(hook);
    assert.is((await restore.outcome).status, 0);
    assert.is(stateOnDisk(scene), ONE);
    assert.equal(statesIn(scene), [ONE, THREE, TWO, ONE]);
  }),
);

meet('CC-04: of two restores the second waits, and makes its plan anew or refuses', () =>
  withBarrierScene(async (scene) => {
    const { control } = scene;
    changeAll(scene, 'three');
    control.order(AT.betweenFiles);
    const first = restoreOf(scene, '@1', true);
    await control.untilStopped();
    const second = restoreOf(scene, '@2');
    assert.ok(await second.isRunningAfter(STANDS_STILL_MS));
    control.go();
    assert.is((await first.outcome).status, 0);
    const { status, stderr } = await second.outcome;
    assert.ok(status === 0 || status === 5, stderr);
    assert.is(stateOnDisk(scene), status === 0 ? TWO : ONE);
    for (const state of scene.states()) assert.ok([ONE, TWO, THREE].includes(state), state);
  }),
);

meet('CC-05: garbage is not collected while the ref of a checkpoint has not moved', () =>
  withBarrierScene(async (scene) => {
    const { control, user, store } = scene;
    const garbage = gitText(store, ['hash-object', '-w', '--stdin'], { input: 'garbage' });
    changeAll(scene, 'three');
    control.order(AT.beforeRefs);
    const hook = scene.prompt('three', { met: true });
    await control.untilStopped();
    const surroundings = sealedSurroundings(user.directory, { now: () => Date.now() });
    const opened = openStoreDirectory(store, surroundings);
    assert.ok(opened);
    let isDone = false;
    const collecting = collectGarbage(opened, { pruneGraceMs: 0 }).then((report) => {
      isDone = true;
      return report;
    });
    await pause(2 * STANDS_STILL_MS);
    assert.is(isDone, false);
    control.go();
    await scene.ended(hook);
    assert.equal((await collecting).skipped, []);
    assert.not.equal(gitOutcome(store, ['cat-file', '-e', garbage]).status, 0);
    assert.equal(scene.subjects(), ['three', 'two', 'one']);
  }),
);

meet('CC-07: an event killed with all its locks held delays the next by nothing', () =>
  withBarrierScene(async (scene) => {
    scene.control.order(AT.beforeMove);
    const hook = scene.prompt('killed', { met: true });
    await scene.control.untilStopped();
    hook.kill();
    await hook.outcome;
    const startedAt = performance.now();
    await scene.prompted('next');
    const ms = performance.now() - startedAt;
    // Far less than anybody would wait for a lock.
    assert.ok(ms < 8_000, `${ms}`);
    assert.equal(scene.subjects(), ['next', 'two', 'one']);
  }),
);

meet('CC-09: a file rewritten while it is read is captured as it was at one moment', () =>
  withBarrierScene(async (scene) => {
    const { control, user } = scene;
    const [old, young] = ['o', 'y'].map((letter) => letter.repeat(300_000));
    scene.write({ 'a.txt': `${old}` });
    control.order({ action: 'stop', at: 1, calls: ['read'], path: '/project/a.txt', after: true });
    const hook = scene.prompt('three', { met: true });
    await control.untilStopped();
    writeFileSync(join(user.project, 'a.txt'), `${young}`);
    control.go();
    await scene.ended(hook);
    assert.is(scene.states()[0]?.split(' ')[0], `a.txt=${young}`);
  }),
);

for (const [called, calls] of [
  ['before a directory is listed', ['open-directory']],
  ['between the list and the reading', ['open-read']],
] as const) {
  meet(`CC-10: files that come and go ${called} are seen or not, and break nothing`, () =>
    withBarrierScene(async (scene) => {
      const { control, user } = scene;
      const directory = join(user.project, 'd');
      mkdirSync(directory);
      for (const name of ['1', '2', '3']) writeFileSync(join(directory, name), name);
      control.order({ action: 'stop', at: 1, calls, path: '/project/d' });
      const hook = scene.prompt('three', { met: true });
      await control.untilStopped();
      for (const name of ['1', '2', '3']) rmSync(join(directory, name));
      writeFileSync(join(directory, '4'), '4');
      control.go();
      await scene.ended(hook);
      rmSync(directory, { recursive: true });
      await scene.prompted('four');
      assert.equal(scene.subjects(), ['four', 'three', 'two', 'one']);
      assert.is(scene.states()[0], TWO);
    }),
  );
}

meet('CC-10: a directory that goes while it is walked breaks nothing', () =>
  withBarrierScene(async (scene) => {
    const { control, user } = scene;
    const directory = join(user.project, 'd');
    mkdirSync(directory);
    writeFileSync(join(directory, '1'), '1');
    control.order({ action: 'stop', at: 1, calls: ['open-directory'], path: '/project/d' });
    const hook = scene.prompt('three', { met: true });
    await control.untilStopped();
    rmSync(directory, { recursive: true });
    control.go();
    await scene.ended(hook);
    assert.is(scene.states()[0], TWO);
  }),
);

meet(
  'CC-11: of a transcript that grows while it is read whole lines are kept, the rest next time',
  () =>
    withBarrierScene(async (scene) => {
      const { control, script, store } = scene;
      control.order({ action: 'stop', at: 1, calls: ['read'], path: script.transcriptPath });
      const hook = scene.prompt('three', { met: true });
      await control.untilStopped();
      script.appendReply({ type: 'text', text: 'while it is read' });
      const [begun, rest] = [`{"type":"summary","summary":"torn`, ` in two"}\n`];
      writeFileSync(script.transcriptPath, begun, { flag: 'a' });
      control.go();
      await scene.ended(hook);
      const held = transcriptAt(store, 'HEAD', script.nativeId).toString();
      const whole = script.transcript().toString();
      assert.ok(held.endsWith('\n') && whole.startsWith(held), held.slice(-80));
      writeFileSync(script.transcriptPath, rest, { flag: 'a' });
      await scene.ended(scene.prompt('four'));
      assert.is(transcriptAt(store, 'HEAD', script.nativeId).toString(), whole + rest);
    }),
);

meet('CC-12: events of two agents that fire together go each to their own session', () =>
  withBarrierScene(async (scene) => {
    const { control, script, store, user } = scene;
    const other = new HookScript(user, { nativeId: 'cccccccc-0000-4000-8000-000000000002' });
    control.order(AT.beforeMove);
    const mine = scene.prompt('mine', { met: true });
    await control.untilStopped();
    const others = scene.prompt('of the other', { by: other });
    assert.ok(await others.isRunningAfter(STANDS_STILL_MS));
    control.go();
    await Promise.all([scene.ended(mine), scene.ended(others)]);
    script.appendPrompt('mine');
    other.appendPrompt('of the other');
    await Promise.all([scene.prompted('mine too'), scene.prompted('its second', other)]);
    assert.equal(scene.subjects(), ['mine too', 'mine', 'two', 'one']);
    assert.equal(scene.subjects(other.nativeId), ['its second', 'of the other']);
    const held = transcriptAt(store, other.nativeId, other.nativeId).toString();
    assert.ok(held.includes('of the other') && !held.includes('mine'));
  }),
);

all.run();
