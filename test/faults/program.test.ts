// What a person sees when disk or system refuse, or when they stop gsess: the program itself, run as agents and people run it.

import { spawnSync } from 'node:child_process';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  AT,
  BARRIER_SESSION,
  type BarrierScene,
  stateOnDisk,
  withBarrierScene,
} from '../support/barrier-scene.ts';
import { type ErrnoName, type Fault, NO_FAULTS_BECAUSE } from '../support/fault-shim.ts';
import { gitText } from '../support/git-oracle.ts';
import { GSESS_PROGRAM, WITHOUT_COVERAGE } from '../support/run-gsess.ts';
import { failuresOf } from '../support/user-store.ts';

const why = NO_FAULTS_BECAUSE === undefined ? '' : ` (left out: ${NO_FAULTS_BECAUSE})`;
const all = suite(`gsess where the system refuses${why}`);
const test = NO_FAULTS_BECAUSE === undefined ? all : all.skip;

const REFUSALS: readonly { readonly errno: ErrnoName; readonly told: RegExp }[] = [
  { errno: 'ENOSPC', told: /the disk is full/ },
  { errno: 'EDQUOT', told: /the disk quota is used up/ },
  { errno: 'EFBIG', told: /larger than is allowed/ },
  { errno: 'EROFS', told: /the disk is read-only/ },
];

test('CR-11, CR-14, CR-15: a store that takes no more is told of in words, disturbs no agent, and works when it is over', () =>
  withBarrierScene(async (scene) => {
    const { control, user } = scene;
    for (const { errno, told } of REFUSALS) {
      const calls = errno === 'EROFS' ? {} : { calls: ['write'] as const };
      const path = '/projects/';
      const order: Fault = { action: 'fail', at: 1, errno, persistent: true, path, ...calls };
      const subjects = scene.subjects();
      scene.write({ 'a.txt': `${errno}\n` });
      control.order(order);
      const hook = await scene.prompt('lost', { met: true }).outcome;
      assert.equal(hook, { status: 0, stdout: '', stderr: '' });
      const failure = failuresOf(user).at(-1);
      assert.is(failure?.code, 'io-failed');
      assert.match(failure?.message ?? '', told);
      control.order(order);
      const tag = await scene.start(['tag', errno, '@1'], { met: true }).outcome;
      assert.is(tag.status, 1);
      assert.match(tag.stderr, told);
      assert.equal(scene.subjects(), subjects);
      assert.is(user.run(['tag', errno, '@1']).status, 0);
      assert.is((await scene.prompt(`kept ${errno}`).outcome).status, 0);
      assert.equal(scene.subjects(), [`kept ${errno}`, ...subjects]);
    }
    assert.match(user.run(['status']).stdout, /disk is read-only/);
  }));

test('a list does not leave out what could not be looked up for want of descriptors', () =>
  withBarrierScene(async (scene) => {
    const { control, user } = scene;
    assert.is(user.run(['tag', 'kept', '@1']).status, 0);
    const calls = ['open-read'] as const;
    for (const path of ['.idx', '.pack']) {
      control.order({ action: 'fail', at: 1, errno: 'EMFILE', persistent: true, calls, path });
      const refused = await scene.start(['tag', '--list', '--json'], { met: true }).outcome;
      assert.is(refused.status, 1, refused.stdout);
      assert.match(refused.stdout, /too many files are open/);
    }
    assert.is(JSON.parse(user.run(['tag', '--list', '--json']).stdout).length, 1);
  }));

test('CR-12: a file of the project that cannot be read is named in the checkpoint, which says that it is not whole', () =>
  withBarrierScene(async (scene) => {
    scene.write({ 'a.txt': 'three\n', 'b.txt': 'three\n' });
    const calls = ['open-read', 'read'] as const;
    const path = '/project/a.txt';
    scene.control.order({ action: 'fail', at: 1, errno: 'EIO', persistent: true, calls, path });
    await scene.prompt('partly', { met: true }).outcome;
    assert.ok(scene.control.fired > 0);
    const message = gitText(scene.store, ['log', '-1', '--format=%B', BARRIER_SESSION]);
    assert.match(message, /^Gsess-Files: partial$/m);
    const skipped = gitText(scene.store, ['cat-file', 'blob', `${BARRIER_SESSION}:skipped.json`]);
    assert.match(skipped, /"path": "a.txt",\s+"reason": "unreadable"/);
    assert.match(scene.states()[0] ?? '', /b.txt=three/);
    assert.not.match(scene.states()[0] ?? '', /a.txt=two/, 'an old state is not passed off as new');
  }));

const canRemount =
  spawnSync('unshare', ['-rm', 'mount', '--bind', '/proc/self', '/proc/self'], { stdio: 'ignore' })
    .status === 0;
const mounted = canRemount ? test : all.skip;
mounted(
  `CR-15: a data directory that became read-only stops no agent${canRemount ? '' : ' (left out: no mounts here)'}`,
  () =>
    withBarrierScene(async (scene) => {
      const { user, script } = scene;
      const subjects = scene.subjects();
      const input = JSON.stringify(script.payload('UserPromptSubmit', { prompt: 'lost' }));
      const script2 =
        'mount --bind "$1" "$1" && mount -o remount,bind,ro "$1" && shift && exec "$@"';
      const run = (args: readonly string[], fed = '') =>
        spawnSync(
          'unshare',
          ['-rm', 'sh', '-c', script2, 'sh', user.data, process.execPath, GSESS_PROGRAM, ...args],
          { cwd: user.project, env: { ...user.environment, ...WITHOUT_COVERAGE }, input: fed },
        );
      const hook = run(['hook', 'claude'], input);
      assert.is.not(hook.status, 2, 'which would stop the agent');
      assert.is(`${hook.stdout}${hook.stderr}`, '');
      const list = run(['log']);
      assert.is(list.status, 0, list.stderr.toString());
      const tag = run(['tag', 'good', '@1']);
      assert.is(tag.status, 1);
      assert.match(tag.stderr.toString(), /the disk is read-only/);
      assert.equal(scene.subjects(), subjects);
      await scene.prompted('kept');
      assert.equal(scene.subjects(), ['kept', ...subjects]);
    }),
);

const SIGNALS = [
  { signal: 'SIGINT', times: 1 },
  { signal: 'SIGINT', times: 2 },
  { signal: 'SIGTERM', times: 1 },
  { signal: 'SIGHUP', times: 1 },
] as const;

test('CR-16: an interrupt in the middle of a save or a restore, and a second one, cost nothing', () =>
  withBarrierScene(async (scene) => {
    const two = stateOnDisk(scene);
    const one = scene.states()[1];
    for (const sent of SIGNALS) {
      scene.control.order(AT.beforeMove);
      await interrupt(scene, sent, scene.prompt('cut', { met: true }));
      scene.control.order(AT.betweenFiles);
      const restore = scene.start(['restore', '@1', '--files', '--yes'], { met: true });
      await interrupt(scene, sent, restore);
      await scene.prompted(`after ${sent.signal}`);
      assert.ok([one, two].includes(stateOnDisk(scene)), stateOnDisk(scene));
      assert.is(scene.states()[0], stateOnDisk(scene));
      if (stateOnDisk(scene) !== two) assert.is(scene.user.run(['undo', '--yes']).status, 0);
      assert.is(stateOnDisk(scene), two);
    }
  }));

/** Stops the program at the call, sends it the signal so many times, and lets it go on to whatever end. */
async function interrupt(
  { control }: BarrierScene,
  { signal, times }: { readonly signal: NodeJS.Signals; readonly times: number },
  running: { readonly pid: number; readonly outcome: Promise<unknown> },
): Promise<void> {
  await control.untilStopped();
  for (let count = 0; count < times; count += 1) process.kill(running.pid, signal);
  control.go();
  await running.outcome;
}

all.run();
