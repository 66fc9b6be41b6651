import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { createTag } from '../../src/session/tag.ts';
import { commandRunner } from '../support/run-command.ts';
import { FIRST_NATIVE_ID, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

async function oneTurn(directory: string): Promise<SessionDriver> {
  const driver = await startSession(directory);
  driver.write('.env', 'SECRET=1');
  driver.write('.gitignore', 'dist/\n');
  driver.write('dist/out', '1');
  driver.write('a.txt', 'one\n');
  await driver.prompt('change a\nplease');
  await driver.tool('Edit', { file_path: 'a.txt', note: '\u001b[2J' }, () =>
    driver.write('a.txt', 'two\n'),
  );
  await driver.turn('changed');
  return driver;
}

const show = suite('gsess show');

show('tells the facts of a session', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await oneTurn(directory);
    const gsess = commandRunner(driver);
    await createTag(driver.store, {
      name: 'here',
      checkpoint: driver.log()[0]!.id,
      session: driver.session,
      root: driver.project,
    });
    const prUrl = 'https://git.example/o/r/pull/12';
    driver.append({ type: 'pr-link', prNumber: 12, prUrl, prRepository: 'o/r' });
    await driver.event({ subject: 'end', final: true });
    const value = (await gsess.json(['show'])) as Record<string, unknown>;
    assert.equal(value['pullRequests'], [{ number: 12, url: prUrl }]);
    assert.equal(value['files'], { added: [], modified: ['a.txt'], deleted: [] });
    assert.is(value['id'], FIRST_NATIVE_ID);
    assert.is(value['turns'], 1);
    assert.is(value['checkpoints'], 5);
    assert.is(value['tip'], driver.log()[0]!.id);
    assert.is(value['activeNativeId'], FIRST_NATIVE_ID);
    assert.is(value['forkedFrom'], null);
    assert.equal(
      (value['tags'] as { name: string }[]).map(({ name }) => name),
      ['here'],
    );
    assert.equal(value['skipped'], {
      reasons: { secret: 1, ignored: 1 },
      listed: [
        { path: '.env', reason: 'secret' },
        { path: 'dist', reason: 'ignored' },
      ],
      more: 0,
    });
    const { stdout } = await gsess(['show', '1']);
    assert.match(stdout, /^title +change a please$/m);
    assert.match(stdout, /^tags +here$/m);
    assert.match(stdout, /^pull requests +https:\/\/git\.example\/o\/r\/pull\/12$/m);
    assert.match(stdout, /^Files changed:\n {2}~ a\.txt$/m);
    assert.match(stdout, /^Left out: 1 secret, 1 ignored\n {2}\.env \(secret\)$/m);
    assert.not.match(stdout, /^forked from/m);
  }),
);

show('tells the facts of a moment: its files and the call that was about to run', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await oneTurn(directory);
    const gsess = commandRunner(driver);
    const [, after, before] = driver.log();
    const value = (await gsess.json(['show', before!.id])) as Record<string, unknown>;
    assert.is(value['kind'], 'tool');
    assert.is(value['coverage'], 'whole');
    assert.is(value['session'], driver.session);
    assert.equal((value['call'] as { input: unknown }).input, {
      file_path: 'a.txt',
      note: '\u001b[2J',
    });
    const { stdout } = await gsess(['show', before!.id.slice(0, 12)]);
    assert.match(stdout, /^About to run Edit:\n {2}\{\n {4}"file_path": "a\.txt",$/m);
    assert.ok(!stdout.includes('\u001b'));
    assert.match((await gsess(['show', after!.id])).stdout, /^Files changed:\n {2}~ a\.txt$/m);
  }),
);

show('prints what was said, up to a moment or to the end', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await oneTurn(directory);
    const gsess = commandRunner(driver);
    await driver.prompt('more');
    const said = async (...words: string[]) => {
      const { stdout } = await gsess(['show', '--conversation', ...words]);
      return stdout.slice(stdout.search(/^> /m)).trimEnd();
    };
    const first = '> change a\n> please\n\n  Edit a.txt\n\nchanged';
    assert.is(await said('@1'), first);
    assert.is(await said(), `${first}\n\n> more`, 'the prompt came after the last event');
    assert.is(await said(driver.log().at(-3)!.id), '> change a\n> please\n\n  Edit a.txt');
    const { conversation } = (await gsess.json(['show', '@1', '--conversation'])) as {
      conversation: { turns: unknown[]; messages: unknown[] };
    };
    assert.is(conversation.turns.length, 1);
    assert.is(conversation.messages.length, 4);
    const nothing = await gsess(['show', driver.log().at(-1)!.id, '--conversation']);
    assert.is(nothing.status, 0);
    assert.not.match(nothing.stdout, /^>/m);
  }),
);

show('tells where a fork comes from, and of a conversation that waits to be taken up', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await oneTurn(directory);
    const gsess = commandRunner(driver);
    await gsess.json(['fork', '@1', '--name', 'other']);
    const value = (await gsess.json(['show', 'other'])) as Record<string, unknown>;
    assert.is((value['forkedFrom'] as { session: string }).session, driver.session);
    const { stdout } = await gsess(['show', 'other', '--conversation']);
    assert.match(stdout, /^forked from +1{8}-.* at [0-9a-f]{10}$/m);
    assert.match(stdout, /^native ids +.* \(waits to be taken up\)$/m);
    assert.match(stdout, /^> change a$/m);
    assert.equal((await gsess(['export', 'other'])).status, 0);
  }),
);

show(
  'tells a turn that ended beside a conversation that waits from the session, and so do the others',
  () =>
    withTemporaryDirectory(async (directory) => {
      const driver = await oneTurn(directory);
      const gsess = commandRunner(driver);
      await driver.prompt('go on');
      await gsess(['restore', '@1', '--conversation', '--yes']);
      await driver.turn('gone on');
      const said = async (...words: string[]) => {
        const { stdout } = await gsess(['show', ...words, '--conversation']);
        return /^> go on$/m.test(stdout);
      };
      const [session, turn] = [FIRST_NATIVE_ID, `${FIRST_NATIVE_ID}@2`];
      assert.equal([await said(turn), await said(session), await said()], [true, false, false]);
      await gsess(['fork', '--name', 'of the session']);
      await gsess(['fork', turn, '--name', 'of the turn']);
      await gsess(['fork', session, '--name', 'of the session too']);
      assert.is(await said('of the turn'), true);
      assert.is(await said('of the session'), false);
      assert.is(await said('of the session too'), false);
      assert.match((await gsess(['restore', session, '--conversation'])).stdout, 'Nothing');
      assert.match((await gsess(['resume', turn, '--print'])).stderr, 'went back');
      assert.is(await said(session), true);
    }),
);

show('says that a reference names nothing', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await oneTurn(directory);
    assert.is((await commandRunner(driver)(['show', 'nothing'])).status, 3);
  }),
);

show('says why a moment holds no files', () =>
  withTemporaryDirectory(async (directory) => {
    const settings = { ...DEFAULT_SETTINGS, snapshots: false };
    const driver = await startSession(directory, { surroundings: { settings } });
    await driver.prompt('x');
    const { stdout } = await commandRunner(driver)(['show', '@1']);
    assert.match(stdout, /^files +none, the conversation alone$/m);
    assert.match(stdout, /^No files were captured: snapshots are off$/m);
  }),
);

const current = suite('gsess current');

current('prints the id of the session that is meant, and 3 for none', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    const gsess = commandRunner(driver);
    assert.is((await gsess(['current'])).status, 3);
    await driver.prompt('x');
    const second = await startSession(directory, {
      nativeId: '22222222-2222-4222-8222-222222222222',
      surroundings: driver.surroundings,
    });
    await second.prompt('y');
    assert.is((await gsess(['current'])).stdout, `${second.session}\n`);
    assert.is((await gsess(['current', '--session', '2'])).stdout, `${driver.session}\n`);
    const environment = { CLAUDE_CODE_SESSION_ID: driver.nativeId };
    assert.equal(await gsess.json(['current'], { environment }), {
      id: driver.session,
      name: null,
      title: 'x',
      agent: 'claude',
      nativeId: driver.nativeId,
      root: driver.project,
      live: false,
      resume: `gsess resume ${driver.session}`,
    });
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere);
    assert.is((await gsess(['current'], { cwd: elsewhere })).status, 3);
  }),
);

show.run();
current.run();
