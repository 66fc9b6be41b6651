import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claudeConnection } from '../../src/agents/claude/connection.ts';
import { codexConnection } from '../../src/agents/codex/connection.ts';
import { hookCommand } from '../../src/cli/hook-command.ts';
import { sessionRef } from '../../src/session/store.ts';
import { manifestOf } from '../support/disk-manifest.ts';
import { gitText } from '../support/git-oracle.ts';
import { commandRunner } from '../support/run-command.ts';
import { withSealedUser } from '../support/run-gsess.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

interface Report {
  readonly ok: boolean;
  readonly checks: readonly { check: string; state: string; message: string; repairs: string[] }[];
  readonly repaired: boolean;
  readonly faults: readonly string[];
}

/** Runs it without the round trip; how it exits, what it reports, and the finding of each check. */
async function examine(driver: SessionDriver, ...flags: string[]) {
  const outcome = await commandRunner(driver)(['doctor', '--quick', '--json', ...flags]);
  const report = JSON.parse(outcome.stdout) as Report;
  const of = (name: string) => report.checks.find(({ check }) => check === name);
  return { status: outcome.status, report, of };
}

function withDriver(use: (driver: SessionDriver) => Promise<void>): () => Promise<void> {
  return () =>
    withTemporaryDirectory(async (directory) => {
      const driver = await startSession(directory);
      driver.write('a.txt', 'a');
      await driver.prompt('begin');
      await use(driver);
    });
}

function installHooks(driver: SessionDriver, command = hookCommand('claude')): void {
  mkdirSync(join(driver.home, '.claude'), { recursive: true });
  writeFileSync(
    join(driver.home, '.claude', 'settings.json'),
    claudeConnection.add(undefined, command),
  );
}

function everythingIn(directory: string): string[] {
  const names = readdirSync(directory, { recursive: true }).map(String);
  return [directory, ...names.map((name) => join(directory, name))];
}

function modeOf(path: string): number {
  return statSync(path).mode & 0o777;
}

const doctor = suite('gsess doctor');

doctor('makes a real round trip, finds all well, and leaves no trace of it', () =>
  withSealedUser((user) => {
    user.run(['connect', 'claude']);
    const before = [user.home, user.project].map((directory) => manifestOf(directory));
    const { status, stdout, stderr } = user.run(['doctor', '--json']);
    const { ok, checks } = JSON.parse(stdout) as Report;
    assert.equal([status, ok, stderr], [0, true, ''], stdout);
    assert.equal(
      checks.filter(({ state }) => state === 'failure'),
      [],
    );
    const trip = checks.find(({ check }) => check === 'round-trip');
    assert.match(trip?.message ?? '', /captured, restored and verified/);
    assert.equal(
      [user.home, user.project].map((directory) => manifestOf(directory)),
      before,
    );
    assert.equal(readdirSync(join(user.directory, 'tmp')), []);
  }),
);

doctor(
  'finds a driven session sound, and says what there is to see',
  withDriver(async (driver) => {
    installHooks(driver);
    const { status, report, of } = await examine(driver);
    assert.is(status, 0, JSON.stringify(report));
    assert.equal(
      report.checks.map(({ check }) => check),
      'settings agents hooks events data space git store refs clock journal leftovers forks pause failures'.split(
        ' ',
      ),
    );
    assert.match(of('hooks')?.message ?? '', /^installed in /);
    const { stdout } = await commandRunner(driver)(['doctor', '--quick']);
    assert.match(stdout, /^ok {7}refs {7}all can be read and lead somewhere$/m);
  }),
);

doctor(
  'tells a hook that starts what is gone, another gsess, and no hook at all',
  withDriver(async (driver) => {
    assert.match((await examine(driver)).of('hooks')?.message ?? '', /no hook of gsess/);
    installHooks(driver, `${process.execPath} /nowhere/cli/main.js hook claude`);
    const gone = await examine(driver);
    assert.is(gone.status, 1);
    assert.match(gone.of('hooks')?.message ?? '', /'\/nowhere\/cli\/main\.js', which is not there/);
    const other = join(driver.home, 'gsess');
    writeFileSync(other, '#!/bin/sh\ntouch ran\n', { mode: 0o755 });
    installHooks(driver, `${other} hook claude`);
    const another = await examine(driver);
    assert.equal([another.status, another.of('hooks')?.state], [0, 'warning']);
  }),
);

doctor(
  'PR-12: what an old version left for others to read is told, and made private by --fix',
  withDriver(async (driver) => {
    const { dataDirectory: data } = driver.surroundings;
    const files = everythingIn(data);
    for (const path of files) chmodSync(path, statSync(path).isDirectory() ? 0o755 : 0o644);
    const told = await examine(driver);
    assert.is(told.of('data')?.state, 'warning');
    assert.match(told.of('data')?.message ?? '', /can be read by others/);
    assert.is(modeOf(data), 0o755, 'told, not changed');
    const { report } = await examine(driver, '--fix', '--yes');
    assert.equal([report.repaired, report.faults], [true, []]);
    for (const path of files) assert.is(modeOf(path) & 0o077, 0, path);
    assert.is((await examine(driver)).of('data')?.state, 'ok');
    await driver.turn('goes on');
    assertStoreIsSound(driver.store);
  }),
);

doctor(
  'PR-12: a store that others may write to is refused by every verb and by --fix, and told with what to do',
  withDriver(async (driver) => {
    const store = driver.store.repository.directory;
    for (const path of everythingIn(store)) chmodSync(path, 0o777);
    const { status, report, of } = await examine(driver, '--fix', '--yes');
    assert.equal([status, report.repaired], [1, false]);
    assert.equal([of('data')?.state, of('store')?.state], ['failure', 'failure']);
    assert.match(of('data')?.message ?? '', /others may write to/);
    assert.match(of('store')?.message ?? '', /others may write to it/);
    assert.is(modeOf(store), 0o777);
    await driver.turn('x').then(
      () => assert.unreachable(),
      (error) => assert.is(error.code, 'store-unsafe'),
    );
  }),
);

if (process.getuid?.() === 0) {
  doctor(
    'PR-12: what belongs to another user is told',
    withDriver(async (driver) => {
      chownSync(join(driver.store.repository.directory, 'HEAD'), 12345, 12345);
      const data = (await examine(driver)).of('data');
      assert.is(data?.state, 'failure');
      assert.match(data?.message ?? '', /HEAD' belongs to another user/);
    }),
  );
}

doctor(
  'CR-07: shows what a damaged branch can be set to, and does it with --fix alone',
  withDriver(async (driver) => {
    await driver.turn('done');
    installHooks(driver);
    const store = driver.store.repository.directory;
    const ref = sessionRef(driver.session);
    const tip = gitText(store, ['rev-parse', ref]);
    writeFileSync(join(store, ref), '');
    const { status, of } = await examine(driver);
    assert.equal([status, of('refs')?.state], [1, 'failure']);
    assert.match(
      of('refs')?.repairs[0] ?? '',
      new RegExp(`^set '${ref}' to ${tip.slice(0, 10)}: `),
    );
    assert.is(readFileSync(join(store, ref), 'utf8'), '', 'shown, not done');
    const fixed = await examine(driver, '--fix', '--yes');
    assert.equal([fixed.status, fixed.report.repaired, fixed.report.faults], [0, true, []]);
    assert.is(gitText(store, ['rev-parse', ref]), tip);
    assert.is((await examine(driver)).status, 0);
  }),
);

doctor(
  'tells old temporary files, a clock that is behind, and events that failed',
  withDriver(async (driver) => {
    const store = driver.store.repository.directory;
    const left = join(store, 'objects', 'pack', 'tmp_pack_0123456789abcdef');
    writeFileSync(left, 'half a pack');
    utimesSync(left, 1, 1);
    utimesSync(join(store, 'HEAD'), new Date('2099-01-01'), new Date('2099-01-01'));
    const { of } = await examine(driver);
    assert.is(of('leftovers')?.state, 'warning');
    assert.match(of('clock')?.message ?? '', /minutes ahead of the clock/);
    await examine(driver, '--fix', '--yes');
    assert.equal(
      readdirSync(join(store, 'objects', 'pack')).filter((name) => /tmp/.test(name)),
      [],
    );
  }),
);

doctor('says that the settings are wrong, and nothing else, where they are', () =>
  withSealedUser((user) => {
    mkdirSync(join(user.home, '.config', 'gsess'), { recursive: true });
    writeFileSync(join(user.home, '.config', 'gsess', 'config.json'), '{"limit": 1}');
    const { status, stdout } = user.run(['doctor', '--quick', '--json']);
    const { checks } = JSON.parse(stdout) as Report;
    assert.is(status, 1);
    assert.equal(
      checks.map(({ check, state }) => [check, state]),
      [['settings', 'failure']],
    );
  }),
);

doctor(
  'tells of a session whose events did not come although the hooks are there, and of what to do',
  withDriver(async (driver) => {
    const codexHome = join(driver.home, '.codex');
    const day = join(codexHome, 'sessions', '2025', '01', '02');
    mkdirSync(day, { recursive: true });
    writeFileSync(
      join(codexHome, 'hooks.json'),
      codexConnection.add(undefined, hookCommand('codex')),
    );
    const put = (id: string, cwd: string) => {
      const header = { type: 'session_meta', timestamp: 't', payload: { session_id: id, id, cwd } };
      const path = join(day, `rollout-2025-01-02T03-04-05-${id}.jsonl`);
      writeFileSync(path, `${JSON.stringify(header)}\n`);
      return path;
    };
    const old = put('11111111-2222-7000-8000-000000000001', driver.project);
    utimesSync(old, 1, 1);
    put('11111111-2222-7000-8000-000000000002', '/elsewhere');
    assert.is((await examine(driver)).of('events')?.state, 'ok');
    const missed = '11111111-2222-7000-8000-000000000003';
    const path = put(missed, join(driver.project, 'src'));
    const later = Math.ceil(Date.now() / 1000) + 60;
    utimesSync(path, later, later);
    const { of } = await examine(driver);
    assert.is(of('hooks')?.state, 'ok');
    assert.is(of('events')?.state, 'warning');
    assert.match(of('events')?.message ?? '', missed);
    const { unheard } = (await commandRunner(driver).json(['status'])) as { unheard: object[] };
    assert.equal(unheard, [
      { agent: 'codex', nativeId: missed, path, at: new Date(later * 1000).toISOString() },
    ]);
    const text = (await commandRunner(driver)(['doctor', '--quick'])).stdout;
    assert.match(text, 'enter /hooks and review them');
    await commandRunner(driver)(['import', 'codex']);
    assert.is((await examine(driver)).of('events')?.state, 'ok');
  }),
);

doctor.run();
