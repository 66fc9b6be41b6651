// Runs the real git program as the judge of what we write. The environment is built from nothing, so the verdict depends neither
// on the person who runs the tests nor on the machine: no configuration but the repository's, fixed names and dates.

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface GitOptions {
  readonly input?: string | Uint8Array;
  /** Variables on top of the sealed ones. */
  readonly environment?: Readonly<Record<string, string>>;
}

export interface GitOutcome {
  readonly status: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

const OUTPUT_BYTES_MAX = 512 * 1024 * 1024;

const SEALED_ENVIRONMENT = {
  PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
  HOME: join(tmpdir(), 'gsess-oracle-home-that-does-not-exist'),
  LC_ALL: 'C',
  TZ: 'UTC',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_TERMINAL_PROMPT: '0',
  GIT_AUTHOR_NAME: 'Oracle Author',
  GIT_AUTHOR_EMAIL: 'author@oracle.example',
  GIT_AUTHOR_DATE: '1700000000 +0100',
  GIT_COMMITTER_NAME: 'Oracle Committer',
  GIT_COMMITTER_EMAIL: 'committer@oracle.example',
  GIT_COMMITTER_DATE: '1700000060 -0230',
};

/** Runs git in the directory and returns how it went, good or bad. */
export function gitOutcome(
  directory: string,
  args: readonly string[],
  { input, environment = {} }: GitOptions = {},
): GitOutcome {
  const result = spawnSync('git', args, {
    cwd: directory,
    env: { ...SEALED_ENVIRONMENT, ...environment },
    input: input ?? '',
    maxBuffer: OUTPUT_BYTES_MAX,
  });
  if (result.error !== undefined) throw result.error;
  return { status: result.status, stdout: result.stdout, stderr: result.stderr.toString() };
}

/** Runs git in the directory and returns its standard output; throws unless it exits 0. */
export function git(directory: string, args: readonly string[], options: GitOptions = {}): Buffer {
  const { status, stdout, stderr } = gitOutcome(directory, args, options);
  if (status !== 0) {
    throw new Error(`git ${args.join(' ')} exited ${status}: ${stderr.trim()}`);
  }
  return stdout;
}

/** The same, as text without the last line end. */
export function gitText(directory: string, args: readonly string[], options?: GitOptions): string {
  return git(directory, args, options).toString().replace(/\n$/, '');
}

/** What `git fsck --strict --full` has to say against the repository, but for objects no ref reaches; empty for a sound one. */
export function fsckComplaints(directory: string): string[] {
  const fsck = ['fsck', '--strict', '--full', '--no-dangling', '--no-progress'];
  const { status, stdout, stderr } = gitOutcome(directory, [...withoutAbsent(directory), ...fsck]);
  const lines = `${stdout.toString()}${stderr}`.split('\n');
  const said = lines.filter((line) => line !== '' && !/^(notice: |Checking)/.test(line));
  return status === 0 && said.length === 0 ? [] : [`git fsck exited ${status}`, ...said];
}

/** Throws unless `git fsck --strict --full` finds nothing at all to say, but for objects no ref reaches. */
export function assertFsckClean(directory: string): void {
  const complaints = fsckComplaints(directory);
  if (complaints.length > 0) throw new Error(complaints.join('; '));
}

/**
 * Leaves out what fsck has checked by processes of their own, which take longer than all the rest, where a bare repository has no such
 * files.
 */
function withoutAbsent(directory: string): string[] {
  const has = (...path: string[]) => existsSync(join(directory, 'objects', ...path));
  if (!has()) return [];
  const graphs = has('info', 'commit-graph') || has('info', 'commit-graphs');
  return [
    ...(graphs ? [] : ['-c', 'core.commitGraph=false']),
    ...(has('pack', 'multi-pack-index') ? [] : ['-c', 'core.multiPackIndex=false']),
  ];
}
