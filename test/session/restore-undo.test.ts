import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { rawPath } from '../../src/git/raw-path.ts';
import { previewRestore, restoreCheckpoint } from '../../src/session/restore-checkpoint.ts';
import { git } from '../support/git-oracle.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import {
  checkpointAt,
  errorOf,
  filesOf,
  readerOf,
  restoreTo,
  takeBack,
  threeTurns,
} from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const restore = suite('restore and undo');

function withSession(use: (driver: SessionDriver) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await use(driver);
    assertStoreIsSound(driver.store);
  });
}

restore(
  'UE-01, UE-02: brings back exactly the files of each turn, and undo those from before, changed or made by hand',
  () =>
    withSession(async (driver) => {
      const [first, second, third] = await threeTurns(driver);
      await restoreTo(driver, '@1');
      assert.equal(filesOf(driver), first);
      await takeBack(driver, 'undo');
      assert.equal(filesOf(driver), third);
      await restoreTo(driver, '@2', { conversation: false });
      assert.equal(filesOf(driver), second);
      await takeBack(driver, 'undo');
      assert.equal(filesOf(driver), third);
    }),
);

restore('ends in the checkpoint that a look at everything would have made', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory, { surroundings: { now: Date.now } });
    const { project } = driver;
    const caches = join(directory, 'data/projects');
    const assertAsOnDisk = async (after: string) => {
      const found = driver.store.files(driver.store.tipOf(driver.session));
      for (const store of readdirSync(caches))
        rmSync(join(caches, store, 'gsess/cache'), { recursive: true });
      await driver.prompt(after);
      assert.is(driver.store.files(driver.store.tipOf(driver.session)), found, after);
    };
    driver.write('.gitignore', 'ignored\n');
    driver.write('src/ignored', 'not captured yet');
    driver.write('src/main.c', 'one');
    driver.write('gone/below/file', 'goes');
    driver.write('becomes', 'a file');
    mkdirSync(join(project, 'empty/inside'), { recursive: true });
    await driver.prompt('first');
    driver.write('.gitignore', 'other\n');
    driver.write('src/main.c', 'two');
    driver.write('src/other', 'ignored from now on');
    driver.remove('gone');
    driver.remove('becomes');
    driver.remove('empty');
    driver.write('becomes/a/directory', 'of files');
    driver.write('new/below/file', 'came');
    await driver.prompt('second');
    await restoreTo(driver, '@1', { conversation: false });
    await assertAsOnDisk('restored');
    await restoreTo(driver, '@2', { conversation: false });
    await assertAsOnDisk('restored again');
    await takeBack(driver, 'undo');
    await assertAsOnDisk('taken back');
    await takeBack(driver, 'redo');
    await assertAsOnDisk('put again');
    assertStoreIsSound(driver.store);
  }),
);

restore('UE-19: goes back and forth through several changes', () =>
  withSession(async (driver) => {
    const [first, second, third] = await threeTurns(driver);
    await restoreTo(driver, '@2');
    await restoreTo(driver, '@1');
    assert.equal((await takeBack(driver, 'undo')).summary, 'restore @1');
    assert.equal(filesOf(driver), second);
    await takeBack(driver, 'undo');
    assert.equal(filesOf(driver), third);
    assert.is((await errorOf(takeBack(driver, 'undo'))).code, 'not-found');
    await takeBack(driver, 'redo');
    assert.equal(filesOf(driver), second);
    await takeBack(driver, 'redo');
    assert.equal(filesOf(driver), first);
    assert.is((await errorOf(takeBack(driver, 'redo'))).code, 'not-found');
    await takeBack(driver, 'undo');
    assert.equal(filesOf(driver), second);
    await restoreTo(driver, '@3');
    // Something new was asked for, so what was undone before is out of reach.
    assert.is((await errorOf(takeBack(driver, 'redo'))).code, 'not-found');
  }),
);

restore('is undone while the agent has gone on, but for the files it changed since', () =>
  withSession(async (driver) => {
    await threeTurns(driver);
    await restoreTo(driver, '@1', { conversation: false });
    await driver.prompt('and now');
    await driver.tool('Write', {}, () => driver.write('new.txt', 'new\n'));
    await driver.tool('Edit', {}, () => driver.write('a.txt', 'again\n'));
    const before = filesOf(driver);
    const tip = driver.store.tip(driver.session);
    const error = await errorOf(takeBack(driver, 'undo'));
    assert.is(error.code, 'tree-changed');
    assert.is(error.exitStatus, 5);
    assert.equal(error.data['blocked'], ['a.txt']);
    assert.equal(filesOf(driver), before);
    assert.is(driver.store.tip(driver.session), tip);
    await takeBack(driver, 'undo', true);
    const read = (path: string) => readFileSync(join(driver.project, path), 'utf8');
    assert.is(read('a.txt'), 'two, and by hand\n');
    assert.is(read('new.txt'), 'new\n');
    await takeBack(driver, 'redo');
    assert.is(read('a.txt'), 'again\n', 'what undo was told to take was saved');
  }),
);

restore('is undone without taking along what came into a directory that was empty before', () =>
  withSession(async (driver) => {
    driver.write('deep/a.txt', 'one\n');
    await driver.prompt('go');
    await driver.turn('gone');
    driver.remove('deep/a.txt');
    driver.write('by-hand.txt', 'by hand\n');
    await restoreTo(driver, '@1', { conversation: false });
    driver.write('deep/since.txt', 'since\n');
    await takeBack(driver, 'undo');
    const present = filesOf(driver);
    assert.match(present['deep/since.txt'] ?? '', 'since');
    assert.match(present['by-hand.txt'] ?? '', 'by hand');
    assert.not.ok('deep/a.txt' in present);
  }),
);

restore('is redone without the directory that somebody has emptied since', () =>
  withSession(async (driver) => {
    await driver.prompt('go');
    await driver.turn('gone');
    driver.write('left/a.txt', 'one\n');
    driver.write('whole/b.txt', 'two\n');
    await restoreTo(driver, '@1', { conversation: false });
    await takeBack(driver, 'undo');
    driver.remove('left/a.txt');
    await takeBack(driver, 'redo', true);
    assert.equal(filesOf(driver), { left: 'directory 755' });
  }),
);

restore('is undone only if what stands where a file has to come back may go', () =>
  withSession(async (driver) => {
    await driver.prompt('go');
    await driver.turn('gone');
    driver.write('name', 'a file\n');
    await restoreTo(driver, '@1', { conversation: false });
    driver.write('name/since.txt', 'since\n');
    const error = await errorOf(takeBack(driver, 'undo'));
    assert.is(error.code, 'tree-changed');
    assert.equal(error.data['blocked'], ['name/since.txt']);
    await takeBack(driver, 'undo', true);
    assert.equal(filesOf(driver), { name: 'file 644 "a file\\n"' });
    await takeBack(driver, 'redo');
    assert.ok('name/since.txt' in filesOf(driver));
  }),
);

restore('is undone over what has an odd name as well, where that is told to go', () =>
  withSession(async (driver) => {
    await driver.prompt('go');
    await driver.turn('gone');
    driver.write('name', 'a file\n');
    await restoreTo(driver, '@1', { conversation: false });
    driver.write('name/git~1', 'since\n');
    assert.is((await errorOf(takeBack(driver, 'undo'))).code, 'tree-changed');
    await takeBack(driver, 'undo', true);
    assert.equal(Object.keys(filesOf(driver)), ['name']);
  }),
);

restore('is undone around a file that was put since where a directory had come back', () =>
  withSession(async (driver) => {
    const places = ['plain', 'git~1', 'around'];
    for (const place of ['plain/a', 'git~1/a', 'around/git~1']) driver.write(place, 'first\n');
    await driver.prompt('go');
    await driver.turn('gone');
    for (const place of places) driver.remove(place);
    await restoreTo(driver, '@1', { conversation: false });
    for (const place of places) {
      driver.remove(place);
      driver.write(place, 'since\n');
    }
    const since = filesOf(driver);
    assert.is((await errorOf(takeBack(driver, 'undo'))).code, 'tree-changed');
    await takeBack(driver, 'undo', true);
    assert.equal(filesOf(driver), since);
  }),
);

restore('is undone around what was put since into a directory where a file had come back', () =>
  withSession(async (driver) => {
    driver.write('name', 'a file\n');
    await driver.prompt('go');
    await driver.turn('gone');
    driver.remove('name');
    driver.write('name/a', 'first\n');
    await restoreTo(driver, '@1', { conversation: false });
    driver.remove('name');
    driver.write('name/since', 'since\n');
    await takeBack(driver, 'undo', true);
    assert.equal(Object.keys(filesOf(driver)), ['name', 'name/a', 'name/since']);
  }),
);

restore('takes only the paths that are named', () =>
  withSession(async (driver) => {
    const [, , third] = await threeTurns(driver);
    await restoreTo(driver, '@1', { conversation: false, within: [rawPath('deep')] });
    const files = filesOf(driver);
    assert.ok('deep/er/b.txt' in files);
    assert.is(files['a.txt'], third?.['a.txt']);
    await takeBack(driver, 'undo');
    assert.equal(filesOf(driver), third);
  }),
);

restore('restores modes and links, and leaves alone what does not differ or is ignored', () =>
  withSession(async (driver) => {
    driver.write('.gitignore', 'build\n');
    driver.write('run.sh', '#!/bin/sh\n');
    driver.write('same.txt', 'same\n');
    chmodSync(join(driver.project, 'run.sh'), 0o755);
    symlinkSync('same.txt', join(driver.project, 'link'));
    await driver.prompt('go');
    await driver.turn('gone');
    const first = filesOf(driver);
    driver.remove('link');
    driver.write('link/file', 'now a directory\n');
    driver.write('build/out', 'ignored\n');
    chmodSync(join(driver.project, 'run.sh'), 0o644);
    await driver.prompt('go on');
    await driver.turn('gone on');
    const { mtimeMs } = statSync(join(driver.project, 'same.txt'));
    await restoreTo(driver, '@1');
    const { build: _, 'build/out': kept, ...others } = filesOf(driver);
    assert.equal(others, first);
    assert.match(kept ?? '', 'ignored');
    assert.is(statSync(join(driver.project, 'same.txt')).mtimeMs, mtimeMs);
  }),
);

restore('refuses a plan that is not the one that was shown', () =>
  withSession(async (driver) => {
    await threeTurns(driver);
    const { store, session, project: root } = driver;
    const checkpoint = checkpointAt(driver, '@1');
    const halves = { files: true, conversation: false };
    const request = { checkpoint, session, root, called: '@1', readerOf, ...halves };
    const shown = previewRestore(store, request);
    assert.equal(
      shown.delete.map(({ path }) => path),
      ['by-hand.txt'],
    );
    driver.write('meanwhile.txt', 'meanwhile\n');
    const error = await errorOf(restoreCheckpoint(store, request, shown));
    assert.is(error.code, 'tree-changed');
    assert.ok('meanwhile.txt' in filesOf(driver));
  }),
);

restore('keeps the present as a checkpoint, and only adds to the history', () =>
  withSession(async (driver) => {
    await threeTurns(driver);
    const before = driver.log().map(({ id }) => id);
    const target = checkpointAt(driver, '@1');
    await restoreTo(driver, '@1');
    const [restored, safety, ...older] = driver.log();
    assert.equal(
      older.map(({ id }) => id),
      before,
    );
    assert.is(restored?.kind, 'restore');
    assert.is(restored?.parents[1], target.id);
    assert.is(safety?.subject, 'before restore @1');
    const [store] = [driver.store.repository.directory];
    const kept = git(store, ['cat-file', 'blob', `${safety?.id}:files/by-hand.txt`]).toString();
    assert.is(kept, 'by hand\n');
    // A turn is named by what the agent did in it, not by what people did after.
    assert.is(checkpointAt(driver, '@3').kind, 'turn');
    await driver.prompt('on');
    assert.is(driver.log()[0]?.turn, 4, 'a turn number is never given twice');
  }),
);

restore('and a look keep the present also where only a file with an odd name changed', () =>
  withSession(async (driver) => {
    driver.write('git~1', 'one\n');
    await driver.prompt('go');
    await driver.turn('gone');
    await driver.event({ subject: 'the rest' });
    driver.write('git~1', 'two\n');
    assert.ok(await driver.event({ subject: 'a look' }));
    driver.write('git~1', 'three\n');
    await restoreTo(driver, '@1', { conversation: false });
    assert.match(filesOf(driver)['git~1'] ?? '', 'one');
    assert.is(driver.log()[1]?.subject, 'before restore @1');
    await restoreTo(driver, '~1', { conversation: false });
    assert.match(filesOf(driver)['git~1'] ?? '', 'three');
  }),
);

restore(
  'of a turn that was cut off takes what the agent did last, not what was kept for safety',
  () =>
    withSession(async (driver) => {
      await driver.prompt('begin');
      const call = await driver.tool('Bash', { command: 'x' }, () => driver.write('x', 'x'));
      const done = driver.log()[0]?.id;
      assert.is.not(call, done);
      driver.write('by-hand.txt', 'by hand\n');
      await restoreTo(driver, done ?? '');
      assert.is(checkpointAt(driver, '@1').id, done);
    }),
);

restore('survives the removal of everything no ref holds', () =>
  withSession(async (driver) => {
    const [first, , third] = await threeTurns(driver);
    await restoreTo(driver, '@1');
    git(driver.store.repository.directory, ['gc', '--quiet', '--prune=now']);
    await takeBack(driver, 'undo');
    assert.equal(filesOf(driver), third);
    git(driver.store.repository.directory, ['gc', '--quiet', '--prune=now']);
    await takeBack(driver, 'redo');
    assert.equal(filesOf(driver), first);
  }),
);

restore.run();
