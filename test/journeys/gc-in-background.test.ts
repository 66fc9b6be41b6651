// What is due is done by a process of its own, started at the end of a turn, for which the hook does not wait.

import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HookScript } from '../support/hook-agent.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { onlyStoreOf } from '../support/user-store.ts';

const background = suite('gc in the background');
const NATIVE_ID = '11111111-1111-4111-8111-111111111111';
const WAIT_MS_MAX = 30_000;

/** One turn; returns the file that gc reports in, as old as if it had run ten days ago. */
function oneTurn(user: SealedUser, script: HookScript): string {
  writeFileSync(join(user.project, 'a.txt'), 'a');
  const say = (name: string, fields: object) =>
    user.run(['hook', 'claude'], { input: JSON.stringify(script.payload(name, fields)) });
  say('UserPromptSubmit', { prompt: 'go' });
  script.appendPrompt('go');
  const report = join(onlyStoreOf(user), 'gsess', 'gc.json');
  if (!existsSync(report)) writeFileSync(report, '{}');
  const past = Date.now() / 1000 - 10 * 24 * 3600;
  utimesSync(report, past, past);
  return report;
}

function endTurn(user: SealedUser, script: HookScript, auto: string | undefined) {
  const input = JSON.stringify(script.payload('Stop'));
  const environment = { GSESS_GC_AUTO: auto };
  return user.run(['hook', 'claude'], { input, environment });
}

background('is started at the end of a turn once it is due, and never where it is off', () =>
  withSealedUser(async (user) => {
    const script = new HookScript(user, { nativeId: NATIVE_ID });
    const report = oneTurn(user, script);
    const before = statSync(report).mtimeMs;
    assert.is(endTurn(user, script, '0').status, 0);
    await pause(300);
    assert.is(statSync(report).mtimeMs, before);
    const { status, stdout, stderr } = endTurn(user, script, undefined);
    assert.equal([status, stdout, stderr], [0, '', '']);
    const startedAt = Date.now();
    while (statSync(report).mtimeMs === before && Date.now() - startedAt < WAIT_MS_MAX) {
      await pause(50);
    }
    const { objects } = JSON.parse(readFileSync(report, 'utf8')) as { objects: { after: object } };
    assert.equal((objects.after as { loose: number }).loose, 0);
    assert.equal(user.json(['gc', '--auto']), null, 'it is not due any more');
  }),
);

background.run();
