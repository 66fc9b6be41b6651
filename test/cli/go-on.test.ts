// Going on with a session as people ask for it: which one is meant, what is asked, what is printed, and that nothing is changed where it
// is refused. What going on does to a session is tested in test/session.

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { processes } from '../support/process-table.ts';
import { type CommandOptions, type CommandRunner, commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { parseLines } from '../support/transcript-fixture.ts';

const going = suite('going on');

const ID = '11111111-1111-4111-8111-111111111111';
const OTHER = '11112222-2222-4222-8222-222222222222';
const NEW = '99999999-9999-4999-8999-999999999999';

interface Scene {
  readonly driver: SessionDriver;
  readonly other: SessionDriver;
  readonly run: CommandRunner;
  readonly directory: string;
}

type Json = Record<string, unknown>;

/** Two sessions of a project, the first of them the newer one and called 'auth'. */
async function withTwoSessions(use: (scene: Scene) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    const other = await startSession(directory, {
      nativeId: OTHER,
      surroundings: driver.surroundings,
    });
    driver.write('a.txt', 'zero\n');
    await other.prompt('elsewhere');
    await other.turn('done');
    await driver.prompt('begin');
    await driver.tool('Bash', { command: 'make' }, () => driver.write('a.txt', 'one\n'));
    await driver.turn('begun');
    await driver.prompt('go on');
    await driver.tool('Bash', { command: 'make' }, () => driver.write('a.txt', 'two\n'));
    await driver.turn('gone on');
    for (const one of [other, driver]) await one.event({ subject: 'end', final: true });
    const run = commandRunner(driver);
    await run(['rename', ID, 'auth']);
    await use({ driver, other, run, directory });
    assertStoreIsSound(driver.store);
  });
}

const refsOf = ({ store }: SessionDriver) =>
  store.refs.list('refs/').map(({ name, id }) => [name, id]);

/** The error it ends in, none of the refs having moved. */
async function refusalOf({ driver, run }: Scene, line: string, options?: CommandOptions) {
  const before = refsOf(driver);
  const { status, stdout } = await run([...line.split(' '), '--json'], options);
  assert.equal(refsOf(driver), before, `'${line}' has changed something`);
  const { error } = JSON.parse(stdout) as { error: { code: string; message: string; data?: Json } };
  return { status, ...error };
}

const candidatesOf = ({ data }: { readonly data?: Json }) => (data?.['candidates'] ?? []) as Json[];
const idsOf = (transcript: string) => parseLines(readFileSync(transcript)).map(({ uuid }) => uuid);

going('takes a session by all its names, with the flags of agents too', () =>
  withTwoSessions(async ({ driver, run }) => {
    const line = `cd ${driver.project} && claude --resume ${ID}\n`;
    for (const words of [
      'resume',
      'resume auth',
      'resume 1',
      'resume 11111',
      '-r auth',
      '--resume latest',
      'continue',
      'continue LAST',
      '-c',
      '-C 1',
      `--continue ${ID}`,
    ]) {
      const { stdout, stderr, status } = await run(words.split(' '));
      assert.is(stdout, line, words);
      assert.match(stderr, 'Session 11111111: auth');
      assert.is(status, 0);
    }
    assert.match((await run(['-C', '2'])).stdout, OTHER);
  }),
);

going('is refused without a change where nothing or too much is meant', () =>
  withTwoSessions(async (scene) => {
    const none = await refusalOf(scene, 'resume nobody');
    assert.equal([none.status, none.code], [3, 'not-found']);
    assert.is(none.message, "No session or checkpoint 'nobody' in this project");
    const range = await refusalOf(scene, 'continue 3');
    assert.equal([range.status, range.message], [3, "No session '3' in a list of 2"]);
    const several = await refusalOf(scene, '--resume 1111');
    assert.equal([several.status, several.code], [2, 'ambiguous']);
    const [first] = candidatesOf(several);
    assert.equal(Object.keys(first ?? {}), [
      'id',
      'name',
      'title',
      'branch',
      'agent',
      'root',
      'updatedAt',
    ]);
    const shown = await scene.run(['resume', '1111']);
    assert.match(shown.stderr, /ID .*NAME .*TITLE .*AGENT .*ROOT .*UPDATED\n.*auth.* ago\n/);
    for (const [line, message] of [
      ['-r auth -c', '--resume and --continue cannot be used together'],
      ['--resume-session-at x', '--resume-session-at requires --resume'],
      ['--rewind-files x', '--rewind-files requires --resume'],
      ['-r auth --rewind-files x and go', '--rewind-files stands alone and takes no prompt'],
      [
        `-r auth --session-id ${NEW}`,
        '--session-id with --resume or --continue requires --fork-session',
      ],
      [`resume auth --session-id ${NEW}`, '--session-id requires --fork'],
    ] as const) {
      const guarded = await refusalOf(scene, line);
      assert.equal([guarded.status, guarded.code, guarded.message], [2, 'guard', message]);
    }
  }),
);

going('forks under an id and a name that are free, and leaves the old session as it is', () =>
  withTwoSessions(async (scene) => {
    const { driver, run } = scene;
    const tip = driver.store.tip(driver.session);
    const made = (await run.json(
      `-r auth --fork-session --session-id ${NEW} --session-name beside`.split(' '),
    )) as Json;
    assert.equal([made['session'], made['nativeId']], [NEW, NEW]);
    assert.equal(made['command'], ['claude', '--resume', NEW]);
    assert.is(driver.store.tip(driver.session), tip);
    assert.is(driver.store.sessions().find(({ id }) => id === NEW)?.name, 'beside');
    assert.equal(idsOf(String(made['written'])), idsOf(driver.transcriptPath));
    for (const id of [NEW, OTHER]) {
      const taken = await refusalOf(scene, `resume auth --fork --session-id ${id}`);
      assert.equal([taken.status, taken.message], [2, `There is a session '${id}' already`]);
    }
    for (const words of ['--fork', '--agent codex']) {
      const named = await refusalOf(scene, `resume auth ${words} --session-name beside`);
      assert.equal([named.status, named.code], [2, 'guard'], words);
    }
    const other = await refusalOf(scene, `resume auth --agent codex --fork --session-id ${ID}`);
    assert.equal([other.status, other.code], [2, 'guard']);
    await run(['delete', NEW, '--yes']);
    assert.is((await refusalOf(scene, `-r auth --fork-session --session-id ${NEW}`)).code, 'guard');
  }),
);

going('ends the conversation with a message, and goes on in a fork of that', () =>
  withTwoSessions(async ({ driver, run }) => {
    const records = parseLines(readFileSync(driver.transcriptPath));
    const answer = records.findIndex(({ message }) => JSON.stringify(message).includes('begun'));
    const words = ['-r', 'auth', '--resume-session-at', String(records[answer]?.['uuid'])];
    const forked = (await run.json([...words, '--fork-session'])) as Json;
    assert.is.not(forked['session'], ID);
    assert.is(idsOf(String(forked['written'])).length, answer + 1);
    const back = (await run.json(words)) as Json;
    assert.is(back['session'], ID);
    assert.is(idsOf(String(back['written'])).length, answer + 1);
  }),
);

going('takes the files back to a prompt, and nothing else', () =>
  withTwoSessions(async ({ driver, run }) => {
    const prompts = parseLines(readFileSync(driver.transcriptPath)).filter(
      ({ promptId }) => promptId,
    );
    const [first, second] = prompts.map(({ uuid }) => String(uuid));
    const file = () => readFileSync(join(driver.project, 'a.txt'), 'utf8');
    const done = (await run.json(['--resume', 'auth', '--rewind-files', second ?? ''])) as Json;
    assert.equal([file(), done['nativeId']], ['one\n', null]);
    await run(['rewind', first ?? '', '--session', 'auth', '--yes']);
    assert.is(file(), 'zero\n');
    await run(['undo']);
    assert.is(file(), 'one\n');
    const dry = (await run.json(['rewind', '@2', '--session', 'auth', '--dry-run'])) as Json;
    assert.equal(dry['write'], ['a.txt']);
    assert.is(file(), 'one\n');
    assert.is((await run(['rewind', '@2', '--session', 'auth'])).status, 2);
  }),
);

going('finds the session of a pull request by its number and its address', () =>
  withTwoSessions(async (scene) => {
    const { driver, other, run } = scene;
    const prUrl = 'https://git.example/o/r/pull/12';
    driver.append({ type: 'pr-link', prNumber: 12, prUrl, prRepository: 'o/r' });
    await driver.event({ subject: 'end', final: true });
    for (const text of ['12', '#12', prUrl, `${prUrl}/files#x`]) {
      assert.match((await run(['--from-pr', text])).stdout, `claude --resume ${ID}`);
    }
    const none = await refusalOf(scene, '--from-pr https://git.example/o/other/pull/12');
    assert.equal([none.status, none.code], [3, 'not-found']);
    assert.is((await refusalOf(scene, 'resume --from-pr twelve')).code, 'usage');
    assert.is((await refusalOf(scene, 'resume auth --from-pr 12')).code, 'usage');
    other.append({ type: 'pr-link', prNumber: 12, prUrl, prRepository: 'o/r' });
    await other.event({ subject: 'end', final: true });
    const both = await refusalOf(scene, '--from-pr 12');
    assert.equal([both.status, candidatesOf(both).length], [2, 2]);
  }),
);

going('takes a transcript file in, whoever wrote it, and goes on with it', () =>
  withTwoSessions(async (scene) => {
    const { driver, run, directory } = scene;
    const file = join(directory, `${NEW}.jsonl`);
    copyFileSync(driver.transcriptPath, file);
    const told = (await run.json(['resume', '--file', file])) as Json;
    assert.is(told['session'], NEW);
    assert.is(((await run.json(['resume', '--file', file])) as Json)['session'], NEW);
    writeFileSync(join(directory, 'notes.txt'), 'buy milk\n');
    const refused = await refusalOf(scene, `resume --file ${join(directory, 'notes.txt')}`);
    assert.equal([refused.status, refused.code], [1, 'transcript-refused']);
    const gone = await refusalOf(scene, `resume --file ${join(directory, 'gone.jsonl')}`);
    assert.equal([gone.status, gone.code], [3, 'not-found']);
  }),
);

/** A program of that name which keeps what it is given, and ends with this status. */
function installClipboard(directory: string, name: string, status = 0): CommandOptions {
  const bin = join(directory, 'bin');
  mkdirSync(bin, { recursive: true });
  const script = `#!/bin/sh\ncat > ${join(directory, 'clipboard')}\nexit ${status}\n`;
  writeFileSync(join(bin, name), script);
  chmodSync(join(bin, name), 0o755);
  return {
    environment: { PATH: `${bin}:/usr/bin:/bin`, DISPLAY: ':0' },
    terminal: 200,
    answers: [],
  };
}

going('prints the way to a session of another directory, and copies it where that works', () =>
  withTwoSessions(async ({ driver, run, directory }) => {
    const elsewhere = join(directory, 'else where');
    mkdirSync(elsewhere);
    const line = `cd ${driver.project} && claude --resume ${ID}`;
    const clipboard = join(directory, 'clipboard');
    for (const word of ['auth', ID, '11111111']) {
      const { stdout, stderr, status } = await run(['resume', word], { cwd: elsewhere });
      assert.equal([stdout, status], [`${line}\n`, 0]);
      assert.match(stderr, 'It is of another directory');
      assert.not.match(stderr, 'clipboard');
    }
    const terminal = { cwd: elsewhere, ...installClipboard(directory, 'xclip') };
    assert.match((await run(['resume', 'auth'], terminal)).stderr, 'It is in the clipboard');
    assert.is(readFileSync(clipboard, 'utf8'), line);
    writeFileSync(clipboard, '');
    for (const words of [['--no-clipboard'], ['--print']]) {
      assert.not.match((await run(['resume', 'auth', ...words], terminal)).stderr, 'clipboard');
    }
    assert.is(readFileSync(clipboard, 'utf8'), '');
    installClipboard(directory, 'xclip', 1);
    const failed = await run(['resume', 'auth'], terminal);
    assert.is(failed.status, 0);
    assert.not.match(failed.stderr, 'clipboard');
    const told = (await run.json(['resume', 'auth'], { cwd: elsewhere })) as Json;
    assert.equal([told['elsewhere'], told['line']], [true, line]);
    const nobody = await run(['resume', 'nobody'], { cwd: elsewhere });
    assert.is(nobody.status, 3);
    assert.is((await run(['resume', '1'], { cwd: elsewhere })).status, 3, 'a number is of here');
    assert.not.ok(existsSync(join(elsewhere, '.claude')));
  }),
);

going('says what becomes of a session whose directory is gone', () =>
  withTwoSessions(async (scene) => {
    const { driver, directory } = scene;
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere);
    driver.remove('.');
    const { stderr, status } = await scene.run(['resume', 'auth'], { cwd: elsewhere });
    assert.is(status, 3);
    assert.match(stderr, `The directory of the session is gone: '${driver.project}'`);
    assert.match(stderr, `'gsess restore ${ID}' brings its files back`);
    mkdirSync(driver.project);
    await scene.run(['restore', ID, '--yes']);
    assert.match((await scene.run(['resume', ID])).stdout, `cd ${driver.project} && claude`);
  }),
);

going('asks before a conversation in which something was said is left', () =>
  withTwoSessions(async (scene) => {
    const { run, driver } = scene;
    const inside = { environment: { CLAUDE_CODE_SESSION_ID: OTHER } };
    const asked = await refusalOf(scene, 'resume auth', inside);
    assert.equal([asked.status, asked.code], [2, 'confirmation-needed']);
    assert.match(asked.message, "Leave 'elsewhere' and go on with 'auth'?");
    const no = await run(['resume', 'auth'], { ...inside, answers: [false] });
    assert.equal([no.status, no.stdout], [1, '']);
    assert.match(no.stderr, 'Nothing was done.');
    for (const [words, options] of [
      [['resume', 'auth', '--yes'], inside],
      [['resume', 'auth', '--print'], inside],
      [['resume', 'auth'], { ...inside, answers: [true] }],
      [['resume', '2'], inside],
      [['resume', 'auth'], { environment: { CLAUDE_CODE_SESSION_ID: NEW } }],
    ] as const) {
      assert.is((await run(words, options)).status, 0, words.join(' '));
    }
    driver.store.leases.hold(driver.session, processes.self);
    const live = await refusalOf(scene, 'resume auth', inside);
    assert.equal([live.status, live.code], [4, 'live']);
    driver.store.leases.release(driver.session);
  }),
);

going('passes over those that ran without a person, as long as there is another', () =>
  withTwoSessions(async ({ driver, other, run }) => {
    const said = { type: 'user', entrypoint: 'sdk-cli', message: { role: 'user', content: 'x' } };
    driver.append(said);
    await driver.prompt('once more');
    assert.match((await run(['continue'])).stdout, OTHER);
    other.append(said);
    await other.event({ subject: 'end', final: true });
    const { stdout, stderr } = await run(['continue']);
    assert.match(stdout, ID);
    assert.match(stderr, 'It ran without a person');
  }),
);

going('gives the agent what it takes, and says what it does not', () =>
  withTwoSessions(async ({ run }) => {
    const words = ['--model', 'opus', '--permission-mode', 'plan'];
    const told = (await run.json(['-r', 'auth', ...words, '-y', 'fix', 'it'])) as Json;
    assert.equal(told['command'], [
      ...['claude', '--resume', ID, '--model=opus', '--permission-mode=plan', 'fix it'],
    ]);
    const dashed = (await run.json(['resume', 'auth', '--prompt=-x'])) as Json;
    assert.equal((dashed['command'] as string[]).slice(3), ['--', '-x']);
    const warned = await run(['resume', 'auth', '--checkpointing']);
    assert.match(warned.stderr, 'What is recorded is settled by whoever starts the agent');
  }),
);

going('tells how the session was left, and what of its state is not put back', () =>
  withTwoSessions(async ({ driver, run }) => {
    driver.append({ type: 'permission-mode', permissionMode: 'plan' });
    driver.append({ type: 'bridge-session', bridgeSessionId: 'remote', lastSequenceNum: 7 });
    await driver.prompt('and now?');
    const words = ['resume', 'auth'];
    const told = (await run.json(words)) as { command: string[]; state: Json };
    const { conversation, permission, bridge, firstInput } = told.state as Record<string, Json>;
    assert.is(conversation?.['interruption'], 'interrupted_prompt');
    assert.equal(permission, { mode: 'plan', isolationLatch: null, restored: null });
    assert.equal([bridge, firstInput], [{ session: 'remote', lastSequence: 7 }, null]);
    const { stderr } = await run(words);
    assert.match(stderr, "Its permission mode was 'plan', which is never put back");
    assert.match(stderr, "'--resume-interrupted' says it again");
    const again = (await run.json([...words, '--resume-interrupted'])) as typeof told;
    assert.is(again.command.at(-1), 'and now?');
    const environment = { CLAUDE_CODE_RESUME_INTERRUPTED_TURN: '1' };
    const itself = (await run.json(words, { environment })) as typeof told;
    assert.is(itself.state['firstInput'], null, 'Claude does that by itself');
    const asked = await run([...words, '--permission-mode', 'default']);
    assert.match(asked.stderr, "Its permission mode was 'plan'; it goes on in 'default'");
    const forked = (await run.json([...words, '--fork'])) as typeof told;
    assert.is(forked.state['bridge'], null);
  }),
);

going('lists and deletes by the flags of agents', () =>
  withTwoSessions(async ({ run, driver }) => {
    assert.equal(
      ((await run.json(['--list-sessions'])) as Json[]).map(({ id }) => id),
      [ID, OTHER],
    );
    const { status, stdout } = await run(['--delete-session', '2']);
    assert.is(status, 0);
    assert.match(stdout, "Deleted 11112222; 'gsess undo' brings it back");
    assert.equal(
      driver.store.sessions().map(({ id }) => id),
      [ID],
    );
  }),
);

going.run();
