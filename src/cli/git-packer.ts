// Lets the git program, where there is one, find deltas for `gsess gc`. It is told which objects to pack, never asked what is needed; it
// runs in a directory of its own in the store, at the lowest priority, in an environment made from nothing. When gsess is
// interrupted, or git takes too long, it is killed; what it left lies in that directory, which goes with it.

import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { constants, setPriority } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { GsessError, isSystemError } from '../errors.ts';
import type { DeltaPacker } from '../git/write-packs.ts';
import type { Project } from '../session/project.ts';
import type { Context } from './context.ts';
import { findProgram, safeSearchPath, withoutHome } from './find-program.ts';

/** Less than what makes its directory look left behind. */
const TIME_MS_MAX = 50 * 60_000;
const ERROR_CHARACTERS_MAX = 500;
const ARGUMENTS = [
  ...['-c', 'pack.threads=1', '-c', 'pack.windowMemory=256m', '-c', 'pack.writeReverseIndex=false'],
  ...['pack-objects', '--quiet', '--delta-base-offset'],
];
const PACK_NAME = /^[0-9a-f]{40}$/;

/** A signal would end us without a word to git. */
const exitOn = {
  SIGTERM: () => process.exit(128 + constants.signals.SIGTERM),
  SIGHUP: () => process.exit(128 + constants.signals.SIGHUP),
} as const;

/** Undefined where there is no git. */
export function gitPacker(
  context: Context,
  { path, root }: Pick<Project, 'path' | 'root'>,
): DeltaPacker | undefined {
  const projects = withoutHome([path, root], context.surroundings.home);
  const { PATH, HOME } = context.inherited;
  const program = findProgram('git', PATH, projects);
  if (program === undefined) return undefined;
  const searchPath = safeSearchPath(PATH, projects);
  return ({ objectsDirectory, directory, lines, signal }) =>
    pack(program, lines, {
      directory,
      signal,
      environment: {
        PATH: searchPath,
        HOME,
        LC_ALL: 'C',
        GIT_DIR: join(objectsDirectory, '..'),
        GIT_OBJECT_DIRECTORY: directory,
        GIT_ALTERNATE_OBJECT_DIRECTORIES: objectsDirectory,
        GIT_CONFIG_NOSYSTEM: '1',
        GIT_CONFIG_GLOBAL: '/dev/null',
        GIT_OPTIONAL_LOCKS: '0',
        GIT_TERMINAL_PROMPT: '0',
      },
    });
}

async function pack(
  program: string,
  lines: Iterable<string>,
  how: {
    readonly directory: string;
    readonly signal: AbortSignal | undefined;
    readonly environment: Readonly<Record<string, string | undefined>>;
  },
): Promise<string> {
  const { directory, environment } = how;
  const base = join(directory, 'pack', 'pack');
  const child = spawn(program, [...ARGUMENTS, base], {
    cwd: directory,
    env: environment,
    signal: how.signal,
    killSignal: 'SIGKILL',
    timeout: TIME_MS_MAX,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const kill = () => child.kill('SIGKILL');
  const end = () => {
    kill();
    rmSync(directory, { recursive: true, force: true });
  };
  process.once('exit', end);
  for (const name of ['SIGTERM', 'SIGHUP'] as const) process.once(name, exitOn[name]);
  try {
    const ended = endOf(child);
    lowerPriority(child.pid);
    const [said] = await Promise.all([ended, feed(child.stdin, lines)]);
    if (!PACK_NAME.test(said)) throw failed(`it answered '${said}'`);
    return `${base}-${said}.pack`;
  } finally {
    kill();
    process.removeListener('exit', end);
    for (const name of ['SIGTERM', 'SIGHUP'] as const) process.removeListener(name, exitOn[name]);
  }
}

/** One that ends early stops reading, and says why by its exit. */
async function feed(input: NodeJS.WritableStream, lines: Iterable<string>): Promise<void> {
  try {
    await pipeline(Readable.from(lines), input);
  } catch (error) {
    if (!isSystemError(error, 'EPIPE', 'ERR_STREAM_PREMATURE_CLOSE', 'ECONNRESET')) throw error;
  }
}

/** What it printed, once it has ended well. */
function endOf(child: ReturnType<typeof spawn>): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    let errors = '';
    child.stdout?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString()).slice(0, ERROR_CHARACTERS_MAX);
    });
    child.once('error', (error) =>
      reject(error.name === 'AbortError' ? error : failed(error.message)),
    );
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output.trim());
      else reject(failed(errors.trim() || `it ended with ${signal ?? code}`));
    });
  });
}

function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_LOW);
  } catch (error) {
    // It may have ended already.
    if (!isSystemError(error, 'ERR_SYSTEM_ERROR', 'ESRCH', 'EPERM', 'EACCES')) throw error;
  }
}

function failed(reason: string): GsessError {
  return new GsessError('io-failed', `git could not pack: ${reason}`);
}
