import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { createTag } from '../../src/session/tag.ts';
import { commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

interface Moment {
  readonly id: string;
  readonly kind: string;
  readonly turn: number;
  readonly subject: string;
  readonly at: string;
  readonly tool: string | null;
  readonly files: {
    readonly added: unknown[];
    readonly modified: unknown[];
    readonly deleted: unknown[];
  };
}

/** Two turns; between them a file is made by hand. */
async function twoTurns(directory: string): Promise<SessionDriver> {
  const driver = await startSession(directory);
  driver.write('a.txt', 'one\n');
  await driver.prompt('change a');
  await driver.tool('Edit', { file_path: 'a.txt' }, () => driver.write('a.txt', 'two\n'));
  await driver.turn('changed');
  driver.write('hand.txt', 'by hand');
  await driver.prompt('remove it');
  await driver.tool('Bash', { command: 'rm hand.txt' }, () => driver.remove('hand.txt'));
  await driver.turn('removed');
  return driver;
}

const log = suite('gsess log');

log('tells each moment with the files it changed, newest first', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await twoTurns(directory);
    const gsess = commandRunner(driver);
    const moments = (await gsess.json(['log'])) as Moment[];
    assert.equal(
      moments.map(({ kind, turn, subject, tool }) => [kind, turn, subject, tool]),
      [
        ['turn', 2, 'turn 2: removed', null],
        ['manual', 2, 'after Bash', null],
        ['tool', 2, 'before Bash', 'Bash'],
        ['prompt', 2, 'prompt 2: remove it', null],
        ['turn', 1, 'turn 1: changed', null],
        ['manual', 1, 'after Edit', null],
        ['tool', 1, 'before Edit', 'Edit'],
        ['prompt', 1, 'prompt 1: change a', null],
      ],
    );
    const none = { added: [], modified: [], deleted: [] };
    assert.equal(
      moments.map(({ files }) => files),
      [
        none,
        { ...none, deleted: ['hand.txt'] },
        none,
        { ...none, added: ['hand.txt'] },
        none,
        { ...none, modified: ['a.txt'] },
        none,
        { ...none, added: ['a.txt'] },
      ],
    );
    assert.equal(moments[0]?.id, driver.log()[0]?.id);
    assert.match(moments[0]?.at ?? '', /^2025-01-02T03:0\d:\d\d\.000Z$/);
    assert.equal(Object.keys(moments[0] ?? {}), [
      ...['id', 'kind', 'turn', 'subject', 'at', 'tool', 'files'],
    ]);
    assertStoreIsSound(driver.store);
  }),
);

log('takes a turn, a number, and a moment to begin at', () =>
  withTemporaryDirectory(async (directory) => {
    const gsess = commandRunner(await twoTurns(directory));
    const subjects = async (...words: string[]) =>
      ((await gsess.json(['log', ...words])) as Moment[]).map(({ subject }) => subject);
    assert.equal(await subjects('--turn', '1', '-n', '2'), ['turn 1: changed', 'after Edit']);
    assert.equal(await subjects('@1', '-n', '1'), ['turn 1: changed']);
    assert.equal(await subjects('--turn', '7'), []);
    assert.equal((await gsess(['log', '--turn', '7'])).stdout, '');
    assert.is((await gsess(['log', 'nothing-of-the-kind'])).status, 3);
  }),
);

log('prints a line a moment, with counts, tags, and no news of the first', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await twoTurns(directory);
    const [, , , , end] = driver.log();
    await createTag(driver.store, {
      name: 'good',
      checkpoint: end!.id,
      session: driver.session,
      root: driver.project,
    });
    const lines = (await commandRunner(driver)(['log'])).stdout.split('\n');
    assert.match(lines[0] ?? '', /^ID +TURN +KIND +SUBJECT +FILES +WHEN +TAGS$/);
    assert.match(lines[2] ?? '', /^[0-9a-f]{8} +2 +manual +after Bash +-1 /);
    assert.match(lines[5] ?? '', /^[0-9a-f]{8} +1 +turn +changed +\d+ \w+ ago +good$/);
    assert.match(lines[6] ?? '', / after Edit +~1 /);
    assert.match(lines[8] ?? '', / prompt +change a +\d+ \w+ ago$/);
  }),
);

log('tells nothing of files where a moment holds none', () =>
  withTemporaryDirectory(async (directory) => {
    const settings = { ...DEFAULT_SETTINGS, snapshots: false };
    const driver = await startSession(directory, { surroundings: { settings } });
    driver.write('a.txt', 'one\n');
    await driver.prompt('change a');
    await driver.turn('no');
    const moments = (await commandRunner(driver).json(['log'])) as Moment[];
    const none = { added: [], modified: [], deleted: [] };
    assert.equal(
      moments.map(({ files }) => files),
      [none, none],
    );
  }),
);

log(
  'lists files, never the directories around them, and names that are not UTF-8 by their bytes',
  () =>
    withTemporaryDirectory(async (directory) => {
      const driver = await startSession(directory);
      mkdirSync(join(driver.project, 'empty'));
      await driver.prompt('fill it');
      const odd = Buffer.concat([
        Buffer.from(`${driver.project}/empty/`),
        Buffer.from([0xff, 0x61]),
      ]);
      await driver.tool('Bash', { command: 'make' }, () => {
        driver.write('empty/f', '1');
        driver.write('.git', 'not a repository');
        driver.write('git~1', 'a look-alike');
        mkdirSync(join(driver.project, 'other'));
        driver.write('z/.GIT/x', 'another');
        writeFileSync(odd, 'bytes');
      });
      await driver.turn('filled');
      const moments = (await commandRunner(driver).json(['log', '-n', '2'])) as Moment[];
      const { added, modified, deleted } = moments[1]!.files;
      assert.equal(modified, []);
      assert.equal(deleted, []);
      assert.ok(added.includes('empty/f') && added.includes('git~1'), JSON.stringify(added));
      assert.ok(added.some((path) => (path as { base64?: string }).base64 === 'ZW1wdHkv/2E='));
      assert.not(added.includes('empty') || added.includes('other'));
    }),
);

log.run();
