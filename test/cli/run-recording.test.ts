// What one run records: chosen by flags, handed to the agent's hooks by its environment.

import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { Output } from '../../src/cli/output.ts';
import { recordingOf } from '../../src/cli/run-recording.ts';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { FakeStream } from '../support/fake-stream.ts';
import { HookScript } from '../support/hook-agent.ts';
import { contextOf } from '../support/run-command.ts';
import { GSESS_PROGRAM, withSealedUser } from '../support/run-gsess.ts';
import { sealedSurroundings } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { failuresOf } from '../support/user-store.ts';

const FLAGS = { 'no-session-persistence': false, checkpointing: false, 'no-checkpointing': false };

const recording = suite('what gsess run records');

recording('is as set, with files or without as the flags say, or nothing', () =>
  withTemporaryDirectory((directory) => {
    const surroundings = sealedSurroundings(directory);
    const stream = new FakeStream();
    const output = new Output({ stdout: stream, stderr: stream, json: false, colour: false });
    const told = (flags: Partial<typeof FLAGS>, settings = DEFAULT_SETTINGS) => {
      const place = { project: directory, surroundings: { ...surroundings, settings } };
      const context = contextOf(place, output, { session: undefined });
      const run = recordingOf(context, { ...FLAGS, ...flags });
      const { GSESS_CHECKPOINTING: files, GSESS_DISABLE: off } = run.environment;
      return [run.context.surroundings.settings.snapshots, files, off, run.nothing];
    };
    const without = { ...DEFAULT_SETTINGS, snapshots: false };
    assert.equal(told({}), [true, undefined, undefined, undefined]);
    assert.equal(told({}, without), [false, undefined, undefined, undefined]);
    assert.equal(told({ checkpointing: true }, without), [true, '1', undefined, undefined]);
    assert.equal(told({ 'no-checkpointing': true }), [false, '0', undefined, undefined]);
    const [, , off, why] = told({ 'no-session-persistence': true });
    assert.equal([off, why], ['1', 'as --no-session-persistence says']);
    const silent = { ...DEFAULT_SETTINGS, autoSave: false };
    assert.is(told({}, silent)[3], 'the setting autoSave is false');
    assert.throws(
      () => told({ checkpointing: true, 'no-checkpointing': true }),
      /exclude each other/,
    );
  }),
);

recording('leaves nothing of a run without persistence, whatever its hooks tell', () =>
  withSealedUser((user) => {
    const agent = new HookScript(user, { nativeId: '11111111-1111-4111-8111-111111111111' });
    const payload = JSON.stringify(agent.payload('UserPromptSubmit', { prompt: 'go' }));
    const program = join(user.directory, 'agent');
    const hook = `'${process.execPath}' '${GSESS_PROGRAM}' hook claude`;
    const script = `#!/bin/sh\nprintf '%s' '${payload}' | ${hook}\necho "hook $?"\nexit 5\n`;
    writeFileSync(program, script, { mode: 0o755 });
    agent.appendPrompt('go');
    const { status, stdout, stderr } = user.run(['run', '--no-session-persistence', '--', program]);
    assert.equal([status, stdout], [5, 'hook 0\n']);
    const told = 'Nothing of this run was recorded, as --no-session-persistence says';
    assert.is(stderr, `${told}: gsess cannot resume it.\n`);
    assert.equal(readdirSync(user.data), []);
    assert.is(user.run(['resume', agent.nativeId]).status, 3);
  }),
);

recording('is nothing where autoSave is false, and a broken event is no matter then', () =>
  withSealedUser((user) => {
    const agent = new HookScript(user, { nativeId: '11111111-1111-4111-8111-111111111111' });
    assert.is(user.run(['config', 'autoSave', 'false']).status, 0);
    const input = JSON.stringify(agent.payload('UserPromptSubmit', { prompt: 'go' }));
    assert.equal(user.run(['hook', 'claude'], { input }), { status: 0, stdout: '', stderr: '' });
    const environment = { GSESS_DISABLE: '1' };
    assert.is(user.run(['hook', 'claude'], { input: '{', environment }).status, 0);
    assert.equal(readdirSync(user.data), []);
  }),
);

recording('keeps as a failure that the settings are wrong, where status finds it later', () =>
  withSealedUser((user) => {
    const agent = new HookScript(user, { nativeId: '11111111-1111-4111-8111-111111111111' });
    const file = join(user.home, '.config', 'gsess', 'config.json');
    const directory = join(user.directory, 'elsewhere');
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify({ directory, retentiondays: 3 }));
    const input = JSON.stringify(agent.payload('UserPromptSubmit', { prompt: 'go' }));
    const environment = { GSESS_DATA_DIR: undefined };
    const outcome = user.run(['hook', 'claude'], { input, environment });
    assert.equal(outcome, { status: 0, stdout: '', stderr: '' });
    assert.equal(readdirSync(directory), ['failures.jsonl']);
    const [failure] = failuresOf({ data: directory });
    assert.match(failure?.message ?? '', "has an unknown key 'retentiondays'");
  }),
);

recording.run();
