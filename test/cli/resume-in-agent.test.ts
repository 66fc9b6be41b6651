import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { resumeInAgent } from '../../src/cli/resume-in-agent.ts';
import { openWorkspace } from '../../src/cli/workspace.ts';
import { GsessError } from '../../src/errors.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { type Terminal, terminalOf } from '../support/terminal.ts';

const launching = suite('resuming on a terminal');

async function withSession(
  use: (driver: SessionDriver, directory: string, terminal: Terminal) => Promise<void>,
): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('go');
    await driver.turn('gone');
    await use(driver, directory, terminalOf(driver, directory));
  });
}

function installClaude(directory: string, status: number): void {
  const script = `#!/bin/sh\nprintf '%s\\n' "$PWD" "$@" > "$DIRECTORY/called"\nexit ${status}\n`;
  mkdirSync(join(directory, 'bin'));
  writeFileSync(join(directory, 'bin', 'claude'), script, { mode: 0o755 });
}

launching("starts the agent in the session's directory and passes its exit status on", () =>
  withSession(async (driver, directory, { context, stdout, stderr }) => {
    installClaude(directory, 7);
    const { session } = driver;
    await resumeInAgent(context, await openWorkspace(context), { session, print: false });
    const called = readFileSync(join(directory, 'called'), 'utf8').trim().split('\n');
    assert.equal(called, [driver.project, '--resume', driver.nativeId]);
    assert.is(context.exitStatus, 7);
    assert.is(stdout.written, '');
    assert.match(stderr.written, 'Session 11111111: go');
    assert.match(stderr.written, `To go on with it: gsess resume ${session}\n`);
  }),
);

launching('says how to go on where the agent is not installed', () =>
  withSession(async (driver, _, { context }) => {
    try {
      await resumeInAgent(context, await openWorkspace(context), {
        session: driver.session,
        print: false,
      });
      assert.unreachable();
    } catch (error) {
      assert.ok(error instanceof GsessError);
      assert.is(error.code, 'agent-unavailable');
      assert.match(error.hint ?? '', `claude --resume ${driver.nativeId}`);
    }
  }),
);

launching('prints the command where it is asked to, or the session is of another directory', () =>
  withSession(async (driver, _, { context, stdout }) => {
    const { session } = driver;
    await resumeInAgent(context, await openWorkspace(context), { session, print: true });
    const elsewhere = { ...driver.store.project, root: driver.home };
    const workspace = {
      ...(await openWorkspace(context)),
      project: elsewhere,
      root: elsewhere.root,
    };
    await resumeInAgent(context, workspace, { session, print: false });
    const line = `cd ${driver.project} && claude --resume ${driver.nativeId}\n`;
    assert.is(stdout.written, `${line}${line}`);
  }),
);

launching('is refused for a session of an agent that gsess cannot bring back', () =>
  withSession(async (driver, _, { context }) => {
    const nativeId = '33333333-3333-4333-8333-333333333333';
    await driver.event({ kind: 'prompt', subject: 'hi', prompt: 'hi', agent: 'other', nativeId });
    const other = driver.store.sessions().find(({ agent }) => agent === 'other');
    const workspace = await openWorkspace(context);
    for (const session of [
      other?.id ?? driver.session,
      nativeId.replace('3', '4') as typeof driver.session,
    ]) {
      try {
        await resumeInAgent(context, workspace, { session, print: true });
        assert.unreachable();
      } catch (error) {
        assert.ok(
          error instanceof GsessError && ['agent-unavailable', 'not-found'].includes(error.code),
        );
      }
    }
  }),
);

launching.run();
