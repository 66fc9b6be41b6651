// A store that was copied while it was in use, and one that a sync client put together from two machines.

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { startChild } from '../support/child-process.ts';
import { assertFsckClean, gitOutcome, gitText } from '../support/git-oracle.ts';
import { HookScript } from '../support/hook-agent.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { branchesOf, failuresOf, onlyStoreOf } from '../support/user-store.ts';

const copied = suite('a copied store');
const captureChild = new URL('../journeys/capture-child.js', import.meta.url);
const ids = [1, 2, 3].map((number) => `dddddddd-0000-4000-8000-00000000000${number}`);
const [FIRST = '', SECOND = '', THIRD = ''] = ids;
const COPIES = 2;

interface Verified {
  readonly ok: boolean;
  readonly problems: readonly { kind: string; ref?: string; object?: string; message: string }[];
}

/** The same user, with another data directory. */
function withData(user: SealedUser, data: string): SealedUser {
  const environment = { ...user.environment, GSESS_DATA_DIR: data };
  const options = (given = {}) => ({ environment, ...given });
  return {
    ...user,
    data,
    environment,
    run: (args, given) => user.run(args, options(given)),
    json: (args, given) => user.json(args, options(given)),
  };
}

function prompt(user: SealedUser, nativeId: string, text: string): void {
  writeFileSync(join(user.project, 'a.txt'), `${text}\n`);
  const payload = new HookScript(user, { nativeId }).payload('UserPromptSubmit', { prompt: text });
  const input = JSON.stringify(payload);
  const answer = user.run(['hook', 'claude'], { input });
  assert.equal(answer, { status: 0, stdout: '', stderr: '' });
  assert.equal(failuresOf(user), []);
}

function verify(user: SealedUser): Verified {
  const { status, stdout } = user.run(['verify', '--json']);
  const verified = JSON.parse(stdout) as Verified;
  assert.is(status, verified.ok ? 0 : 1);
  return verified;
}

copied(
  "CC-14: 'cp -a' of a store in use gives one that is sound, or says which session lacks its last save",
  () =>
    withSealedUser(async (user) => {
      prompt(user, FIRST, 'one');
      prompt(user, THIRD, 'at rest');
      const child = startChild(captureChild, [user.project, FIRST, 'busy', '12'], user.environment);
      await child.printed('busy 1\t');
      for (let copy = 1; copy <= COPIES; copy += 1) {
        const data = join(user.directory, `copy-${copy}`);
        // It complains of files that went while it looked, which is what this is about.
        spawnSync('cp', ['-a', user.data, data]);
        const there = withData(user, data);
        const { problems } = verify(there);
        assert.equal(
          problems.filter(({ ref }) => ref !== `refs/heads/${FIRST}`),
          [],
        );
        const listed = there.json(['list']) as { id: string }[];
        assert.ok(listed.some(({ id }) => id === THIRD));
      }
      assert.is((await child.outcome).code, 0);
    }),
);

copied(
  'CC-14: a copy whose refs are newer than its objects names the session, and shows the others',
  () =>
    withSealedUser(async (user) => {
      prompt(user, FIRST, 'one');
      prompt(user, SECOND, 'beside');
      const data = join(user.directory, 'copy');
      cpSync(user.data, data, { recursive: true });
      prompt(user, FIRST, 'two');
      const there = withData(user, data);
      const branch = join('refs', 'heads', FIRST);
      cpSync(join(onlyStoreOf(user), branch), join(onlyStoreOf(there), branch));
      const { ok, problems } = verify(there);
      assert.is(ok, false);
      assert.equal([...new Set(problems.map(({ ref }) => ref))], [`refs/heads/${FIRST}`]);
      const { status, stdout, stderr } = there.run(['list']);
      assert.is(status, 0);
      assert.match(stdout, 'beside');
      assert.match(stderr, FIRST);
    }),
);

/** Copies what is missing; what differs comes beside it under the name that a sync client gives it. */
function unite(from: string, to: string): void {
  for (const path of readdirSync(from, { recursive: true, withFileTypes: true })) {
    if (!path.isFile()) continue;
    const source = join(path.parentPath, path.name);
    const target = join(to, source.slice(from.length));
    const isSame = existsSync(target) && readFileSync(target).equals(readFileSync(source));
    if (!isSame) cpSync(source, existsSync(target) ? `${target} (conflicted copy)` : target);
  }
}

copied(
  'CC-15: the union of two copies shows both histories; conflicted copies are told and ignored',
  () =>
    withSealedUser(async (user) => {
      prompt(user, FIRST, 'one');
      const data = join(user.directory, 'other-machine');
      cpSync(user.data, data, { recursive: true });
      const there = withData(user, data);
      prompt(user, FIRST, 'two here');
      prompt(user, SECOND, 'new here');
      prompt(there, FIRST, 'two there');
      prompt(there, THIRD, 'new there');
      const tipThere = gitText(onlyStoreOf(there), ['rev-parse', FIRST]);
      unite(data, user.data);
      const store = onlyStoreOf(user);

      const { ok, problems } = verify(user);
      assert.is(ok, true, JSON.stringify(problems));
      assert.equal(
        problems.map(({ kind, ref, object }) => [kind, ref, object]),
        [['ref-ignored', `refs/heads/${FIRST} (conflicted copy)`, tipThere]],
      );
      const sessions = user.json(['list']) as { id: string }[];
      assert.equal(sessions.map(({ id }) => id).sort(), [FIRST, SECOND, THIRD]);
      assert.match(
        user.run(['git', 'log', '--format=%s', tipThere], { raw: true }).stdout,
        'two there',
      );
      for (const id of ids) prompt(user, id, 'goes on');
      assert.equal(branchesOf(store), [FIRST, SECOND, THIRD]);
      // Git itself minds the names that it does not know; without them it minds nothing.
      assert.not.equal(gitOutcome(store, ['fsck', '--strict']).stderr, '');
      for (const name of readdirSync(store, { recursive: true, encoding: 'utf8' })) {
        if (name.endsWith(' (conflicted copy)')) rmSync(join(store, name));
      }
      assertFsckClean(store);
    }),
);

copied.run();
