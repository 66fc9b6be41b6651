// Starts the real opencode headless, in an environment built from nothing, against the scripted model.

import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { GuidedAgent, GuidedOptions } from './agent-main-job.ts';
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

const turnMsMax = 120_000;

const QUIET = {
  OPENCODE_DISABLE_AUTOUPDATE: '1',
  OPENCODE_DISABLE_MODELS_FETCH: '1',
  OPENCODE_DISABLE_LSP_DOWNLOAD: '1',
  OPENCODE_DISABLE_DEFAULT_PLUGINS: '1',
};

export class OpencodeDriver implements GuidedAgent {
  readonly #setup: AgentSetup & { readonly modelUrl: string };

  constructor(setup: AgentSetup & { readonly modelUrl: string }) {
    this.#setup = setup;
  }

  /** Starts a turn and comes back at once; `resume` is what stands after `opencode` in the command that gsess gives. */
  start(script: string | readonly Reply[], { text, resume = [] }: GuidedOptions): RunningAgent {
    const { program, project: cwd, environment } = this.#setup;
    this.#configure();
    // On its screen it takes the configured model where a session tells of one that it does not have; here it must be told.
    const how = ['--format', 'json', '--model', 'script/script-model'];
    const child = spawnAgent(program, ['run', ...how, ...resume], {
      cwd,
      environment: { ...environment, ...QUIET },
    });
    // An argument with spaces would be put into quotes.
    child.stdin.end(promptOf(script, { text, cwd }));
    return running(child, turnMsMax, turnOf);
  }

  /** Runs one of its slash commands, or says something. */
  say(text: string, resume: readonly string[] = []): Promise<Turn> {
    const [, command, words = ''] = /^\/(\S+) ?(.*)$/s.exec(text) ?? [];
    if (command === undefined) return this.start(text, { text, resume }).done;
    return this.start(words, { text, resume: [...resume, '--command', command] }).done;
  }

  /** Runs another of its commands to the end. */
  command(words: readonly string[]): string {
    const { program, project: cwd, environment } = this.#setup;
    const { status, stdout, stderr } = spawnSync(program, words, {
      cwd,
      env: { ...environment, ...QUIET },
      encoding: 'utf8',
      timeout: turnMsMax,
    });
    if (status !== 0) throw new Error(`opencode ${words.join(' ')}: ${stderr}`);
    return stdout;
  }

  #configure(): void {
    const directory = join(this.#setup.home, '.config', 'opencode');
    mkdirSync(directory, { recursive: true });
    const model = { name: 'script', tool_call: true, limit: { context: 200_000, output: 8000 } };
    const script = {
      npm: '@ai-sdk/anthropic',
      name: 'script',
      options: { baseURL: `${this.#setup.modelUrl}/v1`, apiKey: 'not-a-key' },
      models: { 'script-model': model },
    };
    const config = {
      autoupdate: false,
      share: 'disabled',
      model: 'script/script-model',
      small_model: 'script/script-model',
      enabled_providers: ['script'],
      permission: { edit: 'allow', bash: 'allow', external_directory: 'allow' },
      provider: { script },
    };
    writeFileSync(join(directory, 'opencode.json'), `${JSON.stringify(config)}\n`);
  }
}

interface Told {
  readonly type?: string;
  readonly sessionID?: string;
  readonly part?: { readonly text?: string };
}

function turnOf({ stdout, stderr, status }: Ended): Turn {
  const events = stdout
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Told);
  return {
    sessionId: events[0]?.sessionID ?? '',
    said: events.findLast(({ type }) => type === 'text')?.part?.text ?? '',
    status: status ?? undefined,
    stderr,
  };
}
