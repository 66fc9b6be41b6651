// What git leaves away on disk was not deleted: a restore to a moment of a sparse checkout does not delete it where it is there.

import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { previewRestore } from '../../src/session/restore-checkpoint.ts';
import { skippedOf } from '../../src/session/skipped-files.ts';
import type { RestorePlan } from '../../src/worktree/restore-plan.ts';
import { differences, manifestOf } from '../support/disk-manifest.ts';
import { git } from '../support/git-oracle.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { checkpointAt, readerOf, restoreTo, takeBack } from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('a sparse checkout');

const isGit = (path: string) => path === '.git';
const filesIn = (root: string) => manifestOf(root, { without: isGit });

/** A project under git, all of it committed and checked out, and a session in it. */
function withGitProject(use: (driver: SessionDriver, directory: string) => Promise<void>) {
  return withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    git(driver.project, ['init', '-q', '--initial-branch=main']);
    for (const path of ['src/a.c', 'src/b.c', 'docs/guide.md', 'docs/api/x.md', 'lib/z.c']) {
      driver.write(path, `${path}\n`);
    }
    driver.write('settings.json', '{}\n');
    git(driver.project, ['add', '.']);
    git(driver.project, ['commit', '-q', '-m', 'begin']);
    await use(driver, directory);
    assertStoreIsSound(driver.store);
  });
}

async function turn(driver: SessionDriver, text: string, effect: () => void): Promise<void> {
  await driver.prompt(text);
  await driver.tool('Bash', { command: text }, effect);
  await driver.turn(text);
}

/** What a restore would leave alone, with the reason. */
function untouchedBy(driver: SessionDriver, called: string, root = driver.project): string[] {
  const { store, session } = driver;
  const checkpoint = checkpointAt(driver, called);
  const both = { files: true, conversation: false };
  const request = { checkpoint, session, root, called, readerOf, ...both };
  const plan: RestorePlan = previewRestore(store, request);
  return plan.untouched.map(({ path, reason }) => `${path}: ${reason}`);
}

function leftOut(driver: SessionDriver, called: string): readonly unknown[] {
  const { listed } = skippedOf(driver.store, checkpointAt(driver, called));
  return listed.filter(({ reason }) => reason === 'not-checked-out').map(({ path }) => path);
}

test('GE-10: a restore to its time deletes nothing that it left away, once it has ended', () =>
  withGitProject(async (driver) => {
    const { project } = driver;
    await turn(driver, 'begin', () => driver.write('src/new.c', 'one\n'));
    git(project, ['sparse-checkout', 'set', 'src']);
    await turn(driver, 'work in src', () => {
      driver.write('src/new.c', 'two\n');
      driver.remove('src/b.c');
    });
    const sparse = filesIn(project);
    assert.is(sparse['docs/guide.md'], undefined);
    assert.equal(leftOut(driver, '@1'), []);
    assert.equal(leftOut(driver, '@2'), ['docs', 'lib']);
    git(project, ['sparse-checkout', 'disable']);
    await turn(driver, 'work everywhere', () => {
      driver.write('src/new.c', 'three\n');
      driver.write('src/b.c', 'there again\n');
      driver.write('other.c', 'new\n');
    });
    const whole = filesIn(project);
    assert.equal(untouchedBy(driver, '@2'), [
      'docs/api/x.md: not-checked-out',
      'docs/guide.md: not-checked-out',
      'lib/z.c: not-checked-out',
    ]);
    await restoreTo(driver, '@2', { conversation: false });
    assert.equal(differences({ ...whole, ...sparse }, filesIn(project)), [
      'other.c: file 644 "new\\n" -> absent',
      'src/b.c: file 644 "there again\\n" -> absent',
    ]);
    await takeBack(driver, 'undo');
    assert.equal(differences(whole, filesIn(project)), []);
  }));

test('GE-10: what a checkpoint holds comes back into a sparse checkout too, and undo takes it away again', () =>
  withGitProject(async (driver) => {
    const { project } = driver;
    await turn(driver, 'begin', () => driver.write('docs/new.md', 'mine\n'));
    const whole = filesIn(project);
    git(project, ['add', '.']);
    git(project, ['sparse-checkout', 'set', 'src']);
    const sparse = filesIn(project);
    await restoreTo(driver, '@1', { conversation: false });
    assert.equal(differences(whole, filesIn(project)), []);
    await takeBack(driver, 'undo');
    assert.equal(differences(sparse, filesIn(project)), []);
  }));

test('GE-10: a restore in another work tree, where all is there, deletes nothing of that', () =>
  withGitProject(async (driver, directory) => {
    const { project } = driver;
    const linked = join(directory, 'linked');
    git(project, ['worktree', 'add', '-q', linked]);
    git(project, ['sparse-checkout', 'set', '--no-cone', '/*', '!/docs/*', '!/lib/']);
    await turn(driver, 'work', () => driver.write('src/a.c', 'changed\n'));
    assert.equal(leftOut(driver, '@1'), ['docs', 'lib']);
    const before = filesIn(linked);
    await restoreTo(driver, '@1', { conversation: false, root: linked });
    const expected = { ...before, 'src/a.c': 'file 644 "changed\\n"' };
    assert.equal(differences(expected, filesIn(linked)), []);
  }));

test('GE-10: a path marked skip-worktree or assume-unchanged counts like one, as long as it is not there', () =>
  withGitProject(async (driver) => {
    const { project } = driver;
    git(project, ['update-index', '--skip-worktree', 'settings.json', 'src/b.c']);
    git(project, ['update-index', '--assume-unchanged', 'lib/z.c']);
    rmSync(join(project, 'settings.json'));
    rmSync(join(project, 'lib'), { recursive: true });
    driver.write('src/b.c', 'edited behind the back of git\n');
    await turn(driver, 'begin', () => driver.write('src/a.c', 'changed\n'));
    assert.equal(leftOut(driver, '@1'), ['lib', 'settings.json']);
    driver.write('settings.json', '{"mine": true}\n');
    driver.write('lib/z.c', 'mine\n');
    driver.write('src/b.c', 'edited once more\n');
    await turn(driver, 'go on', () => driver.write('src/a.c', 'changed again\n'));
    await restoreTo(driver, '@1', { conversation: false });
    const after = filesIn(project);
    assert.is(after['settings.json'], 'file 644 "{\\"mine\\": true}\\n"');
    assert.is(after['lib/z.c'], 'file 644 "mine\\n"');
    assert.is(after['src/b.c'], 'file 644 "edited behind the back of git\\n"');
    assert.is(after['src/a.c'], 'file 644 "changed\\n"');
  }));

test('GE-10: where the index of a sparse checkout cannot be read, nothing is deleted, and all else is restored', () =>
  withGitProject(async (driver) => {
    const { project } = driver;
    git(project, ['sparse-checkout', 'set', 'src']);
    git(project, ['update-index', '--split-index']);
    await turn(driver, 'begin', () => driver.write('src/a.c', 'changed\n'));
    assert.equal(leftOut(driver, '@1'), ['']);
    git(project, ['sparse-checkout', 'disable']);
    await turn(driver, 'go on', () => {
      driver.write('src/a.c', 'changed again\n');
      driver.write('new.c', 'new\n');
      driver.remove('src/b.c');
    });
    const present = filesIn(project);
    await restoreTo(driver, '@1', { conversation: false });
    const expected = {
      ...present,
      'src/a.c': 'file 644 "changed\\n"',
      'src/b.c': 'file 644 "src/b.c\\n"',
    };
    assert.equal(differences(expected, filesIn(project)), []);
  }));

test.run();
