import { spawn, spawnSync } from 'node:child_process';
import { readFileSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runForeground } from '../../src/cli/foreground.ts';
import type { Owner } from '../../src/git/owner-file.ts';
import { createProcessTable } from '../../src/machine/process-table.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const processes = suite('process table');
const isLinux = process.platform === 'linux';
const REPORT = fileURLToPath(new URL('./process-report.js', import.meta.url));

function startOf(pid: number): string {
  if (!isLinux) return '0';
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
}

processes('knows itself as alive, and a pid with another start as dead', () => {
  const table = createProcessTable();
  assert.is(table.self.pid, process.pid);
  assert.ok(table.isAlive(table.self));
  assert.not(table.isAlive({ ...table.self, start: '1' }));
  for (const token of [table.self.start, table.self.host, table.self.boot]) {
    assert.match(token, /^\w+$/);
  }
});

processes('sees a process die, even before anyone has waited for it', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1e6)'], { stdio: 'ignore' });
  const table = createProcessTable();
  const owner = { ...table.self, pid: child.pid ?? 0, start: startOf(child.pid ?? 0) };
  assert.ok(table.isAlive(owner));
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await ended;
  assert.not(table.isAlive(owner));
});

processes('lists who started it, nearest first', () => {
  const [parent, ...others] = createProcessTable().ancestors();
  assert.is(parent?.pid, process.ppid);
  if (isLinux) assert.ok([parent, ...others].every((owner) => /^\d+$/.test(owner?.start ?? '')));
});

/** Runs the report below `program`, which runs it by this shell command; returns the pid of `program` too. */
function reportBelow(program: string, shellCommand: string) {
  const script = `
    const { spawnSync } = require('node:child_process');
    const { stdout } = spawnSync('sh', ['-c', process.argv[1]], { encoding: 'utf8' });
    console.log(JSON.stringify({ pid: process.pid, ...JSON.parse(stdout) }));`;
  const { stdout } = spawnSync(program, ['-e', script, shellCommand], {
    encoding: 'utf8',
    env: { ...process.env, NODE: process.execPath, REPORT },
  });
  return JSON.parse(stdout) as { pid: number; agent: Owner; ancestors: number[] };
}

for (const command of [
  '"$NODE" "$REPORT"',
  '"$NODE" "$REPORT"; true',
  'env bash -c \'timeout 20 "$NODE" "$REPORT"; true\'; true',
]) {
  processes(`finds the agent whose hook runs ${command}`, async () => {
    if (!isLinux) return;
    await withTemporaryDirectory((directory) => {
      const agent = join(directory, 'some-agent');
      symlinkSync(process.execPath, agent);
      const report = reportBelow(agent, command);
      assert.is(report.agent.pid, report.pid);
      assert.ok(report.ancestors.includes(report.pid));
    });
  });
}

processes('does not take npm or another gsess for the agent', async () => {
  if (!isLinux) return;
  await withTemporaryDirectory((directory) => {
    const npm = join(directory, 'npm');
    symlinkSync(process.execPath, npm);
    const report = reportBelow(npm, '"$NODE" "$REPORT"');
    assert.ok(report.ancestors.includes(report.pid));
    assert.is.not(report.agent.pid, report.pid);
  });
});

const foreground = suite('program in the foreground');
const environment = { PATH: process.env['PATH'] };

foreground('gives its exit status, and 128 and more where a signal ended it', async () => {
  assert.is(await runForeground('sh', ['-c', 'exit 7'], { environment }), 7);
  assert.is(await runForeground('sh', ['-c', 'kill -TERM $$'], { environment }), 143);
});

foreground('may leave its input unread', async () => {
  const input = 'x'.repeat(4_000_000);
  assert.is(await runForeground('true', [], { environment, input, cwd: '/' }), 0);
});

foreground('is refused where there is no such program, and listeners are given back', async () => {
  const before = process.listenerCount('SIGINT');
  try {
    await runForeground('/nonexistent/program', [], { environment });
    assert.unreachable();
  } catch (error) {
    assert.is((error as NodeJS.ErrnoException).code, 'ENOENT');
  }
  assert.is(process.listenerCount('SIGINT'), before);
});

foreground('keeps an interrupt to itself', async () => {
  const script = 'kill -INT $PPID; sleep 0.05; exit 3';
  assert.is(await runForeground('sh', ['-c', script], { environment }), 3);
});

processes.run();
foreground.run();
