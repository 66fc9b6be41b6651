// gsess where git is at work itself, or is not what it should be: in its hooks, with its variables set, with a git that is of no use.

import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, manifestOf } from '../support/disk-manifest.ts';
import { assertFsckClean, git, gitOutcome, gitText } from '../support/git-oracle.ts';
import { HookScript, withHookAgent } from '../support/hook-agent.ts';
import { GSESS_PROGRAM, type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import { checkpointsOf, failuresOf, onlyStoreOf } from '../support/user-store.ts';

const SESSION = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';

const test = suite('git around gsess');

function begin(user: SealedUser): void {
  const { project } = user;
  git(project, ['init', '-q', '--initial-branch=main']);
  writeFileSync(join(project, 'a.txt'), 'one\n');
  git(project, ['add', '.']);
  git(project, ['commit', '-q', '-m', 'begin']);
  writeFileSync(join(project, 'staged.txt'), 'staged\n');
  git(project, ['add', 'staged.txt']);
}

function fileAt(user: SealedUser, session: string, path: string): string {
  const [tip] = checkpointsOf(onlyStoreOf(user), session);
  return git(onlyStoreOf(user), ['show', `${tip?.commit}:files/${path}`]).toString();
}

test("GE-01: variables that name the user's repository lead nothing of gsess there", () =>
  withSealedUser(async (user) => {
    begin(user);
    const { project } = user;
    const own = join(project, '.git');
    const environment = {
      GIT_DIR: own,
      GIT_WORK_TREE: project,
      GIT_INDEX_FILE: join(own, 'index'),
      GIT_COMMON_DIR: own,
      GIT_OBJECT_DIRECTORY: join(own, 'objects'),
      GIT_ALTERNATE_OBJECT_DIRECTORIES: join(own, 'objects'),
      GIT_NAMESPACE: 'mine',
      GIT_PREFIX: 'src/',
      GIT_CEILING_DIRECTORIES: project,
    };
    const before = manifestOf(own, { times: true });
    await withHookAgent(user, { nativeId: SESSION, environment }, async (agent) => {
      await agent.prompt('work');
      writeFileSync(join(project, 'a.txt'), 'two\n');
      await agent.say('done');
      await agent.end();
    });
    user.json(['tag', 'good'], { environment });
    writeFileSync(join(project, 'a.txt'), 'three\n');
    user.json(['restore', '@1', '--files', '--yes'], { environment });
    assert.is(user.run(['git', 'log', '--oneline'], { environment }).status, 0);
    assert.is(user.run(['git', 'gc', '--quiet'], { environment }).status, 0);
    assert.equal(differences(before, manifestOf(own, { times: true })), []);
    assert.is(readFileSync(join(project, 'a.txt'), 'utf8'), 'two\n');
    assert.is(fileAt(user, SESSION, 'a.txt'), 'two\n');
    assert.equal(failuresOf(user), []);
    assertStoreIsTidy(onlyStoreOf(user));
  }));

/** Hooks of git that send gsess an event of an agent, and tell if that changes anything of the repository, or fails. */
function installHooks(user: SealedUser, gitDirectory: string, amiss: string): void {
  const payload = (session: string, cwd: string) =>
    JSON.stringify(
      new HookScript(user, { nativeId: session, cwd }).payload('UserPromptSubmit', {
        prompt: 'from a hook of git',
      }),
    );
  const main = payload(SESSION, user.project);
  const linked = payload(OTHER, join(user.directory, 'linked'));
  const hook = `#!/bin/sh
sums() { find '${gitDirectory}' -type f -exec sha1sum {} + | sort; }
case "$PWD" in */linked) payload='${linked}' ;; *) payload='${main}' ;; esac
before=$(sums)
printf '%s' "$payload" | '${process.execPath}' '${GSESS_PROGRAM}' hook claude || echo "$0 failed" >> '${amiss}'
[ "$before" = "$(sums)" ] || echo "$0 changed the repository" >> '${amiss}'
echo "$(basename "$0") $(basename "$PWD")" >> '${amiss}.ran'
`;
  for (const name of ['pre-commit', 'post-checkout', 'pre-push']) {
    writeFileSync(join(gitDirectory, 'hooks', name), hook, { mode: 0o755 });
  }
}

test('GE-02: run from hooks of git, in the main work tree and a linked one, gsess saves them and leaves the repository alone', () =>
  withSealedUser((user) => {
    begin(user);
    const { project, directory, environment } = user;
    const amiss = join(directory, 'amiss');
    const linked = join(directory, 'linked');
    const remote = join(directory, 'remote.git');
    git(directory, ['init', '-q', '--bare', remote]);
    git(project, ['worktree', 'add', '-q', '-b', 'topic', linked]);
    mkdirSync(join(project, '.git', 'hooks'), { recursive: true });
    installHooks(user, join(project, '.git'), amiss);
    for (const [place, branch] of [
      [project, 'main'],
      [linked, 'topic'],
    ] as const) {
      writeFileSync(join(place, 'a.txt'), `changed on ${branch}\n`);
      git(place, ['commit', '-q', '-a', '-m', `on ${branch}`], { environment });
      git(place, ['push', '-q', remote, branch], { environment });
      git(place, ['checkout', '-q', '-b', `${branch}-next`], { environment });
      assert.is(gitText(remote, ['show', `${branch}:a.txt`]), `changed on ${branch}`);
      assert.is(gitText(place, ['status', '--porcelain']), '');
    }
    assert.is(existsSync(amiss), false, existsSync(amiss) ? readFileSync(amiss, 'utf8') : '');
    assert.equal(readFileSync(`${amiss}.ran`, 'utf8').trim().split('\n'), [
      'pre-commit project',
      'pre-push project',
      'post-checkout project',
      'pre-commit linked',
      'pre-push linked',
      'post-checkout linked',
    ]);
    assert.is(fileAt(user, SESSION, 'a.txt'), 'changed on main\n');
    assert.is(fileAt(user, OTHER, 'a.txt'), 'changed on topic\n');
    assert.is(checkpointsOf(onlyStoreOf(user), SESSION).length, 3);
    assert.equal(failuresOf(user), []);
    assertStoreIsTidy(onlyStoreOf(user));
    assertFsckClean(project);
  }));

test('GE-05: a git that fails, or of another age, is told of by gsess git, and nothing else minds it', () =>
  withSealedUser(async (user) => {
    begin(user);
    const { project, directory } = user;
    const bin = join(directory, 'bin');
    const fake = join(bin, 'git');
    mkdirSync(bin);
    const environment = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const pretend = (content: string) => {
      writeFileSync(fake, content);
      chmodSync(fake, 0o755);
    };
    pretend('#!/bin/sh\necho "git version 0.99.7"\nexit 129\n');
    await withHookAgent(user, { nativeId: SESSION, environment }, async (agent) => {
      await agent.prompt('work');
      writeFileSync(join(project, 'a.txt'), 'two\n');
      await agent.say('done');
      await agent.end();
    });
    writeFileSync(join(project, 'a.txt'), 'three\n');
    for (const args of [['verify'], ['diff', '@1'], ['restore', '@1', '--files', '--yes']]) {
      assert.is(user.run(args, { environment }).status, 0, args.join(' '));
    }
    assert.is(readFileSync(join(project, 'a.txt'), 'utf8'), 'two\n');
    assert.equal(failuresOf(user), []);
    const tell = () => user.run(['git', 'log'], { environment });
    assert.match(tell().stderr, /'.*\/bin\/git' does not even tell its version/);
    assert.is(tell().status, 129);
    pretend('#!/bin/sh\n[ "$1" = --version ] && { echo "git version 0.99.7"; exit 0; }\nexit 1\n');
    assert.match(tell().stderr, /says to be 'git version 0\.99\.7', not a git from 2\.0 on/);
    pretend('#!/bin/sh\n[ "$1" = --version ] && { echo "git version 999.0"; exit 0; }\nexit 1\n');
    assert.equal([tell().status, tell().stderr], [1, '']);
    pretend('#!/no/such/interpreter\n');
    const unstartable = tell();
    assert.is(unstartable.status, 1);
    assert.match(unstartable.stderr, /Cannot start '.*\/bin\/git' as git/);
    assertStoreIsTidy(onlyStoreOf(user));
  }));

test('GE-12: a repository that git takes for somebody else\u2019s is captured, and nobody is asked to trust it', () =>
  withSealedUser(async (user) => {
    begin(user);
    const { project } = user;
    const environment = { GIT_TEST_ASSUME_DIFFERENT_OWNER: '1' };
    if (process.getuid?.() === 0) execFileSync('chown', ['-R', '65534:65534', project]);
    assert.match(gitOutcome(project, ['status'], { environment }).stderr, /dubious ownership/);
    await withHookAgent(user, { nativeId: SESSION, environment }, async (agent) => {
      await agent.prompt('work');
      await agent.end();
    });
    const log = user.run(['git', 'log', '--oneline'], { environment });
    assert.equal([log.status, log.stderr], [0, '']);
    assert.is(fileAt(user, SESSION, 'a.txt'), 'one\n');
    assert.equal(failuresOf(user), []);
    rmSync(join(project, 'a.txt'));
    user.json(['restore', '@1', '--files', '--yes'], { environment });
    assert.ok(existsSync(join(project, 'a.txt')));
  }));

test.run();
