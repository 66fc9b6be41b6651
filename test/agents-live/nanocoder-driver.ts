// Drives the real Nanocoder in a terminal, for it saves no session without its screen: `script` of util-linux makes one, what would be
// typed goes in at its standard input, and its screen comes out. A prompt is typed once there is a place for it; once the last
// of the turn stands in its session file, Nanocoder is ended.

import { type ChildProcessWithoutNullStreams, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stripVTControlCharacters } from 'node:util';
import { listSessions } from '../../src/agents/nanocoder/locate.ts';
import { nanocoder } from '../../src/agents/nanocoder/nanocoder.ts';
import { placesIn } from '../support/agent-places.ts';
import type { GuidedAgent, GuidedOptions } from './agent-main-job.ts';
import {
  type AgentSetup,
  killGroup,
  promptOf,
  type RunningAgent,
  running,
  spawnAgent,
} from './agent-run.ts';
import type { Reply } from './model-script.ts';
import { waitFor } from './world.ts';

const turnMsMax = 240_000;
const waitMsMax = 100_000;
/** So wide that what is typed stands on one line. */
const COLUMNS = 2000;
const QUIET_MS = 700;
const ENTER_MS = 1000;
/** Shown where a prompt can be typed. */
const READY = /What would you like/;

export class NanocoderDriver implements GuidedAgent {
  readonly #setup: AgentSetup & { readonly modelUrl: string };

  constructor(setup: AgentSetup & { readonly modelUrl: string }) {
    this.#setup = setup;
  }

  start(script: string | readonly Reply[], { text, resume = [] }: GuidedOptions): RunningAgent {
    const { program, project: cwd, environment } = this.#setup;
    this.#configure();
    const words = ['--provider', 'script', '--model', 'script-model', '--mode', 'yolo', ...resume];
    const command = [program, '--no-alt-screen', ...words].map((word) => `'${word}'`).join(' ');
    const inside = `stty rows 50 cols ${COLUMNS} -echo; echo $$ > '${this.#pidFile}'; exec ${command}`;
    const child = spawnAgent('script', ['-qec', inside, '/dev/null'], {
      cwd,
      environment: { ...environment, TERM: 'xterm-256color', SHELL: '/bin/sh' },
    });
    const prompt = promptOf(script, { text, cwd }).replaceAll('\n', ' ');
    const last = typeof script === 'string' ? `Heard: ${script}` : lastSaid(script);
    const turn = running(child, turnMsMax, ({ stderr, status }) => ({
      sessionId: '',
      said: last,
      // It is ended from outside.
      status: status === 128 + constants.signals.SIGTERM ? 0 : (status ?? undefined),
      stderr,
    }));
    const typed = this.#converse(child, prompt, last);
    // One that is killed leaves what is typed without a reader.
    typed.catch(() => undefined);
    return {
      ...turn,
      done: Promise.all([turn.done, typed]).then(([ended]) => ended),
      kill: () => {
        // Its terminal makes it a group of its own, and one that only loses its terminal ends in its own time and writes.
        killGroup(this.#pid);
        return turn.kill();
      },
    };
  }

  get #pidFile(): string {
    return join(this.#setup.home, 'nanocoder.pid');
  }

  get #pid(): number {
    return Number(readFileSync(this.#pidFile, 'utf8'));
  }

  command(words: readonly string[]): void {
    const { program, environment, project: cwd } = this.#setup;
    const { status, stderr } = spawnSync(program, words, { cwd, env: environment });
    if (status !== 0) throw new Error(`nanocoder ${words.join(' ')}: ${stderr}`);
  }

  async #converse(child: ChildProcessWithoutNullStreams, prompt: string, last: string) {
    const screen = new Screen(child);
    const saved = this.#timesSaved(last);
    await screen.until(READY);
    await screen.enter(prompt, new RegExp(`┃ +${escaped(prompt.slice(0, 10))}[^]*Press Esc`));
    await screen.until(new RegExp(`┃ +${escaped(last)} *\\r?\\n[^]*Worked for`));
    await waitFor('the turn to be saved', () => this.#timesSaved(last) > saved || screen.isOver);
    process.kill(this.#pid, 'SIGTERM');
  }

  /** How often the model said something, in all sessions. */
  #timesSaved(said: string): number {
    return listSessions(placesIn(this.#setup.home))
      .flatMap(({ path }) => nanocoder.format.read(readFileSync(path)).messages)
      .filter(({ role }) => role === 'assistant')
      .filter(({ parts }) => parts.some((part) => part.type === 'text' && part.text === said))
      .length;
  }

  #configure(): void {
    const directory = join(this.#setup.home, '.config', 'nanocoder');
    mkdirSync(directory, { recursive: true });
    const put = (name: string, value: object) =>
      writeFileSync(join(directory, name), `${JSON.stringify(value)}\n`);
    const provider = {
      name: 'script',
      baseUrl: `${this.#setup.modelUrl}/v1`,
      apiKey: 'not-a-key',
      models: ['script-model'],
    };
    put('agents.config.json', { nanocoder: { providers: [provider], autoUpdate: false } });
    put('nanocoder-preferences.json', {
      trustedDirectories: [this.#setup.project],
      lastProvider: 'script',
      lastModel: 'script-model',
      nanocoder: { sessions: { saveInterval: 1000 } },
    });
  }
}

function escaped(text: string): string {
  return text.replace(/[^\w ]/g, '\\$&');
}

function lastSaid(script: readonly Reply[]): string {
  const last = script.at(-1);
  return last !== undefined && 'say' in last ? last.say : '';
}

/** What has come over the terminal since it was typed to last, as plain text. */
class Screen {
  readonly #child: ChildProcessWithoutNullStreams;
  #text = '';

  constructor(child: ChildProcessWithoutNullStreams) {
    this.#child = child;
    child.stdout.on('data', (piece) => {
      this.#text += stripVTControlCharacters(String(piece));
    });
  }

  get isOver(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  async until(wanted: RegExp): Promise<void> {
    try {
      await waitFor(`${wanted}`, () => wanted.test(this.#text) || this.isOver, waitMsMax);
    } catch (error) {
      throw new Error(`the screen shows ${this.#text.replace(/ +/g, ' ').slice(-2000)}`, {
        cause: error,
      });
    }
  }

  /** Types a line once nothing moves any more, and presses the key until it is taken: while the screen is drawn anew it may be lost. */
  async enter(line: string, taken: RegExp): Promise<void> {
    for (let seen = ''; seen !== this.#text; await sleep(QUIET_MS)) seen = this.#text;
    this.#text = '';
    this.#type(line);
    await this.until(new RegExp(`${escaped(line.slice(-10))}|\\[Paste #`));
    const again = setInterval(() => this.#type('\r'), ENTER_MS);
    try {
      await this.until(taken);
    } finally {
      clearInterval(again);
    }
  }

  #type(text: string): void {
    if (this.#child.stdin.writable) this.#child.stdin.write(text);
  }
}
