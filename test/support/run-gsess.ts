// Runs the built gsess as its users do, in an environment made from nothing: a home, a data directory and a working directory of its
// own, no configuration of git or of whoever runs the tests. Every run's output is looked at for what could act on a terminal.

import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { assertInert } from './output-scan.ts';
import { withTemporaryDirectory } from './temporary-directory.ts';

export const GSESS_PROGRAM = fileURLToPath(new URL('../../src/cli/main.cjs', import.meta.url));

export interface GsessOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface GsessOptions {
  /** The working directory; `project` unless told. */
  readonly cwd?: string;
  readonly input?: string | Uint8Array;
  /** Variables on top of the sealed ones; undefined takes one away. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
  /** The output is somebody else's bytes, as asked for: an exported file, a patch, what git says. */
  readonly raw?: boolean;
}

/** A user of gsess, with a directory of their own. */
export interface SealedUser {
  readonly directory: string;
  readonly home: string;
  readonly data: string;
  /** An empty directory, no git repository. */
  readonly project: string;
  readonly environment: Readonly<Record<string, string>>;
  run(args: readonly string[], options?: GsessOptions): GsessOutcome;
  /** Runs it, wants exit 0, and reads the one JSON value it printed. */
  json(args: readonly string[], options?: GsessOptions): unknown;
}

/** For processes started by the dozen, whose reports would cost more than they tell; Node hands the variable on unless it is named. */
export const WITHOUT_COVERAGE = { NODE_V8_COVERAGE: undefined } as const;

const PROGRAM_MS_MAX = 60_000;

/** Calls `use` with a new user, and removes everything of theirs afterwards; `within` is where the directory is made. */
export function withSealedUser<T>(
  use: (user: SealedUser) => T | Promise<T>,
  options: { readonly within?: string } = {},
): Promise<T> {
  return withTemporaryDirectory((directory) => use(createUser(directory)), options);
}

function createUser(directory: string): SealedUser {
  const [home, data, project, temporary] = ['home', 'data', 'project', 'tmp'].map((name) => {
    const path = join(directory, name);
    mkdirSync(path, { mode: 0o700 });
    return path;
  }) as [string, string, string, string];
  const environment = sealedEnvironment({ home, data, temporary });
  const run = (args: readonly string[], options: GsessOptions = {}) =>
    runProgram(args, options.raw === true, {
      cwd: options.cwd ?? project,
      env: { ...environment, ...options.environment },
      input: options.input ?? '',
    });
  const json = (args: readonly string[], options?: GsessOptions): unknown => {
    const { status, stdout, stderr } = run([...args, '--json'], options);
    if (status !== 0)
      throw new Error(`gsess ${args.join(' ')} exited ${status}: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  };
  return { directory, home, data, project, environment, run, json };
}

function sealedEnvironment(places: { home: string; data: string; temporary: string }) {
  const coverage = process.env['NODE_V8_COVERAGE'];
  return {
    PATH: process.env['PATH'] ?? '/usr/local/bin:/usr/bin:/bin',
    HOME: places.home,
    TMPDIR: places.temporary,
    GSESS_DATA_DIR: places.data,
    GSESS_GC_AUTO: '0',
    LC_ALL: 'C',
    TZ: 'UTC',
    TERM: 'xterm',
    GIT_CONFIG_NOSYSTEM: '1',
    ...(coverage === undefined ? {} : { NODE_V8_COVERAGE: coverage }),
  };
}

function runProgram(
  args: readonly string[],
  isRaw: boolean,
  options: SpawnSyncOptions,
): GsessOutcome {
  const result = spawnSync(process.execPath, [GSESS_PROGRAM, ...args], {
    ...options,
    timeout: PROGRAM_MS_MAX,
    maxBuffer: 64 * 1024 * 1024,
  });
  if (result.error !== undefined) throw result.error;
  const [stdout, stderr] = [Buffer.from(result.stdout), Buffer.from(result.stderr)];
  assertInert(`gsess ${args.join(' ')}`, isRaw ? { stderr } : { stdout, stderr });
  return {
    status: result.status,
    stdout: stdout.toString(),
    stderr: stderr.toString(),
  };
}
