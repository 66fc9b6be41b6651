// The examples of the document on sessions of IaC Code, typed to gsess.

import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { exitHint } from '../../src/cli/exit-hint.ts';
import { assertGoOnWith, type Json, NEWER, OLDER, withSeedScene } from '../support/seed-scene.ts';
import { parseLines } from '../support/transcript-fixture.ts';

const iac = suite('the examples of IaC Code');

iac('/resume shows sessions to choose from: title, branch and time, the newest first', () =>
  withSeedScene(async ({ slash, run }) => {
    await run(['rename', OLDER, 'release']);
    const { kind, data, text } = await slash('/resume');
    assert.is(kind, 'choose');
    const shown = (data as Json[]).map(({ name, title, branch }) => [name, title, branch]);
    assert.equal(shown, [
      [null, 'rename the flag', 'main'],
      ['release', 'release', 'main'],
    ]);
    assert.match(String(text), /SESSION .*UPDATED .*BRANCH/);
    const times = (data as Json[]).map(({ updatedAt }) => String(updatedAt));
    assert.equal(times, [...times].sort().reverse());
  }),
);

iac('/rename names the session; by id, prefix or name it goes on, in both forms', () =>
  withSeedScene(async (scene) => {
    await scene.slash(`/rename deploy-prod`);
    await assertGoOnWith(scene, NEWER, [
      '/resume deploy-prod',
      `/resume ${NEWER}`,
      '/resume 111111',
      '--resume deploy-prod',
      `--resume ${NEWER}`,
      '--resume 1111',
      '--continue',
      '-r deploy-prod',
      '-c',
    ]);
    assert.is(await scene.goesOnWith(`-r ${OLDER}`), OLDER);
    const { stderr } = await scene.line('--resume deploy-prod');
    assert.match(stderr, 'Session 11111111: deploy-prod');
    const sessions = scene.driver.store.sessions();
    assert.equal(exitHint(sessions[0]!, sessions), [
      'To go on with it: gsess resume deploy-prod',
      `Its id: ${NEWER}`,
    ]);
    const [first] = (await scene.slash('/resume'))['data'] as Json[];
    assert.is(first?.['title'], 'deploy-prod');
  }),
);

iac('a session of another directory is printed as the way to it, and nobody is taken there', () =>
  withSeedScene(async ({ line, slash, directory, driver }) => {
    const cwd = join(directory, 'elsewhere');
    mkdirSync(cwd);
    const { stdout, status } = await line(`--resume ${NEWER}`, { cwd });
    assert.equal([stdout, status], [`cd ${driver.project} && claude --resume ${NEWER}\n`, 0]);
    assert.match(
      String((await slash('/resume 111111', { cwd }))['text']),
      `cd ${driver.project} &&`,
    );
  }),
);

iac(
  'a call that a kill cut off is found, and answered as an error in what the model is given',
  () =>
    withSeedScene(async ({ driver, run }) => {
      await driver.prompt('deploy');
      const input = { command: 'deploy' };
      const content = [{ type: 'tool_use', id: 'toolu_cut', name: 'Bash', input }];
      const message = { id: 'msg_cut', role: 'assistant', model: 'm', content };
      driver.append({ type: 'assistant', message });
      const call = { name: 'Bash', input, callId: 'toolu_cut' };
      await driver.event({ kind: 'tool', subject: 'before Bash', call });
      const own = readFileSync(driver.transcriptPath);
      assert.match((await run(['resume'])).stderr, /left before this call.*deploy/);
      const forked = (await run.json(['resume', '--fork'])) as Json;
      const last = parseLines(readFileSync(String(forked['written']))).at(-1);
      const answer = last?.['message'] as { content?: readonly Json[] } | undefined;
      assert.equal(
        answer?.content?.map(({ tool_use_id, is_error }) => [tool_use_id, is_error]),
        [['toolu_cut', true]],
      );
      assert.ok(readFileSync(driver.transcriptPath).equals(own), 'what was said stays');
    }),
);

iac.run();
