// A restore or undo that deletes many files: what is asked, what answers it, and that nothing changes without the answer.

import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isLargeDeletion } from '../../src/worktree/large-deletion.ts';
import { type CommandRunner, commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { filesOf } from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const large = suite('a large deletion');

/** Turn 1 has one file, turn 2 six more. */
async function withSixNewFiles(
  use: (run: CommandRunner, driver: SessionDriver) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    driver.write('old.txt', 'old\n');
    await driver.prompt('begin');
    await driver.turn('begun');
    for (const name of 'abcdef') driver.write(`${name}.txt`, `${name}\n`);
    await driver.prompt('add');
    await driver.turn('added');
    await use(commandRunner(driver), driver);
    assertStoreIsSound(driver.store);
  });
}

large('UE-12: is one of more than a hundred files, or of more than half of five or more', () => {
  const isLarge = (deleted: number, of: number) => isLargeDeletion({ deleted, of });
  assert.equal([isLarge(4, 4), isLarge(5, 9), isLarge(5, 10)], [false, true, false]);
  assert.equal([isLarge(100, 1000), isLarge(101, 1_000_000)], [false, true]);
});

large('UE-12: is not agreed to by --yes, but by --yes=large, in restore, undo and redo', () =>
  withSixNewFiles(async (run, driver) => {
    const before = filesOf(driver);
    const refused = await run(['restore', '@1', '--yes', '--json']);
    const { error } = JSON.parse(refused.stdout) as {
      error: { code: string; hint: string; data: object };
    };
    assert.equal([refused.status, error.code], [2, 'confirmation-needed']);
    assert.match(error.hint, '--yes=large');
    assert.equal(error.data, { deleted: 6, of: 7 });
    assert.equal(filesOf(driver), before);
    assert.ok(driver.log().every(({ subject }) => !subject.startsWith('before restore')));
    for (const words of [
      ['restore', '@1'],
      ['restore', '@1', '--path', '.', '-y'],
    ]) {
      assert.is((await run(words)).status, 2);
    }
    assert.is((await run(['restore', '@1', '--yes=large'])).status, 0);
    assert.equal(Object.keys(filesOf(driver)), ['old.txt']);
    assert.is((await run(['undo'])).status, 0);
    assert.equal(filesOf(driver), before);
    const redo = await run(['redo', '--yes']);
    assert.is(redo.status, 2);
    assert.match(redo.stderr, /6 of 7 files would be deleted/);
    assert.equal(filesOf(driver), before);
    assert.is((await run(['redo', '--yes=large'])).status, 0);
    assert.equal(Object.keys(filesOf(driver)), ['old.txt']);
  }),
);

large(
  'UE-12: is asked by itself on a terminal, with the number, and no is what is meant by default',
  () =>
    withSixNewFiles(async (run, driver) => {
      const before = filesOf(driver);
      const no = await run(['restore', '@1'], { answers: [true, false] });
      assert.match(
        no.stderr,
        /Go back to '@1'\? \[y\/N\][\s\S]*Delete 6 of the 7 files here\? \[y\/N\]/,
      );
      assert.equal([no.status, filesOf(driver)], [1, before]);
      const onlyOne = await run(['restore', '@1', '--yes'], { answers: [false] });
      assert.match(onlyOne.stderr, 'Nothing was done.');
      assert.equal([onlyOne.status, filesOf(driver)], [1, before]);
      assert.is((await run(['restore', '@1'], { answers: [true, true] })).status, 0);
      assert.is((await run(['undo'], { answers: [] })).status, 0);
      assert.is((await run(['redo'], { answers: [false] })).status, 1);
      assert.equal(filesOf(driver), before);
      assert.is((await run(['redo'], { answers: [true] })).status, 0);
      assert.equal(Object.keys(filesOf(driver)), ['old.txt']);
    }),
);

large('UE-12: of part of the files is not asked about where few of them go', () =>
  withSixNewFiles(async (run, driver) => {
    const words = ['restore', '@1', '--yes', '--path', 'a.txt', '--path', 'b.txt'];
    assert.is((await run(words)).status, 0);
    assert.not.ok('a.txt' in filesOf(driver));
    assert.ok('c.txt' in filesOf(driver));
  }),
);

large.run();
