// Watching as people run it: a process that follows an agent's file, is killed, started again and interrupted; and an agent that is started
// by gsess.

import { chmodSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { HookScript } from '../support/hook-agent.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { type RunningGsess, startGsess } from '../support/start-gsess.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import {
  branchesOf,
  checkpointsOf,
  onlyStoreOf,
  storesOf,
  transcriptAt,
} from '../support/user-store.ts';

const NATIVE_ID = '11111111-1111-4111-8111-111111111111';
const WAIT_MS = 20_000;

async function until(what: string, gsess: RunningGsess, isSo: () => boolean): Promise<void> {
  const end = Date.now() + WAIT_MS;
  while (!isSo()) {
    if (Date.now() > end) {
      gsess.kill();
      throw new Error(`never: ${what}; it said ${gsess.said()}`);
    }
    await pause(30);
  }
}

function subjects(user: SealedUser): string[] {
  if (storesOf(user).length === 0) return [];
  const store = onlyStoreOf(user);
  const [branch] = branchesOf(store);
  return branch === undefined ? [] : checkpointsOf(store, branch).map(({ subject }) => subject);
}

const journey = suite('gsess watch and run');

journey('follows, is killed, goes on, and ends cleanly with all that was written', () =>
  withSealedUser(async (user) => {
    writeFileSync(join(user.project, 'a.txt'), 'one\n');
    const agent = new HookScript(user, { nativeId: NATIVE_ID });
    const first = startGsess(user, ['watch', 'claude']);
    await until('it watches', first, () => first.said().includes('Watching'));
    agent.appendPrompt('go');
    await until('the first prompt', first, () => subjects(user).includes('prompt 1: go'));
    first.kill();
    await first.outcome;
    agent.appendReply({ type: 'text', text: 'gone meanwhile' });
    agent.appendPrompt('once more');
    const second = startGsess(user, ['watch', '--json']);
    await until('the second prompt', second, () => subjects(user).includes('prompt 2: once more'));
    agent.appendReply({ type: 'text', text: 'the end' });
    process.kill(second.pid, 'SIGINT');
    const { status, stdout } = await second.outcome;
    assert.is(status, 0);
    const told = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { subject: string; checkpoint: string });
    assert.equal(
      told.map(({ subject }) => subject),
      ['prompt 2: once more', 'turn 2: the end'],
    );
    const store = onlyStoreOf(user);
    const tip = told.at(-1)?.checkpoint ?? '';
    assert.is(transcriptAt(store, tip, NATIVE_ID).length, statSync(agent.transcriptPath).size);
    assertStoreIsTidy(store);
  }),
);

journey('starts an agent, captures what it says, and ends as it does', () =>
  withSealedUser(async (user) => {
    const bin = join(user.directory, 'bin');
    mkdirSync(bin);
    const agent = new HookScript(user, { nativeId: NATIVE_ID });
    const record = (type: string, message: object) =>
      JSON.stringify({ type, uuid: type, sessionId: NATIVE_ID, cwd: user.project, message });
    const lines = [
      record('user', { role: 'user', content: 'go' }),
      record('assistant', { role: 'assistant', content: [{ type: 'text', text: 'gone' }] }),
    ];
    writeFileSync(
      join(bin, 'claude'),
      `#!/bin/sh
echo "$@" "$GSESS_SESSION_NAME"
printf '%s\\n' '${lines.join("' '")}' >'${agent.transcriptPath}'
trap 'exit 7' TERM
kill -TERM $PPID
while :; do sleep 0.02; done
`,
    );
    chmodSync(join(bin, 'claude'), 0o755);
    const PATH = `${bin}:${process.env['PATH']}`;
    const line = `--session-name flags --session-id ${NATIVE_ID} -- claude --flag`;
    const { status, stdout, stderr } = user.run(line.split(' '), {
      environment: { PATH },
      raw: true,
    });
    assert.is(status, 7, stderr);
    assert.is(stdout, `--session-id ${NATIVE_ID} --flag flags\n`);
    assert.is((user.json(['current']) as { name: string }).name, 'flags');
    assert.equal(subjects(user), ['turn 1: gone', 'prompt 1: go']);
    assertStoreIsTidy(onlyStoreOf(user));
    assert.is(user.run(['run', '--', 'no-such-agent']).status, 1);
    const taken = user.run(['run', '--name', 'flags', '--', 'claude'], { environment: { PATH } });
    assert.equal([taken.status, taken.stdout], [2, '']);
    assert.match(taken.stderr, "is called 'flags' already");
    const again = user.run(['--checkpointing'], { environment: { PATH }, raw: true });
    assert.equal([again.status, again.stdout], [7, '\n']);
    assert.match(again.stderr, 'Starts Claude Code, which was last at work here');
  }),
);

journey.run();
