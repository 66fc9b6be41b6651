// A session of three turns and every verb after it, as one person would use them in an afternoon. What the verbs do is tested where they
// are; here they only have to succeed, so that others can look at what they left behind.

import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type HookAgent, HookScript, withHookAgent } from '../support/hook-agent.ts';
import type { SealedUser } from '../support/run-gsess.ts';

const ALL_VERBS_SESSION = '11111111-1111-4111-8111-111111111111';

export interface AllVerbsOptions {
  readonly environment?: Readonly<Record<string, string>>;
}

async function work(user: SealedUser, agent: HookAgent): Promise<void> {
  const at = (name: string) => join(user.project, name);
  await agent.hook('SessionStart', { source: 'startup' });
  await agent.turn('begin', () => {
    mkdirSync(at('src'), { recursive: true });
    writeFileSync(at('src/a.txt'), 'one\n');
    writeFileSync(at('b.txt'), 'one\n');
  });
  await agent.turn('change', () => writeFileSync(at('src/a.txt'), 'two\n'));
  writeFileSync(at('by-hand.txt'), 'by hand\n');
  await agent.turn('remove', () => rmSync(at('b.txt')));
  await agent.hook('PreCompact', { trigger: 'manual', custom_instructions: null });
}

/** Runs gsess, wants exit 0, and notes the verb. */
function runner(user: SealedUser, environment: Readonly<Record<string, string>>) {
  const done: string[] = [];
  const run = (...args: string[]): void => {
    const { status, stderr } = user.run(args, { environment });
    if (status !== 0) throw new Error(`gsess ${args.join(' ')} exited ${status}: ${stderr}`);
    done.push(args[0] ?? '');
  };
  return { run, done };
}

/** Runs a session and then all verbs; throws at the first that does not succeed. Returns what the verbs were. */
export async function runAllVerbs(
  user: SealedUser,
  { environment = {} }: AllVerbsOptions = {},
): Promise<string[]> {
  const { run, done } = runner(user, environment);
  run('connect', 'claude');
  const agent = new HookScript(user, { nativeId: ALL_VERBS_SESSION });
  await withHookAgent(user, { nativeId: ALL_VERBS_SESSION, environment }, async (live) => {
    await work(user, live);
    run('status');
    run('current');
    await live.end();
  });
  const transcript = agent.transcript();
  for (const verb of ['list', 'log', 'show', 'verify', 'where']) run(verb);
  run('diff', '@1', '@3');
  run('tag', 'good', '@2');
  run('tag', '--list');
  run('restore', '@1', '--dry-run');
  run('rewind', '@1', '--dry-run');
  run('restore', '@1', '--yes');
  run('undo');
  run('redo');
  run('restore', '@2', '--path', 'src', '--files', '--yes');
  run('rename', ALL_VERBS_SESSION, 'the first');
  run('fork', '@1', '--name', 'in a work tree', '--worktree', join(user.directory, 'fork'));
  run('resume', 'the first', '--print');
  run('continue', '--print');
  run('delete', 'in a work tree', '--yes');
  run('undo');
  run('export', 'the first', '--format', 'native', '--output', join(user.directory, 'copy.jsonl'));
  run('import', 'claude', join(user.directory, 'copy.jsonl'));
  run('tag', '--delete', 'good', '--force');
  run('git', 'log', '--oneline', '-3');
  run('connect', '--check');
  run('connect', '--remove', 'claude');
  if (!agent.transcript().equals(transcript)) throw new Error("the agent's own file was changed");
  return done;
}

/** A short session, and the verbs that might be thought to need git. */
export async function runLocalVerbs(
  user: SealedUser,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  const { run } = runner(user, environment);
  await withHookAgent(user, { nativeId: ALL_VERBS_SESSION, environment }, async (agent) => {
    await agent.turn('begin', () => writeFileSync(join(user.project, 'a.txt'), 'one\n'));
    await agent.turn('go on', () => writeFileSync(join(user.project, 'a.txt'), 'two\n'));
    await agent.end();
  });
  for (const verb of ['list', 'log', 'show', 'verify']) run(verb);
  run('diff', '@1', '@2');
  run('tag', 'good', '@2');
  run('restore', '@1', '--yes');
  run('undo');
  run('fork', '@1', '--name', 'other', '--worktree', join(user.directory, 'fork'));
  run('export', ALL_VERBS_SESSION, '--format', 'native');
}
