// The verbs that change a session as they are used: what they print, what they refuse, and with which status. What they do is tested in
// test/session.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { manifestOf } from '../support/disk-manifest.ts';
import { processes } from '../support/process-table.ts';
import { type GsessOptions, type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import { onlyStoreOf } from '../support/user-store.ts';

const verbs = suite('the verbs that change something');
const ID = '11111111-1111-4111-8111-111111111111';
const OTHER = '22222222-2222-4222-8222-222222222222';

type Json = Record<string, unknown>;

/** Two turns of an agent that has ended, and a change by hand after them. */
async function twoTurns(user: SealedUser): Promise<SessionDriver> {
  const driver = await startSession(user.directory, { nativeId: ID });
  await driver.prompt('begin');
  await driver.tool('Bash', { command: 'make' }, () => {
    driver.write('src/a.txt', 'one\n');
    driver.write('b.txt', 'one\n');
  });
  await driver.turn('begin: done');
  await driver.prompt('change');
  await driver.tool('Bash', { command: 'make' }, () => driver.write('src/a.txt', 'two\n'));
  await driver.turn('change: done');
  await driver.event({ subject: 'end of the session', final: true });
  driver.write('by hand.txt', 'by hand\n');
  return driver;
}

async function withEndedSession(
  use: (user: SealedUser, driver: SessionDriver) => Promise<void> | void,
): Promise<void> {
  await withSealedUser(async (user) => {
    await use(user, await twoTurns(user));
    assertStoreIsTidy(onlyStoreOf(user));
  });
}

const errorOf = (user: SealedUser, args: readonly string[], options?: GsessOptions) => {
  const { status, stdout } = user.run([...args, '--json'], options);
  const { error } = JSON.parse(stdout) as { error: { code: string; data?: Json } };
  return { status, ...error };
};

verbs('restore shows its plan, wants a yes, and says how to go on', () =>
  withEndedSession((user) => {
    const before = manifestOf(user.project);
    assert.equal(user.json(['restore', '@1', '--dry-run']), {
      create: [],
      write: ['src/a.txt'],
      delete: ['by hand.txt'],
      blocked: [],
    });
    const dry = user.run(['restore', '@1', '--dry-run']);
    assert.match(dry.stdout, /~ src\/a\.txt\n.*- by hand\.txt\nConversation: goes back/);
    const refused = user.run(['restore', '@1']);
    assert.is(refused.status, 2);
    assert.match(refused.stderr, 'src/a.txt');
    assert.match(refused.stderr, 'Pass --yes');
    assert.is(errorOf(user, ['restore', '@1']).code, 'confirmation-needed');
    assert.equal(manifestOf(user.project), before);
    const done = user.run(['restore', '@1', '--yes']);
    assert.is(done.status, 0);
    assert.match(done.stderr, 'Session 11111111: change');
    assert.match(done.stdout, /gsess resume 11111111 .*\ngsess undo /);
    const undone = user.json(['undo']) as Json;
    assert.is(undone['summary'], 'restore @1');
    assert.equal(undone['created'], ['by hand.txt']);
    assert.equal(undone['written'], ['src/a.txt']);
    assert.equal(manifestOf(user.project), before);
  }),
);

verbs('restore does nothing where nothing differs, and needs no yes for that', () =>
  withEndedSession((user) => {
    user.json(['restore', '@2', '--yes']);
    const again = user.json(['restore', '@2']) as Json;
    assert.is(again['checkpoint'], null);
    assert.match(user.run(['restore', '@2', '--path', 'src']).stdout, 'Nothing to change');
  }),
);

verbs('restore takes paths as they are seen from the working directory', () =>
  withEndedSession((user) => {
    const options = { cwd: join(user.project, 'src') };
    const plan = (...paths: string[]) => {
      const flags = paths.flatMap((path) => ['--path', path]);
      return user.json(['restore', '@1', '--dry-run', ...flags], options) as Json;
    };
    assert.equal(plan('a.txt')['write'], ['src/a.txt']);
    assert.equal(plan('.')['delete'], []);
    assert.equal(plan('../by hand.txt', 'a.txt')['delete'], ['by hand.txt']);
    assert.is(errorOf(user, ['restore', '@1', '--path', '../..'], options).code, 'usage');
    const done = user.json(['restore', '@1', '--path', 'a.txt', '--yes'], options) as Json;
    assert.is(done['nativeId'], null, 'the conversation stays');
  }),
);

verbs('restore without a checkpoint lists the turns', () =>
  withEndedSession((user) => {
    const { status, stderr, stdout } = user.run(['restore']);
    assert.is(status, 2);
    assert.is(stdout, '');
    assert.match(stderr, /@2 .*change.*\n@1 .*begin/);
    const { code, data } = errorOf(user, ['restore']);
    assert.is(code, 'usage');
    assert.equal(
      (data as { turns: Json[] }).turns.map(({ turn }) => turn),
      [2, 1],
    );
  }),
);

verbs('restore writes elsewhere only if it is told to', () =>
  withEndedSession((user) => {
    const beside = join(user.directory, 'beside');
    const forked = user.json(['fork', '@2', '--name', 'beside', '--worktree', beside]) as Json;
    assert.is(forked['root'], beside);
    const { status, code } = errorOf(user, ['restore', 'beside', '--yes']);
    assert.equal([status, code], [2, 'guard']);
    const options = { cwd: join(beside, 'src') };
    const [inside] = user.json(['list'], options) as Json[];
    assert.is(inside?.['root'], beside);
    user.json(['restore', `${ID}@1`, '--files', '--root', '.', '--yes'], { cwd: beside });
    assert.is(readFileSync(join(beside, 'src/a.txt'), 'utf8'), 'one\n');
    assert.is(readFileSync(join(user.project, 'src/a.txt'), 'utf8'), 'two\n');
    user.json(['undo', '--root', beside]);
    assert.is(readFileSync(join(beside, 'src/a.txt'), 'utf8'), 'two\n');
    assert.is(errorOf(user, ['undo', '--root', join(user.directory, 'nowhere')]).status, 3);
  }),
);

verbs(
  'restore goes ahead with the files while the agent runs, and says what becomes of the rest',
  () =>
    withEndedSession((user, driver) => {
      driver.store.leases.hold(driver.session, processes.self);
      const { status, stderr } = user.run(['restore', '@1', '--yes']);
      assert.is(status, 0);
      assert.match(stderr, 'the agent of this session is running');
      assert.is(readFileSync(join(user.project, 'src/a.txt'), 'utf8'), 'one\n');
      const { status: refused, code } = errorOf(user, ['resume', ID]);
      assert.equal([refused, code], [4, 'live']);
      assert.is(errorOf(user, ['resume', '@1']).code, 'live');
      assert.is(errorOf(user, ['delete', ID, '--yes']).code, 'live');
      assert.is(errorOf(user, ['continue']).code, 'not-found');
    }),
);

verbs('undo refuses what was changed since, with status 5, and names it', () =>
  withEndedSession((user) => {
    user.json(['restore', '@1', '--yes']);
    writeFileSync(join(user.project, 'src/a.txt'), 'changed since\n');
    const before = manifestOf(user.project);
    const { status, code, data } = errorOf(user, ['undo']);
    assert.equal([status, code], [5, 'tree-changed']);
    assert.equal(data?.['blocked'], ['src/a.txt']);
    assert.match(user.run(['undo']).stderr, "'src/a.txt'");
    assert.equal(manifestOf(user.project), before);
    assert.is(user.run(['undo', '--yes']).status, 0);
    assert.is(readFileSync(join(user.project, 'src/a.txt'), 'utf8'), 'two\n');
    assert.match(user.run(['redo']).stdout, 'Done again');
    assert.equal(manifestOf(user.project), before);
    assert.equal([errorOf(user, ['redo']).code, user.run(['redo']).status], ['not-found', 3]);
  }),
);

verbs('tag gives, lists, moves and removes names', () =>
  withEndedSession((user) => {
    assert.match(user.run(['tag']).stderr, 'No tags');
    const given = user.json(['tag', 'gut so', '@1']) as Json;
    assert.is(given['name'], 'gut so');
    assert.is(given['turn'], 1);
    assert.equal(user.json(['tag', '--list']), [given]);
    assert.match(user.run(['tag']).stdout, /gut so +1 .*change/);
    assert.equal(
      [errorOf(user, ['tag', 'gut so']).code, user.run(['tag', 'gut so']).status],
      ['confirmation-needed', 2],
    );
    assert.is((user.json(['tag', 'gut so', '@2', '--force']) as Json)['turn'], 2);
    assert.match(user.run(['tag', 'newest']).stdout, "'newest' is");
    assert.is(errorOf(user, ['tag', '--delete', 'newest']).code, 'confirmation-needed');
    assert.match(user.run(['tag', '--delete', 'newest', '--force']).stdout, 'undo');
    assert.is((user.json(['tag', '--delete', 'gut so', '--force']) as Json)['turn'], 2);
    assert.is(errorOf(user, ['tag', '--delete', 'gut so']).status, 3);
    assert.is(errorOf(user, ['tag', '--list', '--delete', 'x']).code, 'usage');
    assert.is(errorOf(user, ['tag', 'x', '--list']).code, 'usage');
  }),
);

verbs('resume and continue print the command that takes a session up', () =>
  withEndedSession((user) => {
    const line = `cd ${user.project} && claude --resume ${ID}\n`;
    assert.equal(user.run(['continue', '--print']).stdout, line);
    assert.equal(user.run(['continue']).stdout, line);
    assert.equal(user.run(['resume']).stdout, line);
    assert.equal(user.run(['resume', '1']).stdout, line);
    assert.equal(user.run(['continue', '--session', ID]).stdout, line);
    const { state, ...told } = user.json(['resume', ID]) as Json;
    assert.ok(state);
    assert.equal(told, {
      session: ID,
      nativeId: ID,
      cwd: user.project,
      elsewhere: false,
      before: [],
      command: ['claude', '--resume', ID],
      line: line.trim(),
      written: null,
      call: null,
      capped: null,
      from: null,
      left: [],
    });
    assert.is(errorOf(user, ['resume', 'nobody']).status, 3);
  }),
);

verbs(
  'resume at an earlier moment takes the conversation back, at a call, a turn or a message',
  () =>
    withEndedSession((user, driver) => {
      const files = manifestOf(user.project);
      const resumed = (...args: string[]) => user.json(['resume', ...args]) as Json;
      const first = resumed('@1');
      assert.is(first['session'], ID);
      assert.is.not(first['nativeId'], ID);
      const text = readFileSync(String(first['written']), 'utf8');
      assert.match(text, 'begin: done');
      assert.not.match(text, 'change');
      assert.is(resumed(ID)['nativeId'], first['nativeId'], 'it waits there');
      user.json(['undo']);
      assert.is(resumed(ID)['nativeId'], ID);
      assert.is(
        readFileSync(String(resumed(ID, '--at', '@1')['written']), 'utf8').includes('change'),
        false,
      );
      user.json(['undo']);
      const log = user.json(['log']) as Json[];
      const call = log.find(({ tool, turn }) => tool === 'Bash' && turn === 2);
      const atCall = resumed(ID, '--at', String(call?.['id']));
      assert.equal((atCall['call'] as Json)['name'], 'Bash');
      const shown = user.run(['resume', ID]);
      assert.match(shown.stderr, 'Bash {"command":"make"}');
      user.json(['undo']);
      const own = readFileSync(driver.transcriptPath, 'utf8').trim().split('\n');
      const said = own
        .map((record) => JSON.parse(record) as Json)
        .find((record) => JSON.stringify(record).includes('begin: done'));
      const atMessage = resumed(ID, '--at', String(said?.['uuid']));
      assert.match(readFileSync(String(atMessage['written']), 'utf8'), 'begin: done');
      assert.equal(manifestOf(user.project), files);
    }),
);

verbs('resume of a tag of another session forks that session', () =>
  withEndedSession(async (user, driver) => {
    user.json(['tag', 'good', '@1']);
    const now = () => driver.surroundings.now() + 3_600_000;
    const other = await startSession(user.directory, { nativeId: OTHER, surroundings: { now } });
    await other.prompt('elsewhere');
    await other.turn('done');
    const { session, nativeId } = user.json(['resume', 'good']) as Json;
    const sessions = user.json(['list']) as Json[];
    assert.is(sessions.length, 3);
    assert.ok(session !== ID && session !== OTHER);
    assert.ok(sessions.some(({ id }) => id === session));
    const written = driver.transcriptPath.replace(ID, String(nativeId));
    assert.match(readFileSync(written, 'utf8'), 'begin: done');
    assert.is(errorOf(user, ['resume', OTHER, '--at', `${ID}@1`]).code, 'guard');
  }),
);

verbs('rename, fork and delete say what they did and can be undone', () =>
  withEndedSession((user) => {
    assert.equal(user.json(['rename', 'flags']), { id: ID, name: 'flags' });
    assert.match(user.run(['rename', 'flags', 'other flags']).stdout, "'other flags'");
    assert.is(errorOf(user, ['rename']).code, 'usage');
    const forked = user.json(['fork', '@1', '--name', 'a fork']) as Json;
    assert.is(forked['name'], 'a fork');
    assert.is(forked['files'], null);
    assert.match(user.run(['fork', 'other flags@1']).stdout, /gsess resume [0-9a-f-]{18} /);
    user.json(['undo']);
    assert.is(errorOf(user, ['delete', 'a fork']).code, 'confirmation-needed');
    assert.match(user.run(['delete', 'a fork', '--yes']).stdout, 'undo');
    assert.is((user.json(['list']) as Json[]).length, 1);
    user.json(['undo']);
    assert.is((user.json(['list']) as Json[]).length, 2);
    assert.is(errorOf(user, ['delete', 'nobody', '--yes']).status, 3);
  }),
);

verbs('a session that said nothing is restored for its files, an imported one for its words', () =>
  withEndedSession((user, driver) => {
    const copy = join(user.directory, 'copy.jsonl');
    const text = readFileSync(driver.transcriptPath, 'utf8').replaceAll(ID, OTHER);
    writeFileSync(copy, text);
    user.json(['import', 'claude', copy]);
    const { status, stderr } = user.run(['restore', OTHER, '--dry-run']);
    assert.is(status, 0);
    assert.match(stderr, 'It holds no files');
    assert.is(errorOf(user, ['restore', OTHER, '--files', '--yes']).code, 'guard');
    assert.is(
      errorOf(user, ['fork', OTHER, '--worktree', join(user.directory, 'w')]).code,
      'guard',
    );
    assert.not.ok(existsSync(join(user.directory, 'w')));
  }),
);

verbs.run();
