// One throwaway world per scenario: a home, a project under git, a data directory for gsess, a scripted model, and the
// agents in it.
// Everything is below one temporary directory, which goes with the scenario, and nothing outside is read.

import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { git } from '../support/git-oracle.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { ClaudeDriver } from './claude-driver.ts';
import { CodexDriver } from './codex-driver.ts';
import type { InstalledAgents } from './install-agents.ts';
import { type ModelServer, startModel } from './model-server.ts';

export interface CommandOutcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface World {
  readonly directory: string;
  readonly home: string;
  readonly project: string;
  /** Where gsess keeps its stores in this world. */
  readonly data: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly model: ModelServer;
  readonly claude: ClaudeDriver;
  readonly codex: CodexDriver;
  /** Runs the gsess command line as a person would, in the project unless told otherwise. */
  gsess(args: readonly string[], options?: GsessOptions): Promise<CommandOutcome>;
  /** The project's files but for `.git`, by path. */
  files(): Readonly<Record<string, string>>;
}

export interface GsessOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const build = dirname(dirname(dirname(fileURLToPath(import.meta.url))));
/** The command line as it is installed. */
export const gsessProgram = join(build, 'src', 'cli', 'main.cjs');

export async function withWorld<T>(
  agents: InstalledAgents,
  use: (world: World) => Promise<T>,
): Promise<T> {
  const model = await startModel();
  try {
    return await withTemporaryDirectory((directory) => use(makeWorld(directory, agents, model)));
  } finally {
    await model.close();
  }
}

function makeWorld(directory: string, agents: InstalledAgents, model: ModelServer): World {
  const top = realpathSync(directory);
  const place = (name: string) => {
    mkdirSync(join(top, name), { mode: 0o700 });
    return join(top, name);
  };
  const [home, project, data, temporary] = ['home', 'flags', 'data', 'tmp'].map(place) as [
    string,
    string,
    string,
    string,
  ];
  git(project, ['init', '--quiet', '--initial-branch=main']);
  git(project, ['commit', '--quiet', '--allow-empty', '--message=Begin']);
  const environment = {
    PATH: `${agents.nodeDirectory}:/usr/local/bin:/usr/bin:/bin`,
    HOME: home,
    TMPDIR: temporary,
    TERM: 'dumb',
    LANG: 'C.UTF-8',
    // Lets Claude run without asking even where the tests run as root.
    IS_SANDBOX: '1',
    ANTHROPIC_BASE_URL: model.url,
    ANTHROPIC_API_KEY: 'not-a-key',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
    DISABLE_AUTOUPDATER: '1',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    GSESS_DATA_DIR: data,
    // What gsess does behind the back of a scenario would go on while its files are removed.
    GSESS_GC_AUTO: '0',
  };
  const claude = new ClaudeDriver({
    program: agents.programs.claude ?? 'claude',
    home,
    project,
    environment,
  });
  const codex = new CodexDriver({
    program: agents.programs.codex ?? 'codex',
    home,
    project,
    environment,
    modelUrl: model.url,
  });
  return {
    directory: top,
    home,
    project,
    data,
    environment,
    model,
    claude,
    codex,
    gsess: (args, options = {}) => runGsess(args, { cwd: project, ...options }, environment),
    files: () => filesUnder(project),
  };
}

function runGsess(
  args: readonly string[],
  options: GsessOptions,
  environment: Readonly<Record<string, string>>,
): Promise<CommandOutcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [gsessProgram, ...args], {
      cwd: options.cwd,
      env: { ...environment, ...options.environment },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (piece) => {
      stdout += String(piece);
    });
    child.stderr.on('data', (piece) => {
      stderr += String(piece);
    });
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
    child.stdin.end(options.input ?? '');
  });
}

/** Small text files of a directory by path, without `.git`. */
export function filesUnder(directory: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(directory, { recursive: true, encoding: 'utf8' })
      .filter((path) => path !== '.git' && !path.startsWith('.git/'))
      .filter((path) => statSync(join(directory, path)).isFile())
      .sort()
      .map((path) => [path, readFileSync(join(directory, path), 'utf8')]),
  );
}

/** Waits for something that happens in another process. */
export async function waitFor(what: string, isSo: () => boolean, msMax = 120_000): Promise<void> {
  for (const end = Date.now() + msMax; !isSo(); await sleep(20)) {
    if (Date.now() > end) throw new Error(`waited ${msMax} ms in vain: ${what}`);
  }
}
