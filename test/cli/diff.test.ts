import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { createTag } from '../../src/session/tag.ts';
import { git } from '../support/git-oracle.ts';
import { commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

/** Turn 1 edits, a hand edit follows, turn 2 adds, deletes and fills an empty directory. */
async function twoTurns(directory: string): Promise<SessionDriver> {
  const driver = await startSession(directory);
  driver.write('src/a.txt', 'one\ntwo\nthree\n');
  driver.write('old.bin', Buffer.from([0, 1, 2]));
  mkdirSync(join(driver.project, 'empty'));
  await driver.prompt('change a');
  await driver.tool('Edit', {}, () => driver.write('src/a.txt', 'one\nzwei\nthree\n'));
  await driver.turn('changed');
  driver.write('hand.txt', 'by hand\n');
  await driver.prompt('and more');
  await driver.tool('Bash', {}, () => {
    driver.remove('old.bin');
    driver.write('empty/f', 'no end of line');
  });
  await driver.turn('done');
  return driver;
}

type Entry = Readonly<Record<string, unknown>>;
const diff = suite('gsess diff');

diff('compares turns, moments, two of them, and the disk', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await twoTurns(directory);
    const gsess = commandRunner(driver);
    const names = async (...words: string[]) =>
      (await gsess(['diff', '--name-only', ...words])).stdout.split('\n').filter(Boolean);
    assert.equal(await names(), ['empty/f', 'hand.txt', 'old.bin'], 'since the end of turn 1');
    assert.equal(await names('1'), ['empty/f', 'hand.txt', 'old.bin'], 'of a session');
    assert.equal(await names('@2'), ['empty/f', 'old.bin'], 'of the turn alone');
    assert.equal(await names('@1'), ['src/a.txt']);
    assert.equal(await names('@2~2'), [], 'before the tool nothing had changed');
    assert.equal(await names(driver.log()[3]!.id), ['hand.txt'], 'up to the prompt');
    assert.equal(await names(driver.log().at(-1)!.id), ['empty/', 'old.bin', 'src/a.txt']);
    assert.equal(await names('@1', '@2', '--', 'empty', 'old.bin'), ['empty/f', 'old.bin']);
    assert.equal(await names('@2', '@1', '--path', 'hand.txt'), ['hand.txt']);
    assert.equal(await names('--now'), []);
    driver.write('new.txt', 'x');
    assert.equal(await names('--now'), ['new.txt']);
    assert.equal(await names('@1', '--now', '--', '.'), [
      ...['empty/f', 'hand.txt', 'new.txt', 'old.bin'],
    ]);
    assert.is(driver.log().length, 8, 'looking leaves no checkpoint');
    assertStoreIsSound(driver.store);
  }),
);

diff('prints a patch that git applies', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await twoTurns(directory);
    const gsess = commandRunner(driver);
    driver.write('src/a.txt', 'ONE\r\nzwei\nthree');
    const patch = (await gsess(['diff', '--now', '@2'], { raw: true })).bytes;
    const copy = join(directory, 'copy');
    mkdirSync(join(copy, 'src'), { recursive: true });
    writeFileSync(join(copy, 'src', 'a.txt'), 'one\nzwei\nthree\n');
    git(copy, ['apply', '-p1', '-'], { input: patch });
    assert.is(readFileSync(join(copy, 'src', 'a.txt'), 'utf8'), 'ONE\r\nzwei\nthree');
  }),
);

diff('sums up in JSON and as bars, and names what it cannot show', () =>
  withTemporaryDirectory(async (directory) => {
    const gsess = commandRunner(await twoTurns(directory));
    const entries = (await gsess.json(['diff', '@1', '@2'])) as Entry[];
    assert.equal(entries, [
      { path: 'empty/f', status: 'added', content: 'text', added: 1, removed: 0 },
      { path: 'hand.txt', status: 'added', content: 'text', added: 1, removed: 0 },
      { path: 'old.bin', status: 'deleted', content: 'binary', added: 0, removed: 0 },
    ]);
    assert.is(
      (await gsess(['diff', '@1', '@2', '--stat'])).stdout,
      [
        ' empty/f  | 1 +',
        ' hand.txt | 1 +',
        ' old.bin  | binary',
        ' 3 files changed, 2 added, 0 removed\n',
      ].join('\n'),
    );
    assert.is((await gsess(['diff', '@2~2', '--stat'])).stdout, '');
  }),
);

diff('is coloured on a terminal and lets nothing act on it', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('write');
    await driver.tool('Write', {}, () => driver.write('x', 'a\u001b[31m\u0007\n-- not a header\n'));
    await driver.turn('written');
    const { stdout } = await commandRunner(driver)(['diff', '@1'], { terminal: 80 });
    assert.ok(stdout.includes('\u001b[1mdiff --git a/x b/x\u001b[22m\n'));
    assert.ok(stdout.includes('\u001b[32m+a\\x1b[31m\\x07\u001b[39m\n'));
    assert.ok(stdout.includes('\u001b[36m@@ -0,0 +1,2 @@\u001b[39m\n'));
  }),
);

diff('refuses what makes no sense, and says why', () =>
  withTemporaryDirectory(async (directory) => {
    const settings = { ...DEFAULT_SETTINGS, snapshots: false };
    const driver = await startSession(directory, { surroundings: { settings } });
    const gsess = commandRunner(driver);
    assert.is((await gsess(['diff'])).status, 3, 'no store');
    await driver.event({ kind: 'turn', subject: 'before any prompt' });
    assert.is((await gsess(['diff'])).status, 3, 'no turn');
    await driver.prompt('x');
    const bare = await gsess(['diff', '--now']);
    assert.is(bare.status, 2);
    assert.match(bare.stderr, /holds no files/);
    assert.is((await gsess(['diff', 'a', 'b', '--now'])).status, 2);
    assert.is((await gsess(['diff', '--stat', '--name-only'])).status, 2);
  }),
);

diff('refuses paths that are not below the root', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await twoTurns(directory);
    const gsess = commandRunner(driver);
    const outcome = await gsess(['diff', '--path', '../home']);
    assert.is(outcome.status, 2);
    assert.match(outcome.stderr, /'\.\.\/home' is not below/);
    const below = { cwd: join(driver.project, 'src') };
    assert.is((await gsess(['diff', '@1', '--stat', '--', 'a.txt'], below)).status, 0);
    assert.match((await gsess(['diff', '@1', '--', 'a.txt'], below)).stdout, /^\+zwei$/m);
  }),
);

diff('reads a tag that ends like a turn as the tag', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await twoTurns(directory);
    const gsess = commandRunner(driver);
    const moment = driver.log()[3]!;
    await createTag(driver.store, {
      name: 'before',
      checkpoint: moment.id,
      session: driver.session,
      root: driver.project,
    });
    assert.is((await gsess(['diff', 'before', '--name-only'])).stdout, 'hand.txt\n');
  }),
);

diff.run();
