// The records of a long conversation, as an agent appends them to its transcript: made the same each time, in the shape of the real ones in
// fixtures/, with sizes as measured of real sessions (a median of 0.8 KB, a tenth over 3 KB, some of hundreds) and text that deflate
// makes as small as it makes real records: to 0.47 one by one, to 0.29 in twenties (real ones: 0.42 to 0.49, 0.29).

import { type Random, seededRandom } from '../test/support/seeded-random.ts';

export const EVENTS_PER_TURN = 20;

const CWD = '/home/dev/flags';
const SESSION_ID = '3f2a9c1e-5d04-4b7e-9a16-0c8d2e41f7b3';
const LETTERS = 'eeeeeeeetttttaaaaaooooiiiinnnnsssrrrhhllddccuummffppggwyybvk';
const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const WORDS = 20_000;
/** Between 0, all words as often, and 1, the first ones nearly always. */
const FAVOURITES = 0.9;
const MEDIAN_BYTES = 85;
const SPREAD = 2.6;
const BYTES_MAX = 200_000;
const LINES_REMEMBERED = 4000;

/** Lines of a transcript, each with its line feed. */
export function* transcriptEvents(count: number): Generator<string> {
  const writer = new Writer(seededRandom(1));
  let parent: string | null = null;
  for (let index = 0; index < count; index += 1) {
    const uuid = writer.uuid();
    const record = { ...head(parent), ...writer.message(index % EVENTS_PER_TURN), uuid };
    const timestamp = new Date(Date.UTC(2026, 10, 21, 8) + index * 7321).toISOString();
    yield `${JSON.stringify({ ...record, timestamp })}\n`;
    parent = uuid;
  }
}

function head(parentUuid: string | null) {
  const { version, gitBranch } = { version: '2.1.329', gitBranch: 'main' };
  const common = { isSidechain: false, userType: 'external', cwd: CWD };
  return { parentUuid, ...common, sessionId: SESSION_ID, version, gitBranch };
}

class Writer {
  readonly #random: Random;
  readonly #words: readonly string[];
  /** Of files that the agent has seen, and sees again. */
  readonly #lines: string[] = [];

  constructor(random: Random) {
    this.#random = random;
    const words = new Set<string>();
    while (words.size < WORDS) words.add(this.#some(LETTERS, 2 + random.below(8)));
    this.#words = [...words];
  }

  uuid(): string {
    const hex = (length: number) => this.#some('0123456789abcdef', length);
    return `${hex(8)}-${hex(4)}-4${hex(3)}-a${hex(3)}-${hex(12)}`;
  }

  /** A prompt, then calls and their results in turns, then the answer. */
  message(place: number): object {
    const bytes = this.#size();
    if (place === 0) {
      const content = this.#prose(Math.min(bytes, 2000) + 20);
      return { type: 'user', message: { role: 'user', content }, promptId: this.uuid() };
    }
    if (place === EVENTS_PER_TURN - 1) {
      return this.#said([{ type: 'text', text: this.#prose(bytes) }], 'end_turn');
    }
    return place % 2 === 1 ? this.#call(Math.min(bytes, 3000) / 2) : this.#result(bytes);
  }

  #call(bytes: number): object {
    const input = {
      file_path: `${CWD}/src/${this.#word()}/${this.#name()}.ts`,
      old_string: this.#code(bytes),
      new_string: this.#code(bytes),
    };
    const name = this.#random.pick(['Read', 'Edit', 'Bash', 'Grep']);
    return this.#said([{ type: 'tool_use', id: this.#id('toolu'), name, input }], null);
  }

  #result(bytes: number): object {
    const content = this.#random.chance(0.8) ? this.#code(bytes) : this.#prose(bytes);
    const result = { tool_use_id: this.#id('toolu'), type: 'tool_result', content };
    const stdout = this.#random.chance(0.2) ? this.#code(bytes) : '';
    return {
      type: 'user',
      message: { role: 'user', content: [result] },
      toolUseResult: { stdout, interrupted: false },
    };
  }

  #said(content: readonly object[], stop_reason: string | null): object {
    const usage = {
      input_tokens: this.#random.below(100),
      cache_read_input_tokens: this.#random.below(100_000),
      output_tokens: this.#random.below(900),
      service_tier: 'standard',
    };
    const id = this.#id('msg');
    const from = { model: 'claude-sonnet-5', id, type: 'message', role: 'assistant' };
    const message = { ...from, content, stop_reason, usage };
    return { type: 'assistant', requestId: this.#id('req'), message };
  }

  #size(): number {
    const uniform = () => (this.#random.below(1_000_000) + 1) / 1_000_001;
    const normal = Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
    return Math.min(BYTES_MAX, Math.ceil(MEDIAN_BYTES * Math.exp(SPREAD * normal)));
  }

  #prose(bytes: number): string {
    let text = '';
    while (text.length < bytes) {
      const words = Array.from({ length: 6 + this.#random.below(12) }, () => this.#word());
      text += this.#random.chance(0.1) ? '\n\n' : `${words.join(' ')}. `;
    }
    return text.slice(0, bytes);
  }

  #code(bytes: number): string {
    let text = '';
    while (text.length < bytes) {
      if (this.#lines.length > 200 && this.#random.chance(0.1)) text += this.#seenBefore();
      const line = this.#line();
      this.#lines.push(line);
      if (this.#lines.length > LINES_REMEMBERED) this.#lines.shift();
      text += line;
    }
    return text.slice(0, bytes);
  }

  #seenBefore(): string {
    const from = Math.max(0, this.#lines.length - 1 - this.#random.below(400));
    return this.#lines.slice(from, from + 5 + this.#random.below(30)).join('');
  }

  #line(): string {
    const indent = '  '.repeat(this.#random.below(4));
    const word = () => this.#word();
    const kinds = [
      () => `const ${word()} = ${this.#name()}(${word()}, ${word()});`,
      () => `if (${word()} === undefined) return ${word()};`,
      () => '}',
      () => `return ${this.#name()}.${word()}(${word()});`,
      () => `import { ${this.#name()} } from './${word()}-${word()}.ts';`,
      () => `// ${this.#prose(60)}`,
      () => `readonly ${word()}: ${this.#name()};`,
    ];
    return `${indent}${this.#random.pick(kinds)()}\n`;
  }

  #word(): string {
    const rank = this.#words.length ** ((this.#random.below(1_000_000) / 1_000_000) ** FAVOURITES);
    return this.#words[Math.min(this.#words.length, Math.floor(rank)) - 1] ?? '';
  }

  #name(): string {
    const second = this.#word();
    return this.#word() + second.charAt(0).toUpperCase() + second.slice(1);
  }

  #id(kind: string): string {
    return `${kind}_${this.#some(BASE64, 24)}`;
  }

  #some(alphabet: string, length: number): string {
    let text = '';
    while (text.length < length) text += alphabet.charAt(this.#random.below(alphabet.length));
    return text;
  }
}
