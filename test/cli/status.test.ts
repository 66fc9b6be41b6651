import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claudeConnection } from '../../src/agents/claude/connection.ts';
import { findProgram } from '../../src/cli/find-program.ts';
import { collectGarbage } from '../../src/session/collect-garbage.ts';
import { FailureLog } from '../../src/session/failure-log.ts';
import { journalRef, operationsRef } from '../../src/session/operation-log.ts';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { createTag } from '../../src/session/tag.ts';
import { git } from '../support/git-oracle.ts';
import { commandRunner } from '../support/run-command.ts';
import { withSealedUser } from '../support/run-gsess.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

function writeSettings(directory: string, name: string, text: string): void {
  mkdirSync(directory, { recursive: true });
  writeFileSync(join(directory, name), text);
}

function fail(driver: SessionDriver, message: string, cwd: string | undefined, daysAgo = 0): void {
  const at = new Date(driver.surroundings.now() - daysAgo * 86_400_000).toISOString();
  const failure = { at, agent: 'claude', event: 'tool', code: 'locked', message };
  new FailureLog(driver.surroundings.dataDirectory).add(
    cwd === undefined ? failure : { ...failure, cwd },
  );
}

type Value = Readonly<Record<string, unknown>>;
const status = suite('gsess status');

status('says that nothing was captured yet, and succeeds', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    const gsess = commandRunner(driver);
    const { status: exit, stdout } = await gsess(['status']);
    assert.is(exit, 0);
    assert.match(stdout, /^store +none yet: nothing was captured here$/m);
    assert.match(stdout, /^No hooks of gsess are installed: 'gsess connect' puts them in\.$/m);
    const value = (await gsess.json(['status'])) as Value;
    assert.is(value['store'], null);
    assert.is(value['current'], null);
    assert.is(value['last'], null);
  }),
);

status('tells the current session, its last checkpoint, and what was left out', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    driver.write('id_rsa', 'secret');
    await driver.prompt('do it');
    const gsess = commandRunner(driver);
    const value = (await gsess.json(['status'])) as Value & { last: Value; current: Value };
    assert.is(value['store'], driver.store.repository.directory);
    assert.equal([value['sessions'], value['sessionsHere'], value['live']], [1, 1, 0]);
    assert.is(value.current['id'], driver.session);
    assert.is(value.last['id'], driver.log()[0]!.id);
    assert.is(value.last['coverage'], 'whole');
    assert.equal(value.last['skipped'], {
      reasons: { secret: 1 },
      listed: [{ path: 'id_rsa', reason: 'secret' }],
      more: 0,
    });
    const { stdout } = await gsess(['status']);
    assert.match(stdout, /^current +11111111 do it$/m);
    assert.match(stdout, /^last checkpoint +prompt 1: do it, \d+ \w+ ago$/m);
    assert.match(stdout, /^Left out: 1 secret\n {2}id_rsa \(secret\)$/m);
  }),
);

status('tells which settings hold the hooks, and which cannot be read', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    const gsess = commandRunner(driver);
    const command = '/usr/bin/gsess hook claude';
    const whole = claudeConnection.add(undefined, command);
    const { Stop } = JSON.parse(whole).hooks;
    writeSettings(join(driver.home, '.claude'), 'settings.json', whole);
    writeSettings(
      join(driver.project, '.claude'),
      'settings.json',
      JSON.stringify({ hooks: { Stop } }),
    );
    writeSettings(join(driver.project, '.claude'), 'settings.local.json', '{ // no JSON\n}');
    const { hooks } = (await gsess.json(['status'])) as { hooks: Value[] };
    assert.equal(
      hooks.map(({ scope, state, commands }) => [scope, state, commands]),
      [
        ['user', 'installed', [command]],
        ['project', 'partial', [command]],
        ['local', 'unreadable', []],
      ],
    );
    assert.match(
      (await gsess(['status'])).stdout,
      /^ {2}claude, user: installed in .*settings\.json$/m,
    );
  }),
);

status('tells what failed here in the last days, newest first, and nothing of others', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    fail(driver, 'long ago', driver.project, 8);
    fail(driver, 'of another', join(directory, 'home'));
    fail(driver, 'first \u001b[2J', join(driver.project, 'src'));
    fail(driver, 'second', undefined);
    const gsess = commandRunner(driver);
    const { failures } = (await gsess.json(['status'])) as { failures: Value[] };
    assert.equal(
      failures.map(({ message }) => message),
      ['second', 'first \u001b[2J'],
    );
    const { stdout } = await gsess(['status']);
    assert.match(stdout, /^ {2}\d+ seconds ago, claude tool: first \\x1b\[2J$/m);
  }),
);

status(
  'SC-10: tells a failure that came 100 times once, with its count and its first and last time',
  () =>
    withTemporaryDirectory(async (directory) => {
      const driver = await startSession(directory);
      for (let index = 0; index < 100; index += 1) {
        fail(driver, `process ${4000 + index} holds it`, driver.project);
        if (index === 50) fail(driver, 'another', driver.project);
      }
      const { failures } = (await commandRunner(driver).json(['status'])) as { failures: Value[] };
      assert.equal(
        failures.map(({ message, count }) => [message, count]),
        [
          ['process 4099 holds it', 100],
          ['another', 1],
        ],
      );
      assert.ok(String(failures[0]?.['first']) < String(failures[1]?.['at']));
      const { stdout } = await commandRunner(driver)(['status']);
      assert.match(stdout, /claude tool: process 4099 holds it \(100 times since 2025-01-02T/);
    }),
);

status('SC-09: tells why files are not captured for now, and lets the next event try again', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    driver.write('a.txt', 'a');
    await driver.event({ kind: 'prompt', subject: 'begin', prompt: 'begin', deadline: 0 });
    await driver.turn('still waiting');
    assert.is(driver.log()[0]?.files, 'none');
    const gsess = commandRunner(driver);
    const { stdout } = await gsess(['status']);
    assert.match(
      stdout,
      /^Files are not captured for now: .* in the time allowed\n {2}Tried once /m,
    );
    assert.match(
      stdout,
      /^Limits: a file 33\.6 MB, .*\n.* a hook 20 s, left free on the disk 268/m,
    );
    assert.is(((await gsess.json(['status'])) as Value)['paused'], null);
    await driver.turn('tried again');
    assert.is(driver.log()[0]?.files, 'whole');
  }),
);

status('tells of an operation that was interrupted', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('x');
    const { store, project: root, session } = driver;
    await createTag(store, { name: 'y', checkpoint: driver.log()[0]!.id, session, root });
    const at = store.repository.directory;
    git(at, ['update-ref', journalRef(root), operationsRef(root)]);
    const gsess = commandRunner(driver);
    const { journal } = (await gsess.json(['status'])) as { journal: Value };
    assert.equal([journal['verb'], journal['summary']], ['tag', 'tag y']);
    assert.match((await gsess(['status'])).stdout, /^Interrupted: 'tag y' of 2025-/m);
  }),
);

status('tells of a journal that cannot be read, and all else with it', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('x');
    const { store, project: root } = driver;
    const path = join(store.repository.directory, journalRef(root));
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, '');
    const gsess = commandRunner(driver);
    const { journal, damaged } = (await gsess.json(['status'])) as {
      journal: null;
      damaged: readonly Value[];
    };
    assert.is(journal, null);
    assert.equal(
      damaged.map(({ ref }) => ref),
      [journalRef(root)],
    );
  }),
);

status('tells when the store was tidied last, and what could not be done', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('x');
    const gsess = commandRunner(driver);
    assert.is(((await gsess.json(['status'])) as { tidied: null }).tidied, null);
    writeFileSync(join(driver.store.repository.directory, 'index'), '');
    await collectGarbage(driver.store);
    const { tidied } = (await gsess.json(['status'])) as { tidied: Value };
    assert.match(String(tidied['skipped']), /a work tree of git hangs on the store/);
    const { stdout } = await gsess(['status']);
    assert.match(stdout, /^tidied +/m);
    assert.match(stdout, /^When the store was tidied last:\n {2}nothing was packed or removed/m);
  }),
);

status('says that files are not captured where snapshots are off', () =>
  withTemporaryDirectory(async (directory) => {
    const settings = { ...DEFAULT_SETTINGS, snapshots: false };
    const driver = await startSession(directory, { surroundings: { settings } });
    await driver.prompt('x');
    const { stdout } = await commandRunner(driver)(['status']);
    assert.match(stdout, /^No files were captured: snapshots are off$/m);
    assert.match(stdout, /^Files are not captured: checkpointing\.enabled is false\.$/m);
  }),
);

const gitCommand = suite('gsess git');

gitCommand('runs git on the store, in an environment of its own, and passes its status on', () =>
  withSealedUser(async (user) => {
    const driver = await startSession(user.directory);
    await driver.prompt('do it');
    const environment = { GIT_DIR: '/nowhere', GIT_WORK_TREE: '/', SECRET: 'x' };
    const log = user.run(['git', 'log', '--format=%s'], { environment });
    assert.equal(log, { status: 0, stdout: 'prompt 1: do it\n', stderr: '' });
    const fsck = user.run(['git', 'fsck', '--strict']);
    assert.is(fsck.status, 0);
    const alias = user.run(['git', '-c', 'alias.show-env=!env', 'show-env'], { environment });
    assert.match(alias.stdout, /^GIT_TERMINAL_PROMPT=0$/m);
    assert.not.match(alias.stdout, /SECRET|GIT_WORK_TREE/);
    assert.is(user.run(['git', 'no-such-verb']).status, 1);
  }),
);

gitCommand('says so where there is no git', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('x');
    const outcome = await commandRunner(driver)(['git', 'log'], {
      environment: { PATH: `${directory}:relative:` },
    });
    assert.is(outcome.status, 1);
    assert.match(outcome.stderr, /There is no git on the search path/);
  }),
);

gitCommand('finds programs by absolute directories outside the project alone', () =>
  withTemporaryDirectory((directory) => {
    const [bin, project] = ['bin', 'project'].map((name) => join(directory, name)) as [
      string,
      string,
    ];
    for (const place of [bin, project, join(project, 'bin')]) {
      mkdirSync(place, { recursive: true });
      writeFileSync(join(place, 'tool'), '#!/bin/sh\n');
      chmodSync(join(place, 'tool'), 0o755);
    }
    const found = (...path: string[]) => findProgram('tool', path.join(':'), project);
    assert.is(found('bin', project, join(project, 'bin'), bin), join(bin, 'tool'));
    assert.is(found('.', join(directory, 'nowhere'), project), undefined);
    assert.is(findProgram('tool', undefined, project), undefined);
    mkdirSync(join(bin, 'folder'));
    assert.is(findProgram('folder', bin, project), undefined);
    symlinkSync('loop', join(bin, 'loop'));
    assert.is(findProgram('loop', bin, project), undefined);
  }),
);

status.run();
gitCommand.run();
