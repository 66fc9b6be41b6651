// Ids, names and directories that somebody else made up, at each door they can come in by: events of agents, the command line, trailers
// and records of checkpoints, imported transcripts. What could become a path is refused or kept as data, never followed.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { newTranscriptPath } from '../../src/agents/claude/locate.ts';
import { bindNativeId, NativeIndex } from '../../src/session/native-index.ts';
import { placesIn } from '../support/agent-places.ts';
import { differences, manifestOf } from '../support/disk-manifest.ts';
import { forgeCheckpoint } from '../support/forged-checkpoint.ts';
import { gitText } from '../support/git-oracle.ts';
import { HookScript } from '../support/hook-agent.ts';
import { commandRunner } from '../support/run-command.ts';
import { withSealedUser } from '../support/run-gsess.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { recordOf } from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { lines } from '../support/transcript-fixture.ts';
import { failuresOf } from '../support/user-store.ts';

const HOSTILE = ['../../.bashrc', '/etc/passwd', '', '.', '..', 'a/../../b', '.hidden', '--help'];
const ID = '11111111-1111-4111-8111-111111111111';

const ids = suite('ids and names from outside');

function withSession(
  use: (driver: SessionDriver, directory: string) => Promise<void>,
  nativeId = ID,
): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory, { nativeId });
    driver.write('a.txt', 'one\n');
    await driver.prompt('begin');
    await driver.tool('Write', { file_path: 'b.txt' }, () => driver.write('b.txt', 'two\n'));
    await driver.turn('done');
    await use(driver, directory);
  });
}

/** All but the store itself. */
function outsideOf(directory: string) {
  return manifestOf(directory, { times: true, without: (path) => path === 'data/projects' });
}

ids(
  'HI-07: an event under a hostile id is refused, kept as a failure, and touches no other file',
  () =>
    withSealedUser((user) => {
      const agent = new HookScript(user, { nativeId: ID });
      const outside = () =>
        manifestOf(user.directory, { times: true, without: (path) => path.startsWith('data') });
      const before = outside();
      const hostile = [...HOSTILE.slice(0, 4), 'a\u0000b', `${'x'.repeat(129)}`];
      for (const session_id of hostile) {
        const payload = agent.payload('UserPromptSubmit', { prompt: 'hi', session_id });
        const { status, stdout, stderr } = user.run(['hook', 'claude'], {
          input: JSON.stringify(payload),
        });
        assert.equal([status, stdout, stderr], [0, '', ''], session_id);
      }
      assert.is(failuresOf(user).length, hostile.length);
      assert.equal(differences(before, outside()), []);
      assert.equal(Object.keys(manifestOf(user.data)), ['failures.jsonl']);
      const kept = readFileSync(join(user.data, 'failures.jsonl'), 'utf8');
      assert.not.match(kept, /bashrc|passwd/, 'what was refused is not repeated');
    }),
);

ids('HI-07: no other field of an event becomes a path, and no file but a transcript is read', () =>
  withSealedUser((user) => {
    writeFileSync(join(user.home, '.netrc'), 'password in netrc\n');
    const agent = new HookScript(user, { nativeId: ID });
    const bad = '../../../../.bashrc';
    const fields = {
      prompt: bad,
      prompt_id: bad,
      agent_id: bad,
      agent_type: bad,
      model: bad,
      permission_mode: bad,
      transcript_path: join(user.home, '.netrc'),
      agent_transcript_path: join(user.home, '.netrc'),
    };
    const outside = () =>
      manifestOf(user.directory, { times: true, without: (path) => path.startsWith('data') });
    const before = outside();
    for (const name of ['UserPromptSubmit', 'SubagentStop', 'Stop']) {
      const input = JSON.stringify(agent.payload(name, fields));
      assert.is(user.run(['hook', 'claude'], { input }).status, 0);
    }
    const call = { ...fields, tool_name: bad, tool_use_id: bad, tool_input: { file_path: bad } };
    const input = JSON.stringify(agent.payload('PreToolUse', call));
    assert.is(user.run(['hook', 'claude'], { input }).status, 0);
    assert.equal(failuresOf(user), []);
    assert.equal(differences(before, outside()), []);
    const store = join(user.data, 'projects', manifestNames(join(user.data, 'projects')));
    const all = gitText(store, ['cat-file', '--batch-all-objects', '--batch']);
    assert.not.match(all, /password in netrc/);
  }),
);

function manifestNames(directory: string): string {
  return Object.keys(manifestOf(directory, { without: (path) => path.includes('/') }))[0] ?? '';
}

ids('HI-07: on the command line such a word names nothing, and nothing is written', () =>
  withSession(async (driver, directory) => {
    const gsess = commandRunner(driver);
    // What the agent wrote last is taken in, so that nothing is left to be.
    await gsess(['export', '1']);
    const before = outsideOf(directory);
    const refs = gitText(driver.store.repository.directory, ['for-each-ref']);
    for (const word of HOSTILE.filter((text) => text !== '--help')) {
      for (const words of [
        ['resume', word, '--print'],
        ['show', word],
        ['fork', word],
        ['delete', word, '--yes'],
        ['restore', word, '--yes'],
        ['tag', word],
        ['tag', '--delete', word, '--force'],
        ['rename', '1', word],
        ['fork', '@1', '--name', word],
        ['list', '--session', word],
        ['export', '1', '--native-id', word],
      ]) {
        // A dot at the front is as good a name as any.
        const isName = word === '.hidden' && /tag|rename|--name/.test(words.join(' '));
        const isIdle = words[0] === 'list';
        if (isName || isIdle) continue;
        const { status } = await gsess(words);
        assert.ok(status === 2 || status === 3, `gsess ${words.join(' ')}: ${status}`);
      }
    }
    assert.equal(differences(before, outsideOf(directory)), []);
    assert.is(gitText(driver.store.repository.directory, ['for-each-ref']), refs);
    assert.is((await gsess(['tag', '.hidden', '@1'])).status, 0);
    assert.match(
      gitText(driver.store.repository.directory, ['for-each-ref', 'refs/tags']),
      /refs\/tags\/hidden-[0-9a-f]{8}$/,
    );
  }),
);

ids(
  'HI-07: a trailer that names no session leaves its branch out of the list, and verify names it',
  () =>
    withSession(async (driver) => {
      const gsess = commandRunner(driver);
      const at = driver.store.repository.directory;
      const good = gitText(at, ['rev-parse', driver.session]);
      for (const hostile of HOSTILE.filter((text) => text !== '')) {
        forgeCheckpoint(at, driver.session, {
          message: (text) => text.replace(/^Gsess-Session: .*$/m, `Gsess-Session: ${hostile}`),
        });
        assert.equal(await gsess.json(['list']), [], hostile);
        assert.is(
          (await gsess(['resume', driver.session, '--print'])).status === 0,
          false,
          hostile,
        );
        const { stdout, status } = await gsess(['verify', '--json']);
        assert.is(status, 1);
        assert.match(stdout, driver.session);
        gitText(at, ['update-ref', `refs/heads/${driver.session}`, good]);
      }
      assert.is((await gsess(['resume', driver.session, '--print'])).status, 0);
    }),
);

type Record_ = Record<string, unknown>;

ids(
  'HI-07: a record whose ids or side files lead elsewhere is refused before anything is written',
  () =>
    withSession(async (driver, directory) => {
      const gsess = commandRunner(driver);
      const at = driver.store.repository.directory;
      const good = gitText(at, ['rev-parse', driver.session]);
      const waiting = { from: ID, bytes: 10, at: good };
      const known = (record: Record_) =>
        (record['transcripts'] as Record<string, Record_>)[ID] ?? {};
      const sideFile = (name: string) => (record: Record_) => ({
        ...record,
        pending: { ...waiting, nativeId: '22222222-2222-4222-8222-222222222222' },
        transcripts: {
          [ID]: { ...known(record), files: { [name]: { bytes: 1, segments: 1 } } },
        },
      });
      const forgeries: ((record: Record_) => Record_)[] = [
        ...HOSTILE.map((nativeId) => (record: Record_) => ({
          ...record,
          pending: { ...waiting, nativeId },
        })),
        ...['../../../.bashrc', '/abs', '', '.', 'a/../../b', 'a//b', 'a\u0000b'].map(sideFile),
        (record) => ({ ...record, id: '../../.bashrc' }),
        (record) => ({ ...record, nativeIds: [7] }),
        (record) => ({ ...record, activeNativeId: { toString: 'x' } }),
        (record) => ({ ...record, transcripts: [] }),
        (record) => ({ ...record, transcripts: { [ID]: { bytes: -1, segments: 1, files: {} } } }),
      ];
      const before = outsideOf(directory);
      for (const [index, record] of forgeries.entries()) {
        forgeCheckpoint(at, driver.session, { record });
        const { status, stderr } = await gsess(['resume', driver.session, '--print']);
        assert.is(status, 1, `${index}: ${stderr}`);
        assert.match(stderr, 'Cannot read session.json', String(index));
        assert.is((await gsess(['verify'])).status, 1);
        gitText(at, ['update-ref', `refs/heads/${driver.session}`, good]);
      }
      assert.equal(differences(before, outsideOf(directory)), []);
    }),
);

ids('HI-07: nothing that is no id of its own gets a transcript in the directory of Claude', () => {
  for (const nativeId of [...HOSTILE, `${ID}/../x`]) {
    assert.is(newTranscriptPath(placesIn('/home/u'), { nativeId, cwd: '/p' }), undefined, nativeId);
  }
  assert.ok(newTranscriptPath(placesIn('/home/u'), { nativeId: ID, cwd: '/p' }));
});

ids(
  'HI-07: whatever the id, its note stands in the directory of notes, and one that was tampered with is void',
  () =>
    withSession(async (driver) => {
      const { store, session, surroundings } = driver;
      const notes = join(surroundings.dataDirectory, 'native');
      const before = Object.keys(manifestOf(surroundings.dataDirectory)).length;
      const hostile = [...HOSTILE, 'CON', 'git~1', '0017', 'x'.repeat(5000), '\u0000'];
      for (const nativeId of hostile) bindNativeId(store, { session, agent: 'claude', nativeId });
      const all = Object.keys(manifestOf(surroundings.dataDirectory));
      assert.is(all.length, before + hostile.length);
      const index = new NativeIndex(surroundings.dataDirectory);
      for (const nativeId of hostile) assert.is(index.find('claude', nativeId)?.session, session);
      for (const store of ['..', '.', '', '../../x.git', 'a/b.git']) {
        writeFileSync(join(notes, 'claude-x'), `${session}\n${store}\n`);
        assert.is(index.find('claude', 'x'), undefined, store);
      }
    }),
);

for (const nativeId of ['constructor', '__proto__', 'toString', 'hasOwnProperty']) {
  ids(`HI-07: a session called '${nativeId}' by its agent is one like any other`, () =>
    withSession(async (driver) => {
      const gsess = commandRunner(driver);
      const record = recordOf(driver);
      assert.equal(record.nativeIds, [nativeId]);
      assert.equal(Object.keys(record.transcripts), [nativeId]);
      const whole = readFileSync(driver.transcriptPath);
      assert.ok((await gsess(['export', '1'])).bytes.equals(whole));
      assert.is((await gsess(['restore', '@1', '--files', '--yes'])).status, 0);
      assert.is((await gsess(['verify'])).status, 0);
      assert.is(({} as Record<string, unknown>)['bytes'], undefined);
      assertStoreIsSound(driver.store);
    }, nativeId),
  );
}

ids('HI-07: ids inside an imported transcript are data', () =>
  withSession(async (driver, directory) => {
    const gsess = commandRunner(driver);
    const before = outsideOf(directory);
    for (const [index, sessionId] of [...HOSTILE, '__proto__', 'constructor'].entries()) {
      const inbox = join(directory, 'data', 'projects', '..', '..', `inbox-${index}`);
      mkdirSync(inbox);
      const path = join(inbox, 'transcript.jsonl');
      const record = {
        type: 'user',
        uuid: 'u',
        sessionId,
        cwd: '/etc',
        isSidechain: index % 2 === 1,
      };
      const bytes = lines({ ...record, message: { role: 'user', content: `number ${index}` } });
      writeFileSync(path, bytes);
      const [imported] = (await gsess.json(['import', 'claude', path])) as { id: string }[];
      assert.ok((await gsess(['export', imported?.id ?? ''])).bytes.equals(bytes), sessionId);
      const { status, stderr } = await gsess(['resume', imported?.id ?? '', '--print']);
      if (status !== 0) assert.match(stderr, /Not the id|Cannot tell where/, sessionId);
    }
    const isOurs = (path: string) => /^(inbox|data\/native|home\/\.claude)/.test(path);
    const after = outsideOf(directory);
    const changed = differences(before, after).filter((line) => !isOurs(line));
    assert.equal(
      changed.filter((line) => !/^(data|home)[: ]/.test(line)),
      [],
    );
    assertStoreIsSound(driver.store);
  }),
);

interface Resumed {
  readonly cwd: string;
  readonly nativeId: string;
  readonly session: string;
}

ids(
  'HI-21: a transcript that claims another directory, session or project takes nobody there',
  () =>
    withSession(async (driver, directory) => {
      const gsess = commandRunner(driver);
      const elsewhere = join(directory, 'elsewhere');
      mkdirSync(elsewhere);
      const claimed = '77777777-7777-4777-8777-777777777777';
      const inbox = join(directory, 'inbox.jsonl');
      const claims = { sessionId: claimed, cwd: elsewhere, gitBranch: 'other' };
      writeFileSync(
        inbox,
        lines(
          { type: 'user', uuid: 'u1', ...claims, message: { role: 'user', content: 'go' } },
          {
            type: 'assistant',
            uuid: 'u2',
            parentUuid: 'u1',
            ...claims,
            message: { id: 'm', role: 'assistant', content: [{ type: 'text', text: 'gone' }] },
          },
        ),
      );
      const [imported] = (await gsess.json(['import', 'claude', inbox])) as { id: string }[];
      const id = imported?.id ?? '';
      const shown = (await gsess.json(['show', id])) as { cwd: string; root: string };
      assert.equal([shown.cwd, shown.root], [driver.project, driver.project]);
      const resumed = (await gsess.json(['resume', id, '--print'])) as Resumed & {
        command: string[];
      };
      assert.is(resumed.cwd, driver.project);
      assert.is.not(resumed.nativeId, claimed, 'it goes on under an id of its own');
      assert.equal(Object.keys(manifestOf(elsewhere)), []);
      // The record of another session's id in the file moves nothing of that session.
      const tip = driver.store.tip(driver.session);
      const stranger = join(directory, 'stranger.jsonl');
      writeFileSync(
        stranger,
        lines({
          type: 'user',
          uuid: 'x',
          sessionId: ID,
          cwd: '/',
          message: { role: 'user', content: 'no' },
        }),
      );
      const [beside] = (await gsess.json(['import', 'claude', stranger])) as { id: string }[];
      assert.is.not(beside?.id, driver.session);
      assert.is(driver.store.tip(driver.session), tip);
      assertStoreIsSound(driver.store);
    }),
);

ids('HI-21: what an agent says later of its directory moves neither session nor root', () =>
  withSession(async (driver, directory) => {
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere);
    await driver.event({ kind: 'prompt', subject: 'x', prompt: 'x', cwd: elsewhere });
    driver.append({ type: 'user', cwd: '/', sessionId: 'other', message: { content: 'y' } });
    await driver.event({ kind: 'turn', subject: 'y', cwd: '/' });
    const record = recordOf(driver);
    assert.equal([record.root, record.cwd], [driver.project, driver.project]);
    assert.equal(record.nativeIds, [ID]);
  }),
);

ids.run();
