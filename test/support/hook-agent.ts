// An agent as gsess meets it outside: a process of its own that runs `gsess hook claude` at each event, a transcript that grows as Claude's
// does (one step behind the events), and tools that change files. What `session-driver.ts` plays through the library, this plays
// through the installed program.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { HookAnswer } from './agent-process.ts';
import { GSESS_PROGRAM, type SealedUser, WITHOUT_COVERAGE } from './run-gsess.ts';

export interface AgentOptions {
  readonly nativeId: string;
  /** The project unless told. */
  readonly cwd?: string;
  /** On top of the user's. */
  readonly environment?: Readonly<Record<string, string>>;
}

/** The transcript of one session and the payloads of its events; starts nothing. */
export class HookScript {
  readonly nativeId: string;
  readonly cwd: string;
  readonly transcriptPath: string;
  #records = 0;
  #promptId = '';
  #parent: string | null = null;

  constructor(user: SealedUser, { nativeId, cwd = user.project }: AgentOptions) {
    this.nativeId = nativeId;
    this.cwd = cwd;
    const slug = cwd.replace(/[^A-Za-z0-9]/g, '-');
    this.transcriptPath = join(user.home, '.claude', 'projects', slug, `${nativeId}.jsonl`);
    mkdirSync(dirname(this.transcriptPath), { recursive: true });
  }

  /** An id that differs from those before. */
  idOf(kind: string): string {
    this.#records += 1;
    return `${kind}_${this.nativeId.slice(0, 8)}_${String(this.#records).padStart(6, '0')}`;
  }

  payload(name: string, fields: object = {}): object {
    if (name === 'UserPromptSubmit') this.#promptId = this.idOf('prompt');
    return {
      session_id: this.nativeId,
      transcript_path: this.transcriptPath,
      cwd: this.cwd,
      hook_event_name: name,
      prompt_id: this.#promptId,
      permission_mode: 'default',
      ...fields,
    };
  }

  append(record: object): void {
    const uuid = this.idOf('record');
    const common = {
      parentUuid: this.#parent,
      isSidechain: false,
      uuid,
      timestamp: new Date().toISOString(),
      sessionId: this.nativeId,
      cwd: this.cwd,
    };
    appendFileSync(this.transcriptPath, `${JSON.stringify({ ...common, ...record })}\n`);
    this.#parent = uuid;
  }

  appendPrompt(content: string): void {
    this.append({ type: 'user', promptId: this.#promptId, message: { role: 'user', content } });
  }

  appendReply(...content: object[]): void {
    const message = { id: this.idOf('msg'), role: 'assistant', model: 'claude-opus-5-5', content };
    this.append({ type: 'assistant', message });
  }

  appendResult(callId: string): void {
    const content = [{ type: 'tool_result', tool_use_id: callId, content: 'done' }];
    this.append({ type: 'user', message: { role: 'user', content } });
  }

  transcript(): Buffer {
    return existsSync(this.transcriptPath) ? readFileSync(this.transcriptPath) : Buffer.alloc(0);
  }
}

const AGENT_PROCESS = fileURLToPath(new URL('./agent-process.js', import.meta.url));

export class HookAgent extends HookScript {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #answers: AsyncIterator<string>;
  readonly #ended: Promise<unknown>;

  constructor(user: SealedUser, options: AgentOptions) {
    super(user, options);
    this.#child = spawn(process.execPath, [AGENT_PROCESS, GSESS_PROGRAM], {
      env: { ...user.environment, ...options.environment, ...WITHOUT_COVERAGE },
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    this.#ended = new Promise((resolve) => this.#child.once('close', resolve));
    this.#answers = createInterface({ input: this.#child.stdout })[Symbol.asyncIterator]();
  }

  /** Runs one hook to its end; it must succeed and print nothing, or the agent would hear it, but for the line at the start. */
  async hook(name: string, fields: object = {}): Promise<HookAnswer> {
    const request = { cwd: this.cwd, payload: this.payload(name, fields) };
    this.#child.stdin.write(`${JSON.stringify(request)}\n`);
    const next = await this.#answers.next();
    if (next.done === true) throw new Error('the agent process has ended');
    const answer = JSON.parse(next.value) as HookAnswer;
    const isTold = name === 'SessionStart' && answer.stdout.includes('"additionalContext"');
    if (answer.status !== 0 || (answer.stdout !== '' && !isTold) || answer.stderr !== '') {
      throw new Error(`the hook of ${name} was not silent: ${next.value}`);
    }
    return answer;
  }

  async prompt(text: string): Promise<void> {
    await this.hook('UserPromptSubmit', { prompt: text });
    this.appendPrompt(text);
  }

  /** A tool call whose effect happens between its two events. */
  async call(name: string, input: object, effect: () => void = () => undefined): Promise<void> {
    const callId = this.idOf('toolu');
    const fields = { tool_name: name, tool_input: input, tool_use_id: callId };
    this.appendReply({ type: 'tool_use', id: callId, name, input });
    await this.hook('PreToolUse', fields);
    effect();
    await this.hook('PostToolUse', { ...fields, tool_response: {}, duration_ms: 1 });
    this.appendResult(callId);
  }

  /** The final text of a turn. */
  async say(text: string): Promise<void> {
    await this.hook('Stop', { stop_hook_active: false, last_assistant_message: text });
    this.appendReply({ type: 'text', text });
  }

  /** A turn with one call, from prompt to answer. */
  async turn(prompt: string, effect: () => void): Promise<void> {
    await this.prompt(prompt);
    await this.call('Bash', { command: 'make' }, effect);
    await this.say(`${prompt}: done`);
  }

  /** Ends in good order: the session is then not live any more. */
  async end(): Promise<void> {
    await this.hook('SessionEnd', { reason: 'prompt_input_exit' });
    await this.close();
  }

  /** Ends without telling gsess. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    await this.#ended;
  }
}

/** Starts an agent, and sees to its end whatever happens. */
export async function withHookAgent<T>(
  user: SealedUser,
  options: AgentOptions,
  use: (agent: HookAgent) => Promise<T>,
): Promise<T> {
  const agent = new HookAgent(user, options);
  try {
    return await use(agent);
  } finally {
    await agent.close();
  }
}
