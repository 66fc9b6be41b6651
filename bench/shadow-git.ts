// The peer for snapshots: what Gemini CLI and Cline do. A shadow repository beside the project, `git add -A` and `git commit` with GIT_DIR
// and GIT_WORK_TREE set, everything else as git has it by default.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../src/errors.ts';
import { git } from '../test/support/git-oracle.ts';
import { newDirectory } from './workplace.ts';

export interface ShadowGit {
  readonly directory: string;
  /** Runs git with the project as its work tree; throws unless it exits 0. */
  run(args: readonly string[]): void;
  /** `git add -A`, then `git commit`. */
  snapshot(): void;
  /** Ends the packing that a commit of many files leaves in the background. */
  endPacking(): void;
}

/** A new shadow repository of the project. */
export function shadowGit(project: string): ShadowGit {
  const directory = join(newDirectory('shadow'), 'shadow.git');
  git(project, ['init', '-q', '--bare', directory]);
  git(project, ['--git-dir', directory, 'config', 'core.bare', 'false']);
  const env = {
    ...bareEnvironment(),
    GIT_DIR: directory,
    GIT_WORK_TREE: project,
    GIT_AUTHOR_NAME: 'Peer',
    GIT_AUTHOR_EMAIL: 'peer@example.com',
    GIT_COMMITTER_NAME: 'Peer',
    GIT_COMMITTER_EMAIL: 'peer@example.com',
  };
  const run = (args: readonly string[]) => {
    const { status, stderr } = spawnSync('git', args, {
      cwd: project,
      env,
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  };
  const snapshot = () => {
    run(['add', '-A']);
    run(['commit', '-q', '--allow-empty', '-m', 'Snapshot']);
  };
  const endPacking = () => {
    const packer = join(directory, 'gc.pid');
    // It has a session of its own, so this is the group of all that it started.
    if (existsSync(packer)) killGroup(Number.parseInt(readFileSync(packer, 'utf8'), 10));
  };
  return { directory, run, snapshot, endPacking };
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if (!isSystemError(error, 'ESRCH')) throw error;
  }
}

/** Nothing of whoever runs the figures, and no certificates for Node to load at each start. */
export function bareEnvironment(): Record<string, string> {
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: '/nonexistent',
    LC_ALL: 'C',
    TZ: 'UTC',
    GIT_CONFIG_NOSYSTEM: '1',
  };
}
