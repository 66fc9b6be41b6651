import { spawn } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, manifestOf } from '../support/disk-manifest.ts';
import { assertFsckClean } from '../support/git-oracle.ts';
import { withHookAgent } from '../support/hook-agent.ts';
import {
  GSESS_PROGRAM,
  type SealedUser,
  WITHOUT_COVERAGE,
  withSealedUser,
} from '../support/run-gsess.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { failuresOf, leftoversIn, onlyStoreOf } from '../support/user-store.ts';

const ROUNDS = 6;
const FILES = 80;
const SEED = 5;

/** Many small changes of every kind, so that a restore takes a while and can be met in the middle. */
function setState({ project }: SealedUser, state: number): void {
  for (let index = 0; index < FILES; index += 1) {
    const path = join(project, `d${index % 7}`, `f${index}`);
    rmSync(path, { recursive: true, force: true });
    mkdirSync(join(path, '..'), { recursive: true });
    if ((index + state) % 5 === 0) continue;
    if ((index + state) % 11 === 0) symlinkSync(`to ${state}`, path);
    else if ((index + state) % 13 === 0) mkdirSync(path);
    else writeFileSync(path, `${state} ${index}\n`, { mode: index % 3 === state ? 0o755 : 0o644 });
  }
}

/** Starts a restore and kills it after a while; resolves to whether it was still running, and how long it ran. */
function restoreAndKill(user: SealedUser, ref: string, afterMs: number) {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [GSESS_PROGRAM, 'restore', ref, '--files', '--yes'], {
    cwd: user.project,
    env: { ...user.environment, ...WITHOUT_COVERAGE },
    stdio: 'ignore',
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  return new Promise<{ killed: boolean; ms: number }>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => {
      clearTimeout(timer);
      resolve({ killed: status === null, ms: performance.now() - startedAt });
    });
  });
}

const killed = suite('a restore that is killed');

killed('is finished by the next command or has not begun, and can be undone exactly', () =>
  withSealedUser((user) =>
    withHookAgent(user, { nativeId: '11111111-1111-4111-8111-111111111111' }, async (agent) => {
      await agent.turn('state 1', () => setState(user, 1));
      const target = manifestOf(user.project);
      await agent.turn('state 2', () => setState(user, 2));
      writeFileSync(join(user.project, 'by-hand.txt'), 'never captured\n');
      const present = manifestOf(user.project);
      const random = seededRandom(SEED);
      let { ms } = await restoreAndKill(user, '@1', 60_000);
      user.json(['undo']);
      assert.equal(differences(present, manifestOf(user.project)), []);
      let finished = 0;
      for (let round = 1; round <= ROUNDS; round += 1) {
        // From before its first change to about its end.
        const part = 0.5 + (0.6 * (round - 1 + random.below(1000) / 1000)) / ROUNDS;
        const run = await restoreAndKill(user, '@1', part * ms);
        if (!run.killed) ms = (ms + run.ms) / 2;
        // Always a checkpoint, so it meets every lock that was left.
        await agent.say(`after round ${round}`);
        const found = manifestOf(user.project);
        const isDone = differences(target, found).length === 0;
        if (isDone) {
          finished += 1;
          user.json(['undo']);
          assert.equal(differences(present, manifestOf(user.project)), [], `round ${round}`);
        } else {
          assert.equal(differences(present, found), [], `round ${round}`);
          // It had hardly begun: the machine is slower than it was, so the next may run for longer.
          ms *= 1.2;
        }
        assertFsckClean(onlyStoreOf(user));
        assert.equal(leftoversIn(user.data).locks, []);
      }
      assert.equal(failuresOf(user), []);
      assert.ok(finished > 0, `none of ${ROUNDS} had begun`);
    }),
  ),
);

killed.run();
