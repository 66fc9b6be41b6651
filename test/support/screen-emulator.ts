// A terminal as far as the browser uses one: it keeps what stands on the screen, and refuses every sequence that is not the browser's own.

import { hostileOutput } from './output-scan.ts';

const SEQUENCE =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  /\x1b\[(?:(\d+);(\d+)H|(2K)|(2J)|\?(1049|2004|25|7)([hl])|(?:0|1|2|7|22|27|31|32|33|36|39)m)/y;

export class ScreenEmulator {
  readonly #rows: string[] = [];
  readonly modes = new Map<string, boolean>();
  written = '';
  #row = 0;

  write(text: string): void {
    this.written += text;
    for (let at = 0; at < text.length; ) {
      if (text[at] !== '\u001b') {
        const end = text.indexOf('\u001b', at);
        const part = text.slice(at, end < 0 ? undefined : end);
        const fault = hostileOutput(Buffer.from(part));
        if (fault !== undefined) throw new Error(`it acts on a terminal: ${fault}`);
        this.#rows[this.#row] = (this.#rows[this.#row] ?? '') + part;
        at += part.length;
        continue;
      }
      SEQUENCE.lastIndex = at;
      const found = SEQUENCE.exec(text);
      if (found === null) throw new Error(`not ours: ${JSON.stringify(text.slice(at, at + 20))}`);
      this.#apply(found);
      at = SEQUENCE.lastIndex;
    }
  }

  /** What stands there, without empty rows at the end. */
  get text(): string {
    return Array.from(this.#rows, (row) => (row ?? '').trimEnd())
      .join('\n')
      .trimEnd();
  }

  get rows(): readonly string[] {
    return this.text.split('\n');
  }

  #apply([, row, , eraseLine, eraseScreen, mode, set]: RegExpExecArray): void {
    if (row !== undefined) this.#row = Number(row) - 1;
    if (eraseLine !== undefined) this.#rows[this.#row] = '';
    if (eraseScreen !== undefined) this.#rows.length = 0;
    if (mode !== undefined) this.modes.set(mode, set === 'h');
  }
}
