import { spawnSync } from 'node:child_process';
import { chmodSync, rmSync, statSync, truncateSync, utimesSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { bytesPath, differences, type Manifest, manifestOf } from '../support/disk-manifest.ts';
import { git } from '../support/git-oracle.ts';
import { type HookAgent, withHookAgent } from '../support/hook-agent.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import { plantIn } from '../support/two-states.ts';
import { checkpointsOf, failuresOf, onlyStoreOf } from '../support/user-store.ts';

const SESSION = '11111111-1111-4111-8111-111111111111';
/** The default limit is below this. */
const TOO_LARGE_BYTES = 200 * 1024 * 1024;

interface Skipped {
  readonly path: string | { readonly base64: string };
  readonly reason: string;
}

/** Takes the session through two states of the project, and hands over what the disk held in each. */
async function twoStates(
  user: SealedUser,
  agent: HookAgent,
  states: readonly [() => void, () => void],
): Promise<readonly [Manifest, Manifest]> {
  const manifests: Manifest[] = [];
  for (const [index, state] of states.entries()) {
    await agent.turn(`state ${index + 1}`, state);
    manifests.push(manifestOf(user.project));
  }
  assert.equal(failuresOf(user), []);
  assertStoreIsTidy(onlyStoreOf(user));
  return manifests as [Manifest, Manifest];
}

/** There and back, twice: by restore, and by undo and redo. */
function assertBothWays(user: SealedUser, [one, two]: readonly [Manifest, Manifest]): void {
  const is = (expected: Manifest, how: string) =>
    assert.equal(differences(expected, manifestOf(user.project)), [], how);
  user.json(['restore', '@1', '--files', '--yes=large']);
  is(one, 'restored to the first');
  user.json(['undo', '--yes=large']);
  is(two, 'undone');
  user.json(['redo', '--yes=large']);
  is(one, 'redone');
  user.json(['restore', '@2', '--files', '--yes=large']);
  is(two, 'restored to the second');
  assertStoreIsTidy(onlyStoreOf(user));
}

function withAgent(use: (user: SealedUser, agent: HookAgent) => Promise<void>): Promise<void> {
  return withSealedUser((user) =>
    withHookAgent(user, { nativeId: SESSION }, (agent) => use(user, agent)),
  );
}

function skippedAt(user: SealedUser): Skipped[] {
  const store = onlyStoreOf(user);
  const [tip] = checkpointsOf(store, SESSION);
  const text = git(store, ['cat-file', 'blob', `${tip?.commit}:skipped.json`]).toString();
  return JSON.parse(text) as Skipped[];
}

const hostile = suite('files nobody thinks of');

hostile('of any name come back to the byte, both ways', () =>
  withAgent(async (user, agent) => {
    const names = {
      'caf\xe9': 'latin1\n',
      'caf\xc3\xa9': 'utf-8\n',
      'line\nbreak': '1\n',
      'back\\slash': '2\n',
      ' spaces ': '3\n',
      '-rf': '4\n',
      '\x1b[31mred': '5\n',
      'a:b*c?"<>|': '6\n',
      CON: '7\n',
      'dir.lock/head.lock': '8\n',
      [`${'n'.repeat(255)}`]: '9\n',
      '\xff\xfe/\x01': '10\n',
      'e\xcc\x81': 'decomposed\n',
      '.GIT_': '11\n',
      '.gitmodules': '[submodule "../../x"]\n\tpath = -x\n\turl = --upload-pack=x\n',
      '.gitattributes': `${'x'.repeat(3000)} text\n`,
      'sub/.gitignore': '# nothing\n',
      'git~1': '12\n',
      '.g\xe2\x80\x8cit/config': '13\n',
      '.git ./config': '14\n',
    };
    const states = await twoStates(user, agent, [
      () => plantIn(user.project, names),
      () => {
        for (const path of Object.keys(names)) {
          rmSync(bytesPath(user.project, path.split('/')[0] ?? ''), {
            recursive: true,
            force: true,
          });
        }
        plantIn(user.project, { 'caf\xe9': 'changed\n', 'git~1': 'changed\n', plain: 'new\n' });
      },
    ]);
    assertBothWays(user, states);
  }),
);

hostile('of any kind turn into each other and back', () =>
  withAgent(async (user, agent) => {
    const states = await twoStates(user, agent, [
      () =>
        plantIn(user.project, {
          a: 'file to directory\n',
          'b/inner/deep': 'directory to file\n',
          c: { link: 'b/inner' },
          'd/x': 'directory to link\n',
          e: 'file to link\n',
          f: { link: 'f' },
          'loop/self': { link: '../loop' },
          gone: { link: '/nowhere/at/all' },
          empty: '',
          hollow: 'directory',
          run: { run: '#!/bin/sh\n' },
          plain: 'not to run\n',
          Case: 'upper\n',
          'odd link': { link: 'caf\xe9\n' },
        }),
      () => {
        for (const path of ['hollow', 'empty', 'gone', 'Case']) {
          rmSync(join(user.project, path), { recursive: true, force: true });
        }
        plantIn(user.project, {
          a: 'directory',
          'a/now/inside': 'was a file\n',
          b: 'was a directory\n',
          c: 'was a link\n',
          d: { link: 'a' },
          e: { link: '../outside' },
          f: 'directory',
          loop: { link: 'loop' },
          case: 'lower\n',
          hollow: 'was empty\n',
          empty: 'directory',
        });
        chmodSync(join(user.project, 'run'), 0o644);
        chmodSync(join(user.project, 'plain'), 0o755);
      },
    ]);
    assertBothWays(user, states);
  }),
);

hostile('that are left out are listed, and left alone', () =>
  withAgent(async (user, agent) => {
    const { project } = user;
    const socket = createServer().listen(join(project, 'socket'));
    await new Promise((resolve) => socket.once('listening', resolve));
    assert.is(spawnSync('mkfifo', [join(project, 'fifo')]).status, 0);
    plantIn(user.project, {
      '.gitignore': 'node_modules/\n*.log\n',
      '.gsessignore': 'private/\n',
      'node_modules/x/index.js': 'ignored\n',
      'a.log': 'ignored\n',
      'private/diary.txt': 'ours\n',
      '.env': 'TOKEN=secret-in-env\n',
      'deep/id_rsa': 'secret-key\n',
      'huge.bin': '',
      'nested/README': 'nested\n',
    });
    truncateSync(join(project, 'huge.bin'), TOO_LARGE_BYTES);
    git(join(project, 'nested'), ['init', '-q']);
    const old = new Date('2020-01-02T03:04:05Z');
    utimesSync(join(project, 'node_modules'), old, old);
    utimesSync(join(project, 'node_modules', 'x', 'index.js'), old, old);
    await agent.turn('state 1', () => plantIn(user.project, { 'kept.txt': 'one\n' }));
    await agent.turn('state 2', () => plantIn(user.project, { 'kept.txt': 'two\n' }));
    const reasons = skippedAt(user).map(({ path, reason }) => `${reason}: ${path}`);
    assert.equal(reasons.sort(), [
      'gsessignore: private',
      'ignored: a.log',
      'ignored: node_modules',
      'nested-git: nested/.git',
      'secret: .env',
      'secret: deep/id_rsa',
      'special: fifo',
      'special: socket',
      'too-large: huge.bin',
    ]);
    const isKept = (path: string) => path === 'kept.txt';
    const before = manifestOf(project, { times: true, without: isKept });
    user.json(['restore', '@1', '--files', '--yes']);
    const after = manifestOf(project, { times: true, without: isKept });
    assert.equal(differences(before, after), []);
    assert.is(statSync(join(project, 'node_modules')).mtimeMs, old.getTime());
    assert.is(manifestOf(project)['kept.txt'], 'file 644 "one\\n"');
    const store = onlyStoreOf(user);
    const objects = git(store, ['cat-file', '--batch-all-objects', '--batch']).toString('latin1');
    for (const secret of ['secret-in-env', 'secret-key']) assert.not.ok(objects.includes(secret));
    socket.close();
  }),
);

hostile(
  'changed by hand since the last checkpoint are saved before a restore, and undone exactly',
  () =>
    withAgent(async (user, agent) => {
      await twoStates(user, agent, [
        () =>
          plantIn(user.project, { 'a.txt': 'one\n', 'gone.txt': 'one\n', 'sub/b.txt': 'one\n' }),
        () => plantIn(user.project, { 'a.txt': 'two\n', 'more.txt': 'two\n' }),
      ]);
      plantIn(user.project, {
        'a.txt': 'by hand, never captured\n',
        'sub/new by hand.txt': 'new\n',
        'more.txt': { link: 'a.txt' },
      });
      rmSync(join(user.project, 'gone.txt'));
      chmodSync(join(user.project, 'sub', 'b.txt'), 0o755);
      const byHand = manifestOf(user.project);
      user.json(['restore', '@1', '--files', '--yes']);
      assert.is(manifestOf(user.project)['a.txt'], 'file 644 "one\\n"');
      assert.is(manifestOf(user.project)['more.txt'], undefined);
      user.json(['undo']);
      assert.equal(differences(byHand, manifestOf(user.project)), []);
    }),
);

hostile.run();
