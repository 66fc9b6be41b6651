import { mkdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RawPath } from '../../src/git/raw-path.ts';
import { pathsGitPassesOver } from '../../src/worktree/git-index.ts';
import { lookAtCheckout } from '../../src/worktree/not-checked-out.ts';
import { git } from '../support/git-oracle.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const FILES = [
  'a.txt',
  'docs/a/deep.txt',
  'docs/guide.txt',
  'docs/guide.txt.old',
  'lib/caf\u00e9',
  `lib/${'n'.repeat(200)}`,
  'src/main.c',
  'src/main.h',
  'top',
];

function makeProject(directory: string, format = 'sha1'): void {
  git(directory, ['init', '-q', `--object-format=${format}`]);
  for (const path of FILES) {
    mkdirSync(join(directory, path, '..'), { recursive: true });
    writeFileSync(join(directory, path), `${path}\n`);
  }
  git(directory, ['add', '.']);
  git(directory, ['commit', '-q', '-m', 'begin']);
}

/** As git tells: `S` or a small letter before the path. */
function passedOverByGit(directory: string): string[] {
  const lines = git(directory, ['ls-files', '-v', '-z', '--sparse']).toString('latin1').split('\0');
  const marked = lines.filter((line) => /^[Sa-z] /.test(line));
  return marked.map((line) => line.slice(2).replace(/\/$/, ''));
}

function notCheckedOut(root: string): readonly string[] {
  return lookAtCheckout(root).absent;
}

function indexOf(directory: string): Buffer {
  return readFileSync(join(directory, '.git', 'index'));
}

const test = suite("git's index");

for (const format of ['sha1', 'sha256']) {
  for (const version of [2, 3, 4]) {
    test(`version ${version} with ${format} tells the paths that git does not look for`, async () => {
      await withTemporaryDirectory((directory) => {
        makeProject(directory, format);
        git(directory, ['update-index', `--index-version=${version}`]);
        assert.equal(pathsGitPassesOver(indexOf(directory)), []);
        git(directory, ['update-index', '--assume-unchanged', 'docs/guide.txt', 'top']);
        if (version > 2) git(directory, ['update-index', '--skip-worktree', ...FILES.slice(4, 6)]);
        const expected = passedOverByGit(directory);
        assert.is(expected.length, version > 2 ? 4 : 2);
        assert.is(indexOf(directory).readUInt32BE(4), version);
        assert.equal(pathsGitPassesOver(indexOf(directory)), expected);
      });
    });
  }
}

test('a sparse index has a directory as one path', async () => {
  await withTemporaryDirectory((directory) => {
    makeProject(directory);
    git(directory, ['sparse-checkout', 'set', '--cone', '--sparse-index', 'src']);
    assert.equal(pathsGitPassesOver(indexOf(directory)), ['docs', 'lib']);
    assert.equal(passedOverByGit(directory), ['docs', 'lib']);
  });
});

test('what is cut, altered or of another kind gives no answer', async () => {
  await withTemporaryDirectory((directory) => {
    makeProject(directory);
    git(directory, ['update-index', '--skip-worktree', 'top']);
    const index = indexOf(directory);
    for (let length = 0; length < index.length; length += 1) {
      // Cut between what follows the entries, it still has them all.
      const told = pathsGitPassesOver(index.subarray(0, length));
      if (told !== undefined) assert.equal(told, ['top'], String(length));
    }
    assert.is(pathsGitPassesOver(index.subarray(0, index.length / 2)), undefined);
    const random = seededRandom(1);
    for (let round = 0; round < 2000; round += 1) {
      const altered = Buffer.from(index);
      for (let count = 1 + random.below(4); count > 0; count -= 1) {
        altered[random.below(altered.length)] = random.below(256);
      }
      pathsGitPassesOver(altered);
    }
    git(directory, ['update-index', '--split-index']);
    assert.is(pathsGitPassesOver(indexOf(directory)), undefined);
  });
});

test('only the topmost paths that are not on disk are told, of the root asked for', async () => {
  await withTemporaryDirectory((directory) => {
    makeProject(directory);
    assert.equal(notCheckedOut(directory), []);
    git(directory, ['sparse-checkout', 'set', '--no-cone', '/*', '!/lib', '!/docs/a/', '!/top']);
    assert.equal(notCheckedOut(directory), ['docs/a', 'lib', 'top']);
    assert.equal(notCheckedOut(join(directory, 'docs')), ['a']);
    writeFileSync(join(directory, 'top'), 'there again\n');
    assert.equal(notCheckedOut(directory), ['docs/a', 'lib']);
    git(directory, ['sparse-checkout', 'disable']);
    assert.equal(notCheckedOut(directory), []);
    git(directory, ['update-index', '--assume-unchanged', 'a.txt', 'src/main.c']);
    rmSync(join(directory, 'a.txt'));
    assert.equal(notCheckedOut(directory), ['a.txt']);
  });
});

test('the index is read again only when it or what it left away has changed', async () => {
  await withTemporaryDirectory((directory) => {
    makeProject(directory);
    const first = lookAtCheckout(directory);
    assert.is(lookAtCheckout(directory, first), first);
    git(directory, ['sparse-checkout', 'set', '--no-cone', '/*', '!/lib']);
    git(directory, ['update-index', '--skip-worktree', 'top']);
    const second = lookAtCheckout(directory, first);
    assert.equal([second.absent, second.present], [['lib'], ['top']]);
    assert.is(lookAtCheckout(directory, second), second);
    rmSync(join(directory, 'top'));
    const third = lookAtCheckout(directory, second);
    assert.equal([third.absent, third.present], [['lib', 'top'], []]);
    mkdirSync(join(directory, 'lib'));
    writeFileSync(join(directory, 'lib', 'new'), '');
    assert.equal(lookAtCheckout(directory, third).absent.length, 3);
    git(directory, ['update-index', '--no-skip-worktree', 'top']);
    assert.not.ok(lookAtCheckout(directory, third).absent.includes('top' as RawPath));
  });
});

test('a linked work tree has an index of its own', async () => {
  await withTemporaryDirectory((directory) => {
    const project = join(directory, 'project');
    const linked = join(directory, 'linked');
    mkdirSync(project);
    makeProject(project);
    git(project, ['worktree', 'add', '-q', linked]);
    git(linked, ['sparse-checkout', 'set', 'src']);
    assert.equal(notCheckedOut(linked), ['docs', 'lib']);
    assert.equal(notCheckedOut(project), []);
  });
});

test('where a sparse checkout cannot be read, whatever is absent may belong to it', async () => {
  await withTemporaryDirectory((directory) => {
    makeProject(directory);
    truncateSync(join(directory, '.git', 'index'), 100);
    assert.equal(notCheckedOut(directory), []);
    git(directory, ['config', 'core.sparseCheckout', 'true']);
    assert.equal(notCheckedOut(directory), ['']);
    rmSync(join(directory, '.git', 'index'));
    assert.equal(notCheckedOut(directory), []);
  });
});

test.run();
