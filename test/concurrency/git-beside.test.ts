// Stock git that removes what nothing points at, run by the user at the worst moment: between the objects of a checkpoint and its ref.

import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { AT, type BarrierScene, withBarrierScene } from '../support/barrier-scene.ts';
import { NO_FAULTS_BECAUSE } from '../support/fault-shim.ts';
import { git, gitOutcome, gitText } from '../support/git-oracle.ts';
import { makeLoose } from '../support/loose-store.ts';

const all = suite(`stock git${NO_FAULTS_BECAUSE === undefined ? '' : `: ${NO_FAULTS_BECAUSE}`}`);
const beside = NO_FAULTS_BECAUSE === undefined ? all : all.skip;

function manyFiles(content: string): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: 40 }, (_, index) => [`f${index}`, content + index]),
  );
}

function keepsIn(store: string): string[] {
  return readdirSync(join(store, 'objects', 'pack')).filter((name) => name.endsWith('.keep'));
}

/** Stops a hook, lets `between` happen, and wants the checkpoint whole. */
async function meetAt(
  scene: BarrierScene,
  point: typeof AT.beforeRefs | typeof AT.beforeNames,
  between: () => void,
): Promise<void> {
  scene.control.order(point);
  const hook = scene.prompt('three', { met: true });
  await scene.control.untilStopped();
  between();
  scene.control.go();
  await scene.ended(hook);
  assert.equal(scene.subjects(), ['three', 'two', 'one']);
  assert.equal(keepsIn(scene.store), []);
}

const COLLECTING = [
  ['gc', '--quiet', '--prune=now'],
  ['repack', '-q', '-a', '-d'],
  ['prune', '--expire=now'],
  ['pack-refs', '--all', '--prune'],
];

for (const [called, files] of [
  ['a few objects', { 'a.txt': 'three\n' }],
  ['a pack of objects', manyFiles('three')],
] as const) {
  for (const [when, point] of [
    ['have their names', AT.beforeNames],
    ['are pointed at', AT.beforeRefs],
  ] as const) {
    beside(`CC-13: ${called} survive 'git gc --prune=now' before they ${when}`, () =>
      withBarrierScene(async (scene) => {
        scene.write(files);
        await meetAt(scene, point, () => {
          for (const args of COLLECTING) git(scene.store, args);
        });
        const [[path = '', content] = []] = Object.entries(files);
        const held = gitText(scene.store, ['cat-file', 'blob', `HEAD:files/${path}`]);
        assert.is(`${held}\n`.trim(), content?.trim());
      }),
    );
  }
}

beside('CC-13: objects that were found and not written survive it too', () =>
  withBarrierScene(async (scene) => {
    scene.write({ 'a.txt': 'three\n' });
    // An earlier hook that was killed left them, and nothing else leads to them.
    scene.control.order({ ...AT.beforeRefs, action: 'kill' });
    await scene.prompt('killed', { met: true }).outcome;
    makeLoose(scene.store);
    await meetAt(scene, AT.beforeRefs, () => git(scene.store, ['gc', '--quiet', '--prune=now']));
  }),
);

beside("CC-13: a checkpoint made while 'git gc --prune=now' runs survives its end", () =>
  withBarrierScene(async (scene) => {
    // Git looks what is reachable before it removes the first; garbage in the first directory makes it look before the checkpoint.
    const garbage = (): string => {
      for (let number = 0; ; number += 1) {
        const input = `garbage ${number}`;
        const id = gitText(scene.store, ['hash-object', '--stdin'], { input });
        if (id.startsWith('00'))
          return gitText(scene.store, ['hash-object', '-w', '--stdin'], { input });
      }
    };
    const id = garbage();
    scene.control.order({ action: 'stop', at: 1, calls: ['unlink'], path: `/00/${id.slice(2)}` });
    const collecting = spawn('git', ['gc', '--quiet', '--prune=now'], {
      cwd: scene.store,
      env: { ...scene.user.environment, ...scene.control.environment },
      stdio: 'ignore',
    });
    const collected = new Promise((resolve) => collecting.once('close', resolve));
    await scene.control.untilStopped();
    scene.write({ 'a.txt': 'three\n' });
    await scene.prompted('three');
    assert.is(gitOutcome(scene.store, ['cat-file', '-e', id]).status, 0);
    scene.control.go();
    assert.is(await collected, 0);
    assert.not.equal(gitOutcome(scene.store, ['cat-file', '-e', id]).status, 0);
    assert.equal(scene.subjects(), ['three', 'two', 'one']);
  }),
);

all.run();
