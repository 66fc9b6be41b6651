// The examples of the page on sessions of Nanocoder, typed to gsess.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { assertGoOnWith, type Json, NEWER, OLDER, withSeedScene } from '../support/seed-scene.ts';

const nanocoder = suite('the examples of Nanocoder');

nanocoder('/resume and its other names take nothing, last, an id or a number', () =>
  withSeedScene(async (scene) => {
    for (const name of ['resume', 'sessions', 'history']) {
      const { kind, data } = await scene.slash(`/${name}`);
      assert.equal([kind, (data as Json[]).length], ['choose', 2], name);
      await assertGoOnWith(scene, NEWER, [`/${name} last`, `/${name} LAST`, `/${name} 1`]);
      await assertGoOnWith(scene, OLDER, [`/${name} ${OLDER}`, `/${name} 2`]);
    }
  }),
);

nanocoder('/rename takes all that follows, which is neither empty nor too long', () =>
  withSeedScene(async ({ slash, run, driver }) => {
    await slash('/rename the flag, renamed');
    const nameNow = () => driver.store.summary(driver.session)?.name;
    assert.is(nameNow(), 'the flag, renamed');
    for (const [name, message] of [
      ['', 'needs <name>'],
      ['x'.repeat(101), 'is longer than 100 characters'],
    ] as const) {
      const { status, stderr } = await run(['slash', `/rename ${name}`]);
      assert.is(status, 2);
      assert.match(stderr, message);
      assert.is(nameNow(), 'the flag, renamed');
    }
    await slash(`/rename ${'x'.repeat(100)}`);
    assert.is(nameNow()?.length, 100);
  }),
);

nanocoder('messages, model and provider, directory, times and counts are saved', () =>
  withSeedScene(async ({ run, driver }) => {
    const shown = (await run.json(['show', NEWER, '--conversation'])) as Json;
    assert.equal([shown['model'], shown['cwd']], ['claude-opus-5-5', driver.project]);
    assert.ok('provider' in shown);
    assert.equal([shown['turns'], typeof shown['checkpoints']], [2, 'number']);
    assert.match(String(shown['createdAt']), /^\d{4}-/);
    assert.match(String(shown['updatedAt']), /^\d{4}-/);
    const said = JSON.stringify(shown['conversation']);
    for (const text of ['write the flag', 'written', 'rename the flag', 'renamed']) {
      assert.match(said, text);
    }
  }),
);

nanocoder('its block of settings is taken over, each with its default and its minimum', () =>
  withSeedScene(async ({ run, directory }) => {
    const sessions = {
      autoSave: true,
      saveInterval: 30000,
      maxSessions: 100,
      maxMessages: 1000,
      retentionDays: 30,
      directory: '',
    };
    const file = join(directory, 'agents.config.json');
    writeFileSync(file, JSON.stringify({ nanocoder: { sessions } }));
    assert.is((await run(['config', '--from', file])).status, 0);
    const all = (await run.json(['config'])) as Json[];
    const told = (key: string) => all.find((one) => one['key'] === key);
    for (const [key, value] of Object.entries(sessions).slice(0, -1)) {
      assert.equal([told(key)?.['value'], told(key)?.['source']], [value, 'file'], key);
    }
    assert.is(told('directory')?.['source'], 'default');
    for (const [key, minimum] of [
      ['saveInterval', 1000],
      ['maxSessions', 1],
      ['maxMessages', 1],
      ['retentionDays', 1],
    ] as const) {
      const { stderr } = await run(['config', key, '0']);
      assert.match(stderr, `'${key}' is 0, raised to its minimum ${minimum}`);
    }
  }),
);

nanocoder.run();
