// Starts the real pi headless, in an environment built from nothing, against the scripted model.

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

const turnMsMax = 90_000;

export class PiDriver implements GuidedAgent {
  readonly #setup: AgentSetup & { readonly modelUrl: string };

  constructor(setup: AgentSetup & { readonly modelUrl: string }) {
    this.#setup = setup;
  }

  get directory(): string {
    return join(this.#setup.home, '.pi', 'agent');
  }

  /** Starts a turn and comes back at once; `resume` is what stands after `pi` in the command that gsess gives. */
  start(script: string | readonly Reply[], { text, resume = [] }: GuidedOptions): RunningAgent {
    const { program, project: cwd, environment } = this.#setup;
    this.#configure();
    const model = ['--provider', 'script', '--model', 'script-model'];
    const args = [...model, '--mode', 'json', ...resume, '-p', promptOf(script, { text, cwd })];
    const child = spawnAgent(program, args, {
      cwd,
      environment: {
        ...environment,
        PI_OFFLINE: '1',
        PI_SKIP_VERSION_CHECK: '1',
        PI_TELEMETRY: '0',
      },
    });
    child.stdin.end();
    return running(child, turnMsMax, turnOf);
  }

  command(words: readonly string[]): void {
    throw new Error(`pi needs nothing before it is started, such as '${words.join(' ')}'`);
  }

  #configure(): void {
    mkdirSync(this.directory, { recursive: true });
    const model = {
      id: 'script-model',
      name: 'script',
      reasoning: false,
      input: ['text'],
      contextWindow: 200_000,
      maxTokens: 8000,
      cost: { input: 0, output: 0, cacheRead: 0, cacheWrite: 0 },
    };
    const script = {
      baseUrl: this.#setup.modelUrl,
      api: 'anthropic-messages',
      apiKey: 'not-a-key',
      models: [model],
    };
    writeFileSync(
      join(this.directory, 'models.json'),
      `${JSON.stringify({ providers: { script } })}\n`,
    );
  }
}

interface Told {
  readonly type?: string;
  readonly id?: string;
  readonly message?: {
    readonly role?: string;
    readonly content?: readonly { readonly type?: string; readonly text?: string }[];
  };
}

function turnOf({ stdout, stderr, status }: Ended): Turn {
  const events = stdout
    .split('\n')
    .filter((line) => line.startsWith('{') && line.endsWith('}'))
    .map((line) => JSON.parse(line) as Told);
  const said = events.findLast(
    ({ type, message }) => type === 'message_end' && message?.role === 'assistant',
  );
  const texts = said?.message?.content?.filter(({ type }) => type === 'text') ?? [];
  return {
    sessionId: events.find(({ type }) => type === 'session')?.id ?? '',
    said: texts.map(({ text }) => text).join('\n'),
    status: status ?? undefined,
    stderr,
  };
}
