import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { collectGarbage } from '../../src/session/collect-garbage.ts';
import { openStoreDirectory } from '../../src/session/store.ts';
import { assertFsckClean, git, gitOutcome, gitText } from '../support/git-oracle.ts';
import { type SealedUser, WITHOUT_COVERAGE, withSealedUser } from '../support/run-gsess.ts';
import { sealedSurroundings } from '../support/session-driver.ts';
import { startGsess } from '../support/start-gsess.ts';
import { IN_MEMORY } from '../support/temporary-directory.ts';
import {
  branchesOf,
  checkpointsOf,
  leftoversIn,
  onlyStoreOf,
  storesOf,
} from '../support/user-store.ts';

const CHILD = fileURLToPath(new URL('./capture-child.js', import.meta.url));
const PROCESSES = 8;
const CHECKPOINTS = 50;
const FEWER_CHECKPOINTS = 8;
const READERS = [
  ['list', '--json'],
  ['show', 'latest', '--json'],
  ['verify', '--json'],
];
/** What a user, or a machine that tidies at night, may start at any moment. */
const UPKEEP = [
  ['repack', '-q', '-a', '-d'],
  ['pack-refs', '--all'],
  ['gc', '--quiet', '--prune=now'],
];

interface Captures {
  readonly nativeId: string;
  readonly label: string;
  /** What the process said it had captured: subject and commit. */
  readonly acknowledged: readonly (readonly string[])[];
}

/** Lets eight processes capture at once; `place` says where and in which session each of them works. */
async function captureAtOnce(
  user: SealedUser,
  place: (index: number) => { readonly cwd: string; readonly nativeId: string },
  checkpoints = CHECKPOINTS,
): Promise<Captures[]> {
  const running = Array.from({ length: PROCESSES }, (_, index) => {
    const { cwd, nativeId } = place(index);
    const label = `process-${index}`;
    const args = [CHILD, cwd, nativeId, label, String(checkpoints)];
    const child = spawn(process.execPath, args, {
      env: { ...user.environment, ...WITHOUT_COVERAGE },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (piece) => {
      stdout += String(piece);
    });
    child.stderr.on('data', (piece) => {
      stderr += String(piece);
    });
    return new Promise<Captures>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => {
        if (status !== 0) reject(new Error(`${label} ended with ${status}: ${stderr}`));
        const lines = stdout.split('\n').filter(Boolean);
        resolve({ nativeId, label, acknowledged: lines.map((line) => line.split('\t')) });
      });
    });
  });
  return allEnded(running);
}

/** Like Promise.all, but not before each has ended: nothing may still work in a directory that is taken away. */
async function allEnded<T>(running: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(running);
  return Promise.all(running);
}

/** Repeats `work` for as long as the captures run. */
async function besideCaptures(
  capturing: Promise<Captures[]>,
  work: () => Promise<boolean>,
): Promise<{ readonly captures: Captures[]; readonly rounds: number }> {
  let running = true;
  const ended = capturing.finally(() => {
    running = false;
  });
  const repeat = async () => {
    let rounds = 0;
    while (running) {
      if (await work()) rounds += 1;
      else await pause(20);
    }
    return rounds;
  };
  const repeating = repeat();
  // What failed beside says more than the captures that it may have disturbed.
  await Promise.allSettled([repeating, ended]);
  return { rounds: await repeating, captures: await ended };
}

async function collectIn(user: SealedUser): Promise<void> {
  // Captures gather packs too, and a busy machine lets them take their time.
  const surroundings = sealedSurroundings(user.directory, {
    now: () => Date.now(),
    lockWaitMs: 60_000,
  });
  const store = openStoreDirectory(onlyStoreOf(user), surroundings);
  if (store !== undefined) await collectGarbage(store, { pruneGraceMs: 0 });
}

/** Each acknowledged checkpoint is on the branch of its own session once, with the files its process had written. */
function assertAllThere(
  store: string,
  captures: readonly Captures[],
  checkpoints = CHECKPOINTS,
): void {
  const sessions = [...new Set(captures.map(({ nativeId }) => nativeId))].sort();
  assert.equal(branchesOf(store), sessions);
  let reachable = 0;
  for (const session of sessions) {
    const found = checkpointsOf(store, session).reverse();
    const mine = captures.filter(({ nativeId }) => nativeId === session);
    const expected = mine.flatMap(({ acknowledged }) => acknowledged.map(([, commit]) => commit));
    assert.equal(found.map(({ commit }) => commit).sort(), expected.sort());
    assert.equal(
      found.map(({ subject }) => subject.split(':')[0]),
      found.map((_, index) => `prompt ${index + 1}`),
    );
    reachable += found.length;
  }
  assert.is(reachable, PROCESSES * checkpoints);
  const all = captures.flatMap(({ label, acknowledged }) =>
    acknowledged.map(([subject, commit]) => ({ subject, path: `${commit}:files/${label}.txt` })),
  );
  const input = all.map(({ path }) => `${path}\n`).join('');
  const contents = gitText(store, ['cat-file', '--batch'], { input }).split('\n');
  assert.equal(
    contents.filter((_, index) => index % 3 === 1),
    all.map(({ subject }) => subject),
  );
}

const eight = suite('eight processes at once');

eight('CC-01: lose no checkpoint of one session', () =>
  withSealedUser(async (user) => {
    writeFileSync(join(user.project, 'at-first.txt'), 'at first\n');
    const nativeId = '00000000-0000-4000-8000-000000000000';
    const captures = await captureAtOnce(user, () => ({ cwd: user.project, nativeId }));
    const store = onlyStoreOf(user);
    assertAllThere(store, captures);
    assertFsckClean(store);
    assert.equal(leftoversIn(user.data), { locks: [], temporary: [] });
  }, IN_MEMORY),
);

eight('CC-02, CC-06: mix no sessions and trouble no reader, while garbage is collected', () =>
  withSealedUser(async (user) => {
    writeFileSync(join(user.project, 'at-first.txt'), 'at first\n');
    const place = (index: number) => ({
      cwd: user.project,
      nativeId: `0000000${index}-0000-4000-8000-000000000000`,
    });
    const capturing = captureAtOnce(user, place, FEWER_CHECKPOINTS);
    const { captures, rounds } = await besideCaptures(capturing, async () => {
      if (storesOf(user).length === 0 || branchesOf(onlyStoreOf(user)).length === 0) return false;
      const reading = READERS.map((args) => startGsess(user, args).outcome);
      await allEnded<unknown>([collectIn(user), ...reading]);
      for (const { status, stderr } of await Promise.all(reading))
        assert.equal({ status, stderr }, { status: 0, stderr: '' });
      return true;
    });
    const store = onlyStoreOf(user);
    assertAllThere(store, captures, FEWER_CHECKPOINTS);
    assertFsckClean(store);
    assert.equal(leftoversIn(user.data), { locks: [], temporary: [] });
    assert.ok(rounds > 0, 'nobody read while they captured');
  }, IN_MEMORY),
);

eight('CC-13: lose nothing while stock git tidies the store under their hands', () =>
  withSealedUser(async (user) => {
    writeFileSync(join(user.project, 'at-first.txt'), 'at first\n');
    const place = (index: number) => ({
      cwd: user.project,
      nativeId: `0000000${index % 2}-0000-4000-8000-000000000000`,
    });
    const capturing = captureAtOnce(user, place, FEWER_CHECKPOINTS);
    const { captures, rounds } = await besideCaptures(capturing, async () => {
      // Not to wait would keep the children's output from being read.
      await pause(20);
      const [store] = storesOf(user);
      if (store === undefined) return false;
      // It may lose a race for a ref, and says so; it must not win one it has no right to.
      for (const args of UPKEEP) gitOutcome(store, args);
      return true;
    });
    const store = onlyStoreOf(user);
    assertAllThere(store, captures, FEWER_CHECKPOINTS);
    assertFsckClean(store);
    assert.ok(rounds > 0, 'nobody tidied while they captured');
  }),
);

eight('share one store from work trees of one repository, each with its own files', () =>
  withSealedUser(async (user) => {
    const main = join(user.directory, 'main');
    mkdirSync(main);
    git(main, ['init', '-q']);
    git(main, ['commit', '-q', '--allow-empty', '-m', 'begin']);
    const trees = [0, 1, 2, 3].map((index) => {
      if (index === 0) return main;
      const tree = join(user.directory, `tree-${index}`);
      git(main, ['worktree', 'add', '-q', '--detach', tree]);
      return tree;
    });
    const captures = await captureAtOnce(
      user,
      (index) => ({
        cwd: trees[index % 4] ?? main,
        nativeId: `0000000${index % 4}-0000-4000-8000-000000000000`,
      }),
      FEWER_CHECKPOINTS,
    );
    const store = onlyStoreOf(user);
    assertAllThere(store, captures, FEWER_CHECKPOINTS);
    for (const { nativeId, label } of captures) {
      const own = Number(label.slice(-1));
      const names = gitText(store, ['ls-tree', '--name-only', `${nativeId}:files`]).split('\n');
      assert.equal(names, [`process-${own % 4}.txt`, `process-${(own % 4) + 4}.txt`]);
    }
    assertFsckClean(store);
    assert.equal(leftoversIn(user.data), { locks: [], temporary: [] });
  }),
);

eight.run();
