// The slash commands as they are typed, through `gsess slash`: what each says, and that one that is refused has changed nothing.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { manifestOf } from '../support/disk-manifest.ts';
import { processes } from '../support/process-table.ts';
import { type CommandRunner, commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

type Json = Record<string, unknown>;

interface Scene {
  readonly driver: SessionDriver;
  readonly gsess: CommandRunner;
  /** What a line that succeeds comes to, as data. */
  said(line: string): Promise<Json>;
  /** The error and the exit status of a line that does not, after which all is as it was. */
  refused(line: string): Promise<Json & { readonly status: number }>;
}

const slash = suite('slash commands');

/** Two turns, the first with a call that wrote a file. */
async function withTwoTurns(use: (scene: Scene) => Promise<void>, settings = {}): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory, { surroundings: settings });
    await driver.prompt('begin');
    await driver.tool('Write', { file_path: 'a.txt' }, () => driver.write('a.txt', 'one\n'));
    await driver.turn('begun');
    await driver.prompt('change');
    await driver.tool('Write', { file_path: 'a.txt' }, () => driver.write('a.txt', 'two\n'));
    await driver.turn('changed');
    await driver.event({ subject: 'end of the session', final: true });
    await use(sceneOf(driver));
    assertStoreIsSound(driver.store);
  });
}

function sceneOf(driver: SessionDriver): Scene {
  const gsess = commandRunner(driver);
  return {
    driver,
    gsess,
    said: async (line) => (await gsess.json(['slash', line])) as Json,
    refused: async (line) => {
      const before = stateOf(driver);
      const { status, stdout } = await gsess(['slash', line, '--json']);
      assert.equal(stateOf(driver), before, `'${line}' changed something`);
      return { status, ...(JSON.parse(stdout) as { error: Json }).error };
    },
  };
}

/** All that a refused command must leave as it is. */
function stateOf({ store, project }: SessionDriver) {
  const refs = store.readRefs('refs/', ({ name, id }) => `${name} ${id}`);
  return {
    refs: refs.filter((line) => !line.startsWith('refs/gsess/')),
    files: manifestOf(project),
  };
}

const livesHere = (driver: SessionDriver): void => {
  driver.store.leases.hold(driver.session, processes.self);
};

slash('list the sessions where a session is to be chosen, by any of the four names', () =>
  withTwoTurns(async ({ said, driver }) => {
    for (const name of ['resume', 'continue', 'sessions', 'history']) {
      const { kind, data, text } = await said(`/${name}`);
      assert.is(kind, 'choose');
      assert.is((data as Json[])[0]?.['id'], driver.session);
      assert.match(String(text), 'change');
    }
  }),
);

slash('hand over the command that resumes, by number, id or last in any case', () =>
  withTwoTurns(async ({ said, driver }) => {
    for (const word of [
      '1',
      'last',
      'LAST',
      'Latest',
      driver.session,
      driver.session.slice(0, 8),
    ]) {
      const { kind, argv, cwd, session, text } = await said(`/resume ${word}`);
      assert.equal([kind, cwd, session], ['resume', driver.project, driver.session], word);
      assert.equal(argv, ['claude', '--resume', driver.nativeId]);
      assert.match(String(text), /^cd .* && claude --resume /);
    }
  }),
);

slash('refuse a session that is not there', () =>
  withTwoTurns(async ({ refused }) => {
    const { status, code, message } = await refused('/resume 7');
    assert.equal([status, code], [3, 'not-found']);
    assert.match(String(message), "'7'");
  }),
);

slash('want a yes before a conversation that is going on is left for another', () =>
  withTemporaryDirectory(async (directory) => {
    const other = await startSession(directory, {
      nativeId: '22222222-2222-4222-8222-222222222222',
    });
    await other.prompt('other');
    await other.turn('said');
    const driver = await startSession(directory, { surroundings: { now: other.surroundings.now } });
    await driver.prompt('begin');
    await driver.turn('begun');
    livesHere(driver);
    const { refused, said, gsess } = sceneOf(driver);
    const { status, code, hint, data } = await refused('/continue 2');
    assert.equal([status, code], [2, 'confirmation-needed']);
    assert.is(hint, "Say '/continue 2 --yes' to answer beforehand.");
    assert.is((data as Json)['yes'], '/continue 2 --yes');
    assert.is((await said('/continue 2 --yes'))['session'], other.session);
    const declined = await gsess(['slash', '/continue 2'], { answers: [false] });
    assert.equal([declined.status, declined.stdout], [1, '']);
    const agreed = await gsess(['slash', '/continue 2'], { answers: [true] });
    assert.match(agreed.stdout, 'claude --resume 22222222');
  }),
);

slash('save, list, go back to and delete a tag', () =>
  withTwoTurns(async ({ said, driver }) => {
    const first = (await said('/chat save before the rewrite'))['data'] as Json;
    assert.equal([first['name'], first['turn']], ['before the rewrite', 2]);
    const listed = (await said('/chat list'))['data'] as Json[];
    assert.equal(listed, [first]);
    assert.match(String(first['at']), /^\d{4}-\d\d-\d\dT/);
    await driver.prompt('try');
    await driver.tool('Write', { file_path: 'a.txt' }, () => driver.write('a.txt', 'three\n'));
    const later = await driver.turn('tried');
    const before = manifestOf(driver.project);
    const back = await said('/chat resume before the rewrite');
    assert.equal([back['kind'], back['session']], ['reload', driver.session]);
    assert.equal(manifestOf(driver.project), before, 'the files stay');
    assert.ok(
      driver.log().some(({ id }) => id === later),
      'nothing later is lost',
    );
    const resumed = await said('/resume 1');
    assert.equal([resumed['kind'], resumed['nativeId']], ['resume', back['nativeId']]);
    assert.is((await said('/undo'))['kind'], 'done');
    assert.equal(
      ((await said('/chat delete before the rewrite --force'))['data'] as Json)['name'],
      first['name'],
    );
    assert.equal((await said('/chat list'))['data'], []);
    assert.ok(
      driver.log().some(({ id }) => id === first['checkpoint']),
      'only the name is gone',
    );
  }),
);

slash('take the files along only where they are asked for, and with a yes', () =>
  withTwoTurns(async ({ said, refused, gsess, driver }) => {
    await gsess(['tag', 'early', '@1']);
    const { status, code, hint } = await refused('/chat load early --files');
    assert.equal([status, code], [2, 'confirmation-needed']);
    assert.is(hint, "Say '/chat load early --files --yes' to answer beforehand.");
    await said('/chat load early --files --yes');
    assert.is(readFileSync(join(driver.project, 'a.txt'), 'utf8'), 'one\n');
  }),
);

slash('ask before a tag is moved or removed, and say how to say yes', () =>
  withTwoTurns(async ({ said, refused, gsess }) => {
    await gsess(['tag', 'x', '@1']);
    const moved = await refused('/chat save x');
    assert.equal([moved.status, moved['code']], [2, 'confirmation-needed']);
    assert.match(String(moved['message']), "'x' names");
    assert.is(moved['hint'], "Say '/chat save x --force' to answer beforehand.");
    const removed = await refused('/chat delete x');
    assert.equal([removed.status, removed['code']], [2, 'confirmation-needed']);
    assert.is(removed['hint'], "Say '/chat delete x --force' to answer beforehand.");
    assert.is(((await said('/chat save x --force'))['data'] as Json)['turn'], 2);
    await said('/chat rm x --yes');
  }),
);

slash('refuse to save where nothing was said, and to go back to what is not there', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    driver.write('a.txt', 'one\n');
    await driver.event({ subject: 'start of the session' });
    const { refused, said } = sceneOf(driver);
    const empty = await refused('/chat save x');
    assert.equal([empty.status, empty['code']], [2, 'guard']);
    assert.match(String(empty['message']), 'Nothing was said');
    for (const line of ['/chat resume x', '/chat delete x --force']) {
      const { status, code } = await refused(line);
      assert.equal([status, code], [3, 'not-found'], line);
    }
    for (const line of ['/chat', '/chat save', '/chat list x', '/chat forget x']) {
      const { status, code } = await refused(line);
      assert.equal([status, code], [2, 'usage'], line);
    }
    const none = await said('/restore');
    assert.equal([none['data'], none['text']], [[], 'No checkpoints to go back to yet.\n']);
  }),
);

slash('begin a fork where the tag is of another session', () =>
  withTwoTurns(async ({ said, driver, gsess }) => {
    await gsess(['tag', 'elsewhere', '@2']);
    await gsess(['fork', '@1', '--name', 'beside']);
    const { kind, session, data } = (await sceneOf(driver).said(
      '/chat resume elsewhere --session beside',
    )) as { kind: string; session: string; data: Json };
    assert.is(kind, 'reload');
    assert.is((data['forkedFrom'] as Json)['session'], driver.session);
    assert.is.not(session, driver.session);
    assert.is(((await said('/list'))['data'] as Json[]).length, 3);
  }),
);

slash('list what can be restored, and restore it with its call to retry or skip', () =>
  withTwoTurns(async ({ said, refused, driver }) => {
    const { kind, data } = await said('/restore');
    const names = (data as Json[]).map(({ name, kind: what }) => [name, what]);
    const call = driver.log().find(({ kind: what, turn }) => what === 'tool' && turn === 2);
    assert.is(kind, 'choose');
    assert.equal(names[0], ['@2', 'turn']);
    assert.equal(names[1], [call?.id.slice(0, 10), 'tool']);
    const asked = await refused(`/restore ${names[1]?.[0]}`);
    assert.equal([asked.status, asked['code']], [2, 'confirmation-needed']);
    const back = await said(`/restore ${names[1]?.[0]} --yes`);
    assert.is(back['kind'], 'pending-call');
    assert.equal((back['call'] as Json)['input'], { file_path: 'a.txt' });
    assert.is((back['call'] as Json)['name'], 'Write');
    const missing = await refused('/restore nothing.json --yes');
    assert.equal([missing.status, missing['code']], [3, 'not-found']);
  }),
);

slash('know no /restore while checkpointing is off', () =>
  withTwoTurns(
    async ({ refused, said, driver }) => {
      const { status, code, message } = await refused('/restore');
      assert.equal([status, code], [2, 'usage']);
      assert.match(String(message), 'checkpointing is off');
      const names = ((await said('/help'))['data'] as { names: string[] }[]).flatMap(
        (one) => one.names,
      );
      assert.ok(names.includes('chat'));
      assert.not(names.includes('restore'));
      assert.is(driver.log().length > 0, true);
    },
    { settings: { ...DEFAULT_SETTINGS, snapshots: false } },
  ),
);

slash('name the session by all that follows, and keep the name it had where that is no name', () =>
  withTwoTurns(async ({ said, refused, driver }) => {
    await said('/rename --deploy "prod" it\'s');
    assert.is(driver.log()[0]?.name, '--deploy "prod" it\'s');
    assert.is(((await said('/rename deploy'))['data'] as Json)['name'], 'deploy');
    const nothing = await refused('/rename   ');
    assert.equal([nothing.status, nothing['code']], [2, 'usage']);
    const long = await refused(`/rename ${'é'.repeat(101)}`);
    assert.equal([long.status, long['code']], [2, 'name-invalid']);
    assert.match(String(long['message']), 'is longer than 100 characters');
    await said(`/rename ${'é'.repeat(100)}`);
    assert.is(driver.log()[0]?.name, 'é'.repeat(100));
  }),
);

slash('show the help of one, and take every command that shows something', () =>
  withTwoTurns(async ({ said }) => {
    assert.match(String((await said('/chat --help'))['text']), 'usage: gsess chat');
    assert.match(String((await said('/help chat'))['text']), 'usage: gsess chat');
    for (const line of ['/show', '/log', '/diff @1', '/status', '/current', '/list', '/tag']) {
      assert.is((await said(line))['kind'], 'done', line);
    }
  }),
);

slash.run();
