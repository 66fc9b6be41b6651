// The examples of the document on continuing and checkpoints of LLxprt Code, typed to gsess.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readSettingsFile, settingsOf } from '../../src/cli/settings-file.ts';
import { processes } from '../support/process-table.ts';
import { withSealedUser } from '../support/run-gsess.ts';
import { assertGoOnWith, type Json, NEWER, OLDER, withSeedScene } from '../support/seed-scene.ts';

const llxprt = suite('the examples of LLxprt Code');

llxprt('--continue and /continue take the newest, a number or an id', () =>
  withSeedScene(async (scene) => {
    await assertGoOnWith(scene, NEWER, [
      '--continue',
      `--continue ${NEWER}`,
      '--continue 1',
      '-C',
      '/continue latest',
      `/continue ${NEWER}`,
    ]);
    await assertGoOnWith(scene, OLDER, ['--continue 2', '-C 2', `/continue ${OLDER}`]);
    const browsed = await scene.slash('/continue');
    assert.equal([browsed['kind'], (browsed['data'] as Json[]).length], ['choose', 2]);
  }),
);

llxprt('/continue asks before a conversation that is going on is replaced', () =>
  withSeedScene(async ({ run, driver, goesOnWith }) => {
    driver.store.leases.hold(driver.session, processes.self);
    const asked = await run(['slash', '/continue 2']);
    assert.is(asked.status, 2);
    assert.match(asked.stderr, "Say '/continue 2 --yes'");
    assert.is(await goesOnWith('/continue 2 --yes'), OLDER);
    driver.store.leases.release(driver.session);
  }),
);

llxprt('sessions are listed and deleted, by prefix and number, each project by itself', () =>
  withSeedScene(async ({ run, line, directory, driver }) => {
    const idsOf = async (cwd = driver.project) =>
      ((await run.json(['--list-sessions'], { cwd })) as Json[]).map(({ id }) => id);
    assert.equal(await idsOf(), [NEWER, OLDER]);
    const elsewhere = join(directory, 'elsewhere');
    mkdirSync(elsewhere);
    assert.equal(await idsOf(elsewhere), []);
    assert.is((await line('--continue', { cwd: elsewhere })).status, 3);
    assert.is((await line('--delete-session 3')).status, 3);
    assert.is((await line('--delete-session 2222')).status, 0);
    assert.equal(await idsOf(), [NEWER]);
    await line('undo');
    assert.is((await line('--delete-session 2')).status, 0);
    assert.equal(await idsOf(), [NEWER]);
  }),
);

llxprt('/chat tags the conversation, and goes back to it without touching a file', () =>
  withSeedScene(async ({ slash, driver, content }) => {
    await slash('/chat save before-refactor');
    await driver.prompt('refactor');
    await driver.tool('Write', {}, () => driver.write('a.txt', 'three\n'));
    const later = await driver.turn('refactored');
    await driver.event({ subject: 'end', final: true });
    const back = await slash('/chat resume before-refactor');
    assert.equal([back['kind'], back['session']], ['reload', NEWER]);
    assert.is(content('a.txt'), 'three\n');
    assert.ok(
      driver.log().some(({ id }) => id === later),
      'what was tried is not lost',
    );
    const [tag] = (await slash('/chat list'))['data'] as Json[];
    assert.is(tag?.['name'], 'before-refactor');
    await slash('/chat delete before-refactor --force');
    assert.equal((await slash('/chat list'))['data'], []);
  }),
);

llxprt('/restore lists checkpoints, and takes files, conversation and the call back to one', () =>
  withSeedScene(async ({ slash, content, driver }) => {
    const [, call] = (await slash('/restore'))['data'] as Json[];
    const back = await slash(`/restore ${call?.['name']} --yes`);
    assert.is(back['kind'], 'pending-call');
    assert.match(
      String(back['text']),
      /It stands before this call: Write .*\nAsk for it again to retry/,
    );
    assert.is(content('a.txt'), 'one\n');
    const { name, input } = back['call'] as Json;
    assert.equal(
      [name, (input as Json)['content'], back['session']],
      ['Write', 'two\n', driver.session],
    );
    assert.equal((back['data'] as Json)['call'], back['call']);
  }),
);

llxprt('checkpointing is switched by the flag of a run and by the settings', () =>
  withSealedUser((user) => {
    const program = join(user.directory, 'agent');
    writeFileSync(program, '#!/bin/sh\necho "files: $GSESS_CHECKPOINTING"\n', { mode: 0o755 });
    const { stdout, status } = user.run(['--checkpointing', '--', program]);
    assert.equal([stdout, status], ['files: 1\n', 0]);
    const nobody = user.run(['--checkpointing']);
    assert.is(nobody.status, 2);
    assert.match(nobody.stderr, 'No agent to start: none that gsess knows was at work here yet');
    const file = join(user.home, '.config', 'gsess', 'config.json');
    mkdirSync(dirname(file), { recursive: true });
    for (const enabled of [true, false]) {
      writeFileSync(file, JSON.stringify({ checkpointing: { enabled } }));
      assert.is(settingsOf(readSettingsFile(file).values).snapshots, enabled);
    }
  }),
);

llxprt.run();
