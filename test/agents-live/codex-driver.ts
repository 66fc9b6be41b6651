// Starts the real Codex headless, in an environment built from nothing, against the scripted model. Codex runs only hooks that its user
// has trusted; a run says by a flag of its own whether it shall go past that, since there is nobody to ask.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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

export interface CodexPromptOptions {
  readonly text?: string;
  readonly resume?: string;
  readonly fork?: string;
  readonly cwd?: string;
  /** Hooks run although nobody trusted them; true unless told. */
  readonly trusted?: boolean;
  readonly flags?: readonly string[];
}

const turnMsMax = 90_000;

export class CodexDriver {
  readonly #setup: AgentSetup & { readonly modelUrl: string };

  constructor(setup: AgentSetup & { readonly modelUrl: string }) {
    this.#setup = setup;
  }

  get home(): string {
    return join(this.#setup.home, '.codex');
  }

  get hooksPath(): string {
    return join(this.home, 'hooks.json');
  }

  /** Runs one turn to its end. */
  prompt(script: string | readonly Reply[], options: CodexPromptOptions = {}): Promise<Turn> {
    return this.start(script, options).done;
  }

  /** Starts a turn and comes back at once. */
  start(script: string | readonly Reply[], options: CodexPromptOptions = {}): RunningAgent {
    const { program, project, environment } = this.#setup;
    const { text, cwd = project, resume, fork, trusted = true, flags = [] } = options;
    this.#configure();
    const how = resume === undefined ? (fork === undefined ? [] : ['fork']) : ['resume'];
    const trust = trusted ? ['--dangerously-bypass-hook-trust'] : [];
    const which = resume ?? fork;
    const args = ['exec', ...how, ...trust, '--json', ...flags, ...(which ? [which] : [])];
    const child = spawnAgent(program, [...args, promptOf(script, { text, cwd })], {
      cwd,
      environment: { ...environment, CODEX_HOME: this.home, MODEL_KEY: 'not-a-key' },
    });
    child.stdin.end();
    return running(child, turnMsMax, turnOf);
  }

  #configure(): void {
    mkdirSync(this.home, { recursive: true });
    const { modelUrl, project } = this.#setup;
    const lines = [
      'model = "gpt-5.5"',
      'model_provider = "script"',
      'approval_policy = "never"',
      'sandbox_mode = "danger-full-access"',
      'check_for_update_on_startup = false',
      '[analytics]',
      'enabled = false',
      '[features]',
      'apps = false',
      'plugins = false',
      'multi_agent_v2 = true',
      '[model_providers.script]',
      'name = "script"',
      `base_url = "${modelUrl}/v1"`,
      'env_key = "MODEL_KEY"',
      'wire_api = "responses"',
      'supports_websockets = false',
      'request_max_retries = 0',
      'stream_max_retries = 0',
      `[projects."${project}"]`,
      'trust_level = "trusted"',
    ];
    writeFileSync(join(this.home, 'config.toml'), `${lines.join('\n')}\n`);
  }
}

interface Told {
  readonly type?: string;
  readonly thread_id?: string;
  readonly item?: { readonly type?: string; readonly text?: string };
}

function turnOf({ stdout, stderr, status }: Ended): Turn {
  const events = stdout
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Told);
  const thread = events.find(({ type }) => type === 'thread.started');
  const said = events.findLast(({ item }) => item?.type === 'agent_message');
  return {
    sessionId: thread?.thread_id ?? '',
    said: said?.item?.text ?? '',
    status: status ?? undefined,
    stderr,
  };
}
