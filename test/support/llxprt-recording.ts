// Makes recordings of LLxprt Code, record by record as it writes them, for it is not among the agents that tests can install.

import { createHash } from 'node:crypto';

export interface RecordingOptions {
  readonly sessionId: string;
  readonly cwd: string;
  readonly model?: string;
}

type Block = Readonly<Record<string, unknown>>;

const START = Date.parse('2026-01-02T03:04:05Z');
const SECOND = 1000;

/** One recording; each method adds the record it is called by. */
export class LlxprtRecording {
  readonly #lines: string[] = [];

  constructor({ sessionId, cwd, model = 'm' }: RecordingOptions) {
    const projectHash = createHash('sha256').update(cwd).digest('hex');
    const startTime = new Date(START).toISOString();
    const where = { workspaceDirs: [cwd], cwd };
    this.add('session_start', {
      ...{ sessionId, projectHash, ...where, provider: 'openai', model, startTime },
    });
  }

  get bytes(): Buffer {
    return Buffer.from(this.#lines.map((line) => `${line}\n`).join(''));
  }

  /** Where each record begins, and where the last one ends. */
  get offsets(): readonly number[] {
    const ends = [0];
    for (const line of this.#lines) ends.push((ends.at(-1) ?? 0) + Buffer.byteLength(line) + 1);
    return ends;
  }

  human(text: string): this {
    return this.say('human', { type: 'text', text });
  }

  ai(...blocks: readonly Block[]): this {
    return this.say('ai', ...blocks);
  }

  answer(callId: string, outcome: Block = { result: 'ok' }): this {
    return this.say('tool', { type: 'tool_response', callId, toolName: 'write_file', ...outcome });
  }

  say(speaker: string, ...blocks: readonly Block[]): this {
    return this.add('content', { content: { speaker, blocks } });
  }

  compressed(text: string, itemsCompressed: number): this {
    const summary = { speaker: 'ai', blocks: [{ type: 'text', text }] };
    return this.add('compressed', { summary, itemsCompressed });
  }

  rewind(itemsRemoved: number): this {
    return this.add('rewind', { itemsRemoved });
  }

  add(type: string, payload: object): this {
    const seq = this.#lines.length + 1;
    const ts = new Date(START + seq * SECOND).toISOString();
    return this.line(JSON.stringify({ v: 1, seq, ts, type, payload }));
  }

  /** A line as it is, such as a torn one. */
  line(text: string): this {
    this.#lines.push(text);
    return this;
  }
}

export function call(id: string, parameters: object = { file_path: 'a' }): Block {
  return { type: 'tool_call', id, name: 'write_file', parameters };
}

export function text(said: string): Block {
  return { type: 'text', text: said };
}
