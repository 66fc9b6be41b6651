// Puts the real agents, and the Node they want, into a cache directory from npm, once. Nothing is installed into the project.
// A directory is made beside its place and renamed into it whole, so that two runs at once cannot see half an install.
// Where one cannot be had, the reason comes back and its scenarios are skipped by name.

import { spawn, spawnSync } from 'node:child_process';
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

interface Package {
  readonly name: string;
  readonly version: string;
  /** What the package installs, under its folder. */
  readonly program: string;
  /** What it cannot be driven without, and does not come from npm. */
  readonly also?: string;
}

/** The agents that can be had from npm; one that is added here can be asked for by a scenario. */
const PACKAGES = {
  claude: {
    name: '@anthropic-ai/claude-code',
    version: '2.1.329',
    program: 'node_modules/.bin/claude',
  },
  gemini: {
    name: '@google/gemini-cli',
    version: '0.61.0',
    program: 'node_modules/.bin/gemini',
  },
  qwen: {
    name: '@qwen-code/qwen-code',
    version: '0.24.4',
    program: 'node_modules/.bin/qwen',
  },
  codex: { name: '@openai/codex', version: '0.169.0', program: 'node_modules/.bin/codex' },
  pi: {
    name: '@mariozechner/pi-coding-agent',
    version: '0.73.1',
    program: 'node_modules/.bin/pi',
  },
  opencode: {
    name: 'opencode-ai',
    version: '1.18.33',
    program: 'node_modules/.bin/opencode',
  },
  nanocoder: {
    name: '@nanocollective/nanocoder',
    version: '1.30.0',
    program: 'node_modules/.bin/nanocoder',
    also: 'script',
  },
} as const satisfies Readonly<Record<string, Package>>;

const NODE: Package = { name: 'node', version: '24', program: 'node_modules/.bin/node' };

export type AgentName = keyof typeof PACKAGES;

export interface InstalledAgents {
  /** The program of each agent that was asked for. */
  readonly programs: Readonly<Partial<Record<AgentName, string>>>;
  /** Holds Node 24; goes first on the agents' PATH. */
  readonly nodeDirectory: string;
}

export interface Unavailable {
  readonly unavailable: string;
}

const installMsMax = 10 * 60_000;

export async function installAgents(
  wanted: readonly AgentName[],
  directory = process.env['GSESS_AGENTS_DIR'] ?? join(tmpdir(), 'gsess-agents-live'),
): Promise<InstalledAgents | Unavailable> {
  try {
    makeOwnDirectory(directory);
    const nodeDirectory = dirname(await install(directory, NODE));
    const missing = wanted.map((name) => (PACKAGES[name] as Package).also).find(isMissing);
    if (missing !== undefined) return { unavailable: `there is no '${missing}' here` };
    const programs: Partial<Record<AgentName, string>> = {};
    for (const name of wanted) {
      const { version } = PACKAGES[name];
      const program = await install(directory, PACKAGES[name], nodeDirectory);
      const environment = { PATH: `${nodeDirectory}:/usr/bin:/bin` };
      const said = await run(program, ['--version'], { cwd: directory, environment });
      if (!said.includes(version)) {
        return { unavailable: `'${program} --version' says '${said.trim()}'` };
      }
      programs[name] = program;
    }
    return { programs, nodeDirectory };
  } catch (error) {
    return { unavailable: error instanceof Error ? error.message : String(error) };
  }
}

function isMissing(program: string | undefined): boolean {
  return program !== undefined && spawnSync(program, ['--version']).status !== 0;
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
  const folder = `${wanted.name.replace(/^@[^/]+\//, '')}-${wanted.version}`;
  const place = join(directory, folder);
  const program = join(place, wanted.program);
  if (existsSync(program)) return program;
  const building = mkdtempSync(join(directory, 'installing-'));
  try {
    writeFileSync(join(building, 'package.json'), '{"private": true}\n');
    const environment = { ...process.env };
    if (path !== undefined) environment['PATH'] = path + delimiter + (process.env['PATH'] ?? '');
    const args = ['install', '--no-audit', '--no-fund', '--fetch-retries=1', '--loglevel=error'];
    await run('npm', [...args, `${wanted.name}@${wanted.version}`], { cwd: building, environment });
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
