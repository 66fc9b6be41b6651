// Starts the real Gemini CLI, or an agent that was forked from it, headless, in an environment built from nothing, against the scripted
// model. What differs from one to the other is given as data.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  type AgentSetup,
  type Ended,
  promptOf,
  type RunningAgent,
  running,
  spawnAgent,
  type Turn,
} from './agent-run.ts';
import type { Reply } from './model-script.ts';

export interface FamilyPromptOptions {
  readonly text?: string;
  readonly resume?: string;
  readonly cwd?: string;
}

/** What one agent of the family needs. */
export interface FamilyMember {
  /** Of its settings, below the home directory. */
  readonly settings: string;
  /** Its settings before anybody is connected; with a comment, which must survive. */
  readonly settingsText: string;
  readonly flags: readonly string[];
  environment(modelUrl: string): Readonly<Record<string, string>>;
  turnOf(ended: Ended): Turn;
}

interface GeminiTold {
  readonly session_id?: string;
  readonly response?: string;
  readonly warnings?: readonly string[];
}

export const GEMINI: FamilyMember = {
  settings: '.gemini/settings.json',
  settingsText: `{
  // no key is needed
  "security": {"auth": {"selectedType": "gemini-api-key"}, "folderTrust": {"enabled": false}},
  "general": {"enableAutoUpdate": false, "enableAutoUpdateNotification": false},
  "privacy": {"usageStatisticsEnabled": false},
  "telemetry": {"enabled": false}
}
`,
  flags: ['-m', 'gemini-2.5-flash', '--yolo', '-o', 'json'],
  environment: (modelUrl) => ({
    GEMINI_API_KEY: 'not-a-key',
    GOOGLE_GEMINI_BASE_URL: modelUrl,
    GEMINI_CLI_TRUST_WORKSPACE: 'true',
  }),
  turnOf: ({ stdout, stderr, status }) => {
    const text = /\{[\s\S]*\}/.exec(stdout)?.[0] ?? '{}';
    const said = JSON.parse(text) as GeminiTold;
    return {
      sessionId: said.session_id ?? '',
      // What a hook says in place of the model is told as a warning.
      said: said.response || (said.warnings ?? []).join('\n'),
      status: status ?? undefined,
      stderr: `${stderr}${status === 0 ? '' : stdout}`,
    };
  },
};

export const QWEN: FamilyMember = {
  settings: '.qwen/settings.json',
  settingsText: `{
  // no key is needed
  "security": {"auth": {"selectedType": "openai"}},
  "general": {"enableAutoUpdate": false},
  "memory": {"enableManagedAutoMemory": false, "enableManagedAutoDream": false},
  "privacy": {"usageStatisticsEnabled": false},
  "telemetry": {"enabled": false},
  "$version": 4
}
`,
  flags: ['--auth-type', 'openai', '--yolo', '-o', 'json'],
  environment: (modelUrl) => ({
    OPENAI_API_KEY: 'not-a-key',
    OPENAI_BASE_URL: `${modelUrl}/v1`,
    OPENAI_MODEL: 'scripted',
  }),
  turnOf: ({ stdout, stderr, status }) => {
    const text = /^\[[\s\S]*\]$/m.exec(stdout.trim())?.[0] ?? '[]';
    const told = JSON.parse(text) as readonly { session_id?: string; result?: string }[];
    return {
      sessionId: told.find(({ session_id: id }) => id !== undefined)?.session_id ?? '',
      said: told.findLast(({ result }) => result !== undefined)?.result ?? '',
      status: status ?? undefined,
      stderr: `${stderr}${status === 0 ? '' : stdout}`,
    };
  },
};

const turnMsMax = 120_000;

export class FamilyDriver {
  readonly #setup: AgentSetup & { readonly modelUrl: string };
  readonly #member: FamilyMember;

  constructor(setup: AgentSetup & { readonly modelUrl: string }, member: FamilyMember) {
    this.#setup = setup;
    this.#member = member;
    const path = this.settingsPath;
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, member.settingsText);
  }

  get settingsPath(): string {
    return join(this.#setup.home, this.#member.settings);
  }

  /** The text of the user settings, or none. */
  settings(): string | undefined {
    return existsSync(this.settingsPath) ? readFileSync(this.settingsPath, 'utf8') : undefined;
  }

  /** Runs one turn to its end. */
  prompt(script: string | readonly Reply[], options: FamilyPromptOptions = {}): Promise<Turn> {
    return this.start(script, options).done;
  }

  /** Starts a turn and comes back at once. */
  start(script: string | readonly Reply[], options: FamilyPromptOptions = {}): RunningAgent {
    const { program, project, environment, modelUrl } = this.#setup;
    const { text, cwd = project, resume } = options;
    const member = this.#member;
    const how = resume === undefined ? [] : ['--resume', resume];
    const args = [...member.flags, ...how, '-p', promptOf(script, { text, cwd })];
    const child = spawnAgent(program, args, {
      cwd,
      environment: { ...environment, NO_COLOR: '1', ...member.environment(modelUrl) },
    });
    child.stdin.end();
    return running(child, turnMsMax, member.turnOf);
  }
}
