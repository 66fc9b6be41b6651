// What people do by mistake, or to the things around gsess, and what they are told: wrong names, wrong places, sessions that are running,
// files and stores that are gone.

import {
  cpSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  truncateSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { manifestOf } from '../support/disk-manifest.ts';
import { git } from '../support/git-oracle.ts';
import { processes } from '../support/process-table.ts';
import { type CommandOptions, type CommandRunner, commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { filesOf } from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const errors = suite('user errors');

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly data: object;
}

interface Scene {
  readonly driver: SessionDriver;
  readonly run: CommandRunner;
  readonly directory: string;
  readonly warnings: string[];
  /** Runs it, and reads the error that it printed. */
  fail(
    words: readonly string[],
    options?: CommandOptions,
  ): Promise<Failure & { readonly status: number }>;
}

/** Two turns in a git repository, its source below src. */
function withTwoTurns(use: (scene: Scene) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (given) => {
    const directory = realpathSync(given);
    const warnings: string[] = [];
    const onWarning = (text: string) => warnings.push(text);
    const driver = await startSession(directory, { surroundings: { onWarning } });
    git(driver.project, ['init', '-q']);
    git(driver.project, ['commit', '-q', '--allow-empty', '-m', 'begin']);
    driver.write('src/a.txt', 'one\n');
    driver.write('src/b.txt', 'one\n');
    driver.write('top.txt', 'one\n');
    await driver.prompt('begin');
    await driver.turn('begun');
    for (const name of ['src/a.txt', 'src/b.txt', 'top.txt']) driver.write(name, 'two\n');
    await driver.prompt('change');
    await driver.turn('changed');
    await driver.event({ subject: 'the rest', final: true });
    const run = commandRunner(driver);
    const fail: Scene['fail'] = async (words, options) => {
      const { status, stdout } = await run([...words, '--json'], options);
      const { error } = JSON.parse(stdout) as { error: Failure };
      return { ...error, status };
    };
    await use({ driver, run, directory, warnings, fail });
  });
}

errors('a restore that nobody agreed to is refused, whatever part of the files it is about', () =>
  withTwoTurns(async ({ driver, directory, fail }) => {
    const before = filesOf(driver);
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere);
    for (const part of [[], ['--path', 'src'], ['--files'], ['--root', elsewhere]]) {
      const { status, code } = await fail(['restore', '@1', ...part]);
      assert.equal([status, code], [2, 'confirmation-needed'], part.join(' '));
    }
    assert.equal([filesOf(driver), manifestOf(elsewhere)], [before, {}]);
  }),
);

errors(
  'UE-08: from a subdirectory only the paths named change, siblings keep even their times',
  () =>
    withTwoTurns(async ({ driver, run, directory, fail }) => {
      const before = manifestOf(driver.project, { times: true });
      const cwd = join(driver.project, 'src');
      assert.is((await run(['restore', '@1', '--path', 'a.txt', '--yes'], { cwd })).status, 0);
      const after = manifestOf(driver.project, { times: true });
      const changed = Object.keys(after).filter((path) => after[path] !== before[path]);
      assert.equal(changed, ['src', 'src/a.txt']);
      assert.match(after['src/a.txt'] ?? '', 'one');
      const elsewhere = join(directory, 'elsewhere');
      mkdirSync(elsewhere);
      assert.is((await fail(['restore', '@1', '--yes'], { cwd: elsewhere })).code, 'not-found');
      assert.is((await fail(['restore', '@1', '--path', '../..', '--yes'], { cwd })).code, 'usage');
      assert.equal(manifestOf(driver.project, { times: true }), after);
    }),
);

errors('UE-09: another worktree or clone is written to only if it is named', () =>
  withTwoTurns(async ({ driver, run, directory, fail }) => {
    const beside = join(directory, 'beside');
    const clone = join(directory, 'clone');
    git(driver.project, ['worktree', 'add', '-q', beside]);
    git(directory, ['clone', '-q', driver.project, clone]);
    const before = [manifestOf(beside), manifestOf(clone), filesOf(driver)];
    const called = `${driver.session}@1`;
    const refused = await fail(['restore', called, '--yes'], { cwd: beside });
    assert.equal([refused.status, refused.code], [2, 'guard']);
    assert.match(refused.hint, '--root');
    assert.is((await fail(['restore', called, '--yes'], { cwd: clone })).code, 'not-found');
    assert.equal([manifestOf(beside), manifestOf(clone), filesOf(driver)], before);
    const named = ['restore', called, '--files', '--root', '.', '--yes'];
    assert.is((await run(named, { cwd: beside })).status, 0);
    assert.is(readFileSync(join(beside, 'src/a.txt'), 'utf8'), 'one\n');
    assert.is(readFileSync(join(driver.project, 'src/a.txt'), 'utf8'), 'two\n');
    assert.is((await run(['undo'], { cwd: beside })).status, 0);
    assert.equal([manifestOf(beside), filesOf(driver)], [before[0], before[2]]);
  }),
);

errors(
  'UE-09, UE-18: a moved directory is bound again, which is told, and a copy is another root',
  () =>
    withTwoTurns(async ({ driver, run, directory, warnings, fail }) => {
      const moved = join(directory, 'moved');
      const copy = join(directory, 'copy');
      renameSync(driver.project, moved);
      cpSync(moved, copy, { recursive: true });
      assert.equal(await run.json(['list'], { cwd: copy }), []);
      assert.is((await fail(['restore', '@1', '--yes'], { cwd: copy })).code, 'not-found');
      assert.equal(warnings, []);
      assert.is((await run(['restore', '@1', '--yes'], { cwd: moved })).status, 0);
      assert.equal(warnings, [
        `this project was at '${driver.project}'; its sessions are bound to '${moved}' from now on`,
      ]);
      assert.is(readFileSync(join(moved, 'src/a.txt'), 'utf8'), 'one\n');
      assert.is(readFileSync(join(copy, 'src/a.txt'), 'utf8'), 'two\n');
      assert.is((await run(['undo'], { cwd: moved })).status, 0);
      assert.is(warnings.length, 1);
    }),
);

errors('UE-13: a wrong, unclear or foreign name is refused, with what it could have meant', () =>
  withTwoTurns(async ({ driver, run, fail }) => {
    const other = driver.nativeId.replace(/1$/, '2');
    const beside = await startSession(join(driver.project, '..'), { nativeId: other });
    await beside.prompt('beside');
    const before = driver.log().length;
    const unclear = await fail(['restore', '11111111', '--yes']);
    assert.equal([unclear.status, unclear.code], [2, 'ambiguous']);
    const listed = JSON.stringify(unclear.data);
    assert.ok(listed.includes(driver.session) && listed.includes(other), listed);
    for (const name of ['1111111x', `${driver.session}@9`, 'a'.repeat(40)]) {
      const { status, code, hint } = await fail(['restore', name, '--yes']);
      assert.equal([status, code], [3, 'not-found'], name);
      assert.match(hint, "'gsess ");
    }
    assert.is((await run(['restore', '1111111x', '--yes'])).status, 3);
    assert.is(driver.log().length, before);
  }),
);

errors('UE-14: a session that is live is not resumed: it is told, and a fork is offered', () =>
  withTwoTurns(async ({ driver, run, fail }) => {
    driver.store.leases.hold(driver.session, processes.self);
    const own = readFileSync(driver.transcriptPath);
    const { status, code, message, hint } = await fail(['resume', driver.session]);
    assert.equal([status, code], [4, 'live']);
    assert.match(message, 'is running now');
    assert.match(hint, `gsess fork ${driver.session.slice(0, 8)}`);
    const forked = (await run.json(['fork', driver.session.slice(0, 8)])) as { id: string };
    assert.is.not(forked.id, driver.session);
    assert.ok(readFileSync(driver.transcriptPath).equals(own));
  }),
);

errors(
  'UE-16: a transcript that the agent deleted, cut or replaced is told, and ours keeps all',
  () =>
    withTwoTurns(async ({ driver, run }) => {
      const own = readFileSync(driver.transcriptPath);
      const stateOf = async (command: string) =>
        ((await run.json([command])) as { source: { state: string } }).source.state;
      const exported = async () => (await run(['export', driver.session], { raw: true })).bytes;
      const states = async () => [await stateOf('show'), await stateOf('status')];
      assert.equal(await states(), ['present', 'present']);
      truncateSync(driver.transcriptPath, 100);
      assert.equal(await states(), ['changed', 'changed']);
      assert.match((await run(['show'])).stdout, 'source changed');
      assert.ok((await exported()).equals(own));
      rmSync(driver.transcriptPath);
      assert.equal(await states(), ['gone', 'gone']);
      assert.match((await run(['status'])).stdout, 'source gone');
      assert.ok((await exported()).equals(own));
      assertStoreIsSound(driver.store);
    }),
);

errors(
  'UE-20: where the store was removed the project is as it was, which is told, and all goes on',
  () =>
    withTwoTurns(async ({ driver, run, fail }) => {
      const before = manifestOf(driver.project, { times: true });
      rmSync(driver.store.repository.directory, { recursive: true });
      const { status, code, message, hint } = await fail(['restore', '@1', '--yes']);
      assert.equal([status, code], [3, 'not-found']);
      assert.match(message, 'The store of');
      assert.match(hint, 'backup');
      assert.is((await fail(['list'])).code, 'not-found');
      assert.equal(manifestOf(driver.project, { times: true }), before);
      await driver.prompt('go on');
      assert.is(((await run.json(['list'])) as unknown[]).length, 1);
      assertStoreIsSound(driver.store);
    }),
);

errors.run();
