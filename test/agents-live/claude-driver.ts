// Starts the real Claude Code headless, in an environment built from nothing: its own home, the scripted model, no key that is
// worth anything, nothing sent anywhere else. A run can be killed in the middle, which is the point of half the scenarios.

import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
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

export interface PromptOptions {
  /** What the user typed; the script goes below it. */
  readonly text?: string;
  readonly resume?: string;
  readonly sessionId?: string;
  readonly cwd?: string;
  /** Further flags, as `--fork-session`. */
  readonly flags?: readonly string[];
}

/** One Claude that stays for several turns, as in front of a person. */
export interface Conversation {
  readonly pid: number;
  /** Says something and waits for the final text of the turn. */
  say(script: string | readonly Reply[], text?: string): Promise<string>;
  /** Ends it in good order. */
  close(): Promise<void>;
  kill(): Promise<void>;
}

const turnMsMax = 90_000;
const conversationMsMax = 300_000;
const UNASKED = ['--permission-mode', 'bypassPermissions'];
const FLAGS = [...UNASKED, '--output-format', 'json'];
const STREAMED = [
  ...UNASKED,
  '--verbose',
  '--input-format',
  'stream-json',
  '--output-format',
  'stream-json',
];

export class ClaudeDriver {
  readonly #setup: AgentSetup;

  constructor(setup: AgentSetup) {
    this.#setup = setup;
  }

  get configDirectory(): string {
    return join(this.#setup.home, '.claude');
  }

  get settingsPath(): string {
    return join(this.configDirectory, 'settings.json');
  }

  /** The text of the user settings, or none. */
  settings(): string | undefined {
    return existsSync(this.settingsPath) ? readFileSync(this.settingsPath, 'utf8') : undefined;
  }

  writeSettings(text: string): void {
    mkdirSync(dirname(this.settingsPath), { recursive: true });
    writeFileSync(this.settingsPath, text);
  }

  /** Runs one turn to its end: a script the model plays, or a plain prompt it answers with itself. */
  prompt(script: string | readonly Reply[], options: PromptOptions = {}): Promise<Turn> {
    return this.start(script, options).done;
  }

  /** Starts a turn and comes back at once. */
  start(script: string | readonly Reply[], options: PromptOptions = {}): RunningAgent {
    const cwd = options.cwd ?? this.#setup.project;
    const prompt = promptOf(script, { text: options.text, cwd });
    const child = this.#spawn(['-p', prompt, ...FLAGS, ...flagsOf(options)], cwd);
    // Claude would wait for more of the prompt.
    child.stdin.end();
    return running(child, turnMsMax, turnOf);
  }

  /** Starts a Claude that stays live until it is closed or killed. */
  converse(options: Omit<PromptOptions, 'text'> = {}): Conversation {
    const cwd = options.cwd ?? this.#setup.project;
    const child = this.#spawn(['-p', ...STREAMED, ...flagsOf(options)], cwd);
    const { pid, done, kill } = running(child, conversationMsMax, turnOf);
    const answers = answersOf(child);
    return {
      pid,
      kill,
      say: async (script, text) => {
        const content = promptOf(script, { text, cwd });
        const message = { type: 'user', message: { role: 'user', content } };
        child.stdin.write(`${JSON.stringify(message)}\n`);
        const answer = await answers.next();
        if (answer.done === true) throw new Error(`Claude ended without an answer to '${content}'`);
        return answer.value;
      },
      close: async () => {
        child.stdin.end();
        await done;
      },
    };
  }

  #spawn(args: readonly string[], cwd: string): ChildProcessWithoutNullStreams {
    const { program, environment } = this.#setup;
    return spawnAgent(program, args, { cwd, environment });
  }

  /** Where Claude keeps a session, whichever project it belongs to. */
  transcriptPath(sessionId: string): string | undefined {
    const projects = join(this.configDirectory, 'projects');
    if (!existsSync(projects)) return undefined;
    return readdirSync(projects)
      .map((slug) => join(projects, slug, `${sessionId}.jsonl`))
      .find((path) => existsSync(path));
  }

  transcriptBytes(sessionId: string): Buffer {
    const path = this.transcriptPath(sessionId);
    if (path === undefined) throw new Error(`Claude has no transcript of '${sessionId}'`);
    return readFileSync(path);
  }

  /** The records of a session; the last line may be half of one, and is then left out. */
  transcript(sessionId: string): readonly TranscriptRecord[] {
    const lines = this.transcriptBytes(sessionId).toString().split('\n').slice(0, -1);
    return lines.map((line) => JSON.parse(line) as TranscriptRecord);
  }

  /** The tool calls that are on disk, by name. Claude writes a moment behind; what it had not yet written dies with it. */
  callsOnDisk(sessionId: string): readonly string[] {
    return this.transcript(sessionId)
      .map((record) => record.message?.content ?? [])
      .flatMap((content) => (typeof content === 'string' ? [] : content))
      .filter((block) => block.type === 'tool_use')
      .map((block) => block.name ?? '');
  }
}

/** Only what scenarios look at. */
export interface TranscriptRecord {
  readonly type: string;
  readonly sessionId?: string;
  readonly uuid?: string;
  readonly message?: {
    readonly role: string;
    readonly content:
      | string
      | readonly { readonly type: string; readonly text?: string; readonly name?: string }[];
  };
}

function flagsOf({ resume, sessionId, flags = [] }: PromptOptions): readonly string[] {
  const session = sessionId === undefined ? [] : ['--session-id', sessionId];
  return [...flags, ...(resume === undefined ? [] : ['--resume', resume]), ...session];
}

/** The final text of each turn, as they come. */
async function* answersOf(child: ChildProcessWithoutNullStreams): AsyncGenerator<string> {
  for await (const line of createInterface({ input: child.stdout })) {
    const message = JSON.parse(line) as { type?: string; result?: string };
    if (message.type === 'result') yield message.result ?? '';
  }
}

function turnOf({ stdout, stderr, status }: Ended): Turn {
  const ended = { status: status ?? undefined, stderr };
  if (status === null) return { sessionId: '', said: '', ...ended };
  try {
    const result = JSON.parse(stdout) as { session_id?: string; result?: string };
    return { sessionId: result.session_id ?? '', said: result.result ?? '', ...ended };
  } catch {
    return { sessionId: '', said: stdout.trim(), ...ended };
  }
}
