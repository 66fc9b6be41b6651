// Asked once git has failed: whether that program is a git that can be expected to read a store.

import { spawnSync } from 'node:child_process';

/** The first to know all that is in a store and in its config. */
const MAJOR_MIN = 2;
const VERSION_MS_MAX = 5000;
const SHOWN_MAX = 80;

/** What is odd about the program, in words; undefined if it says to be a git of our time. */
export function doubtfulGit(
  program: string,
  environment: Readonly<Record<string, string | undefined>>,
): string | undefined {
  const { status, stdout, error } = spawnSync(program, ['--version'], {
    env: environment,
    encoding: 'utf8',
    timeout: VERSION_MS_MAX,
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  if (error !== undefined || status !== 0) return `'${program}' does not even tell its version`;
  const said = stdout.split('\n')[0]?.slice(0, SHOWN_MAX) ?? '';
  const major = /^git version (\d+)\./.exec(said)?.[1];
  if (major !== undefined && Number(major) >= MAJOR_MIN) return undefined;
  return `'${program}' says to be '${said}', not a git from ${MAJOR_MIN}.0 on`;
}
