// Puts the real Claude Code, and the Node it wants, into a cache directory from npm, once. Nothing is installed into the project.
// A directory is made beside its place and renamed into it whole, so that two runs at once cannot see half an install.
// Where the registry does not answer, the reason comes back and the scenarios are skipped by name.

import { spawn } from 'node:child_process';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';

export const CLAUDE_VERSION = '2.1.329';

export interface InstalledAgents {
  readonly claude: string;
  /** Holds Node 24; goes first on the agent's PATH. */
  readonly nodeDirectory: string;
}

export interface Unavailable {
  readonly unavailable: string;
}

interface Package {
  readonly folder: string;
  readonly name: string;
  /** What the package installs, under its folder. */
  readonly program: string;
}

const NODE: Package = { folder: 'node-24', name: 'node@24', program: 'node_modules/.bin/node' };
const CLAUDE: Package = {
  folder: `claude-code-${CLAUDE_VERSION}`,
  name: `@anthropic-ai/claude-code@${CLAUDE_VERSION}`,
  program: 'node_modules/.bin/claude',
};

const installMsMax = 10 * 60_000;

export async function installAgents(
  directory = process.env['GSESS_AGENTS_DIR'] ?? join(tmpdir(), 'gsess-agents-live'),
): Promise<InstalledAgents | Unavailable> {
  try {
    makeOwnDirectory(directory);
    const node = await install(directory, NODE);
    const nodeDirectory = dirname(node);
    const claude = await install(directory, CLAUDE, nodeDirectory);
    const version = await run(claude, ['--version'], { cwd: directory, environment: {} });
    return version.includes(CLAUDE_VERSION)
      ? { claude, nodeDirectory }
      : { unavailable: `'${claude} --version' says '${version.trim()}'` };
  } catch (error) {
    return { unavailable: error instanceof Error ? error.message : String(error) };
  }
}

/** Programs are run from here, so nobody else may be able to put one into it. */
function makeOwnDirectory(directory: string): void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const { uid } = lstatSync(directory);
  if (process.getuid !== undefined && uid !== process.getuid()) {
    throw new Error(`'${directory}' belongs to someone else`);
  }
}

async function install(directory: string, wanted: Package, path?: string): Promise<string> {
  const place = join(directory, wanted.folder);
  const program = join(place, wanted.program);
  if (existsSync(program)) return program;
  const building = mkdtempSync(join(directory, 'installing-'));
  try {
    writeFileSync(join(building, 'package.json'), '{"private": true}\n');
    const environment = { ...process.env };
    if (path !== undefined) environment['PATH'] = path + delimiter + (process.env['PATH'] ?? '');
    const args = ['install', '--no-audit', '--no-fund', '--fetch-retries=1', '--loglevel=error'];
    await run('npm', [...args, wanted.name], { cwd: building, environment });
    if (!existsSync(join(building, wanted.program))) {
      throw new Error(`npm installed '${wanted.name}' without its program`);
    }
    if (!existsSync(place)) renameSync(building, place);
  } finally {
    rmSync(building, { recursive: true, force: true });
  }
  return program;
}

function run(
  program: string,
  args: readonly string[],
  { cwd, environment }: { readonly cwd: string; readonly environment: NodeJS.ProcessEnv },
): Promise<string> {
  return new Promise((resolve, reject) => {
    const stdio: ['ignore', 'pipe', 'pipe'] = ['ignore', 'pipe', 'pipe'];
    const child = spawn(program, args, { cwd, env: environment, stdio, timeout: installMsMax });
    const output: string[] = [];
    child.stdout.on('data', (piece) => output.push(String(piece)));
    child.stderr.on('data', (piece) => output.push(String(piece)));
    child.once('error', reject);
    child.once('close', (status) => {
      const said = output.join('');
      if (status === 0) return resolve(said);
      const line = said.split('\n').find((text) => /error/i.test(text)) ?? said.trim();
      reject(new Error(`'${program} ${args.join(' ')}' failed: ${line.slice(0, 200)}`));
    });
  });
}
