import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { currentBranch, type GitLocation, gitLocation } from '../../src/worktree/git-location.ts';
import { git, gitOutcome, gitText } from '../support/git-oracle.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('location of a repository');

function makeRepository(directory: string): string {
  mkdirSync(directory, { recursive: true });
  git(directory, ['init', '--quiet', '-b', 'main', '.']);
  git(directory, ['commit', '--quiet', '--allow-empty', '-m', 'first']);
  return gitText(directory, ['rev-parse', 'HEAD']);
}

function located(directory: string): GitLocation {
  const location = gitLocation(directory);
  if (location === undefined) throw new Error(`no repository at ${directory}`);
  return location;
}

test('a repository is found from any directory in it', async () => {
  await withTemporaryDirectory((directory) => {
    makeRepository(directory);
    mkdirSync(join(directory, 'a/b'), { recursive: true });
    const expected = {
      gitDirectory: join(directory, '.git'),
      commonDirectory: join(directory, '.git'),
      workTree: directory,
    };
    assert.equal(gitLocation(directory), expected);
    assert.equal(gitLocation(join(directory, 'a/b')), expected);
  });
});

test('a linked work tree has its own directory and shares the common one', async () => {
  await withTemporaryDirectory((directory) => {
    const main = join(directory, 'main');
    const head = makeRepository(main);
    git(main, ['worktree', 'add', '--quiet', '-b', 'topic/x', '../linked']);
    const location = located(join(directory, 'linked'));
    assert.equal(location, {
      gitDirectory: join(main, '.git/worktrees/linked'),
      commonDirectory: join(main, '.git'),
      workTree: join(directory, 'linked'),
    });
    assert.equal(currentBranch(location), { branch: 'topic/x', head });
  });
});

test('inside a bare repository there is no work tree', async () => {
  await withTemporaryDirectory((directory) => {
    git(directory, ['init', '--quiet', '--bare', '.']);
    assert.equal(gitLocation(join(directory, 'refs')), {
      gitDirectory: directory,
      commonDirectory: directory,
      workTree: undefined,
    });
  });
});

test('a .git that is no repository is passed over, a .git file that leads nowhere ends the search', async () => {
  await withTemporaryDirectory((directory) => {
    makeRepository(directory);
    const sub = join(directory, 'sub');
    mkdirSync(join(sub, '.git'), { recursive: true });
    assert.is(located(sub).workTree, directory);
    writeFileSync(join(sub, '.git/HEAD'), 'nonsense\n');
    assert.is(located(sub).workTree, directory);
    writeFileSync(join(sub, '.git/HEAD'), 'ref: refs/heads/x\n');
    assert.is(located(sub).workTree, directory);
    rmSync(join(sub, '.git'), { recursive: true });
    for (const content of ['gitdir: nowhere\n', 'nonsense\n', '']) {
      writeFileSync(join(sub, '.git'), content);
      assert.is(gitLocation(sub), undefined);
      assert.is(gitOutcome(sub, ['rev-parse', '--git-dir']).status, 128);
    }
  });
});

test('a directory that does not exist is in no repository', async () => {
  await withTemporaryDirectory((directory) => {
    assert.is(gitLocation(join(directory, 'missing')), undefined);
  });
});

test('branch and commit are told before the first commit, on a branch, and detached', async () => {
  await withTemporaryDirectory((directory) => {
    git(directory, ['init', '--quiet', '-b', 'main', '.']);
    assert.equal(currentBranch(located(directory)), { branch: 'main' });
    const head = makeRepository(directory);
    assert.equal(currentBranch(located(directory)), { branch: 'main', head });
    git(directory, ['checkout', '--quiet', '--detach']);
    assert.equal(currentBranch(located(directory)), { head });
  });
});

test('a branch is found among packed refs, and by its whole name', async () => {
  await withTemporaryDirectory((directory) => {
    const head = makeRepository(directory);
    git(directory, ['branch', 'main2']);
    git(directory, ['pack-refs', '--all']);
    assert.equal(currentBranch(located(directory)), { branch: 'main', head });
    git(directory, ['symbolic-ref', 'HEAD', 'refs/heads/mai']);
    assert.equal(currentBranch(located(directory)), { branch: 'mai' });
    appendFileSync(join(directory, '.git/packed-refs'), 'nonsense refs/heads/mai');
    assert.equal(currentBranch(located(directory)), { branch: 'mai' });
  });
});

test('a branch that stands for another is followed, but not for ever', async () => {
  await withTemporaryDirectory((directory) => {
    const head = makeRepository(directory);
    git(directory, ['symbolic-ref', 'refs/heads/alias', 'refs/heads/main']);
    git(directory, ['symbolic-ref', 'HEAD', 'refs/heads/alias']);
    assert.equal(currentBranch(located(directory)), { branch: 'alias', head });
    writeFileSync(join(directory, '.git/refs/heads/alias'), 'ref: refs/heads/alias\n');
    assert.equal(currentBranch(located(directory)), { branch: 'alias' });
    writeFileSync(join(directory, '.git/refs/heads/alias'), 'nonsense\n');
    assert.equal(currentBranch(located(directory)), { branch: 'alias' });
  });
});

test('refs kept in another format, or that lead out of the repository, give no answer', async () => {
  await withTemporaryDirectory((directory) => {
    makeRepository(directory);
    const location = located(directory);
    writeFileSync(join(directory, '.git/HEAD'), 'ref: refs/heads/.invalid\n');
    assert.equal(currentBranch(location), {});
    writeFileSync(join(directory, '.git/HEAD'), 'ref: refs/../../outside\n');
    assert.equal(currentBranch(location), {});
    writeFileSync(join(directory, '.git/HEAD'), `${'x'.repeat(70_000)}\n`);
    assert.equal(currentBranch(location), {});
    rmSync(join(directory, '.git/HEAD'));
    assert.equal(currentBranch(location), {});
  });
});

test('a HEAD on something that is no branch has no branch', async () => {
  await withTemporaryDirectory((directory) => {
    const head = makeRepository(directory);
    git(directory, ['update-ref', 'refs/other/x', head]);
    writeFileSync(join(directory, '.git/HEAD'), 'ref: refs/other/x\n');
    assert.equal(currentBranch(located(directory)), { head });
  });
});

test.run();
