// The output of this process: its two streams, its terminal and the user's pager.

import { homedir } from 'node:os';
import process from 'node:process';
import { isSystemError } from '../errors.ts';
import { gitLocation } from '../worktree/git-location.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { safeSearchPath, withoutHome } from './find-program.ts';
import { Output } from './output.ts';

const PAGER = 'less -FRX';
/** The shell found no such program, or could not run it. */
const NOT_RUN_STATUSES = [126, 127];

/** Makes the output; colours need a terminal that has them, and a user who did not decline. */
export function createProcessOutput(wish: {
  readonly json: boolean;
  readonly isColoured: boolean;
}): Output {
  const environment = readEnvironment(process.env);
  const isDumb = environment.TERM === 'dumb';
  const pager = environment.GSESS_PAGER ?? environment.PAGER ?? PAGER;
  return new Output({
    stdout: process.stdout,
    stderr: process.stderr,
    json: wish.json,
    colour: wish.isColoured && environment.NO_COLOR === undefined && !isDumb,
    ...(isPagerWanted(pager, environment) ? { page: (text) => runPager(pager, text) } : {}),
  });
}

function isPagerWanted(pager: string, { TERM }: Environment): boolean {
  return TERM !== 'dumb' && pager.trim() !== '' && pager.trim() !== 'cat';
}

/** A pager is a command line of the user's, as for git; false if there is none to run. Nothing in the project is taken for one. */
async function runPager(pager: string, text: string): Promise<boolean> {
  const here = process.cwd();
  const projects = withoutHome([here, gitLocation(here)?.workTree ?? here], homedir());
  const { runForeground } = await import('./foreground.ts');
  try {
    const status = await runForeground('/bin/sh', ['-c', pager], {
      environment: { ...process.env, PATH: safeSearchPath(process.env['PATH'], projects) },
      input: text,
    });
    return !NOT_RUN_STATUSES.includes(status);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'EACCES')) return false;
    throw error;
  }
}
