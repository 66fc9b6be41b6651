// Puts whole screens on a terminal by writing the lines that changed, and nothing else. It has the alternate screen to itself from
// `open` to `close`; whatever happens between, `close` gives the terminal back as it was. All sequences that the browser sends are here,
// but for the colours.

import { ESCAPE } from './paint.ts';

/** Pastes are told from keys, and lines do not wrap. */
const ENTER = `${ESCAPE}[?1049h${ESCAPE}[?2004h${ESCAPE}[?7l${ESCAPE}[?25l`;
const LEAVE = `${ESCAPE}[0m${ESCAPE}[?2004l${ESCAPE}[?7h${ESCAPE}[?25h${ESCAPE}[?1049l`;
const ERASE_SCREEN = `${ESCAPE}[2J`;
const ERASE_LINE = `${ESCAPE}[2K`;
const SHOW_CURSOR = `${ESCAPE}[?25h`;
const HIDE_CURSOR = `${ESCAPE}[?25l`;

export interface CursorPlace {
  readonly row: number;
  readonly column: number;
}

export class FrameWriter {
  readonly #write: (text: string) => void;
  #lines: readonly string[] = [];
  #cursor = '';
  #isOpen = false;

  constructor(write: (text: string) => void) {
    this.#write = write;
  }

  open(): void {
    this.#isOpen = true;
    this.#write(ENTER + ERASE_SCREEN);
  }

  /** May be called again, and from a signal. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    this.#write(LEAVE);
  }

  /** What stands on the terminal is not known any more, as after its size changed. */
  forget(): void {
    if (!this.#isOpen) return;
    this.#lines = [];
    this.#cursor = '';
    this.#write(ERASE_SCREEN);
  }

  show(lines: readonly string[], cursor: CursorPlace | undefined): void {
    if (!this.#isOpen) return;
    const shown = lines.map((line) => line.trimEnd());
    const changed = shown.flatMap((line, row) =>
      line === (this.#lines[row] ?? '') ? [] : [`${placed(row, 0)}${ERASE_LINE}${line}`],
    );
    const gone = this.#lines
      .slice(shown.length)
      .map((line, index) => (line === '' ? '' : `${placed(shown.length + index, 0)}${ERASE_LINE}`));
    this.#lines = shown;
    const place =
      cursor === undefined ? HIDE_CURSOR : placed(cursor.row, cursor.column) + SHOW_CURSOR;
    const isMoved = place !== this.#cursor || (cursor !== undefined && changed.length > 0);
    this.#cursor = place;
    const text = [...changed, ...gone].join('');
    if (text !== '' || isMoved) this.#write(`${text}${isMoved ? place : ''}`);
  }

  /** One line at once, while there is no time for a whole screen. */
  showLine(row: number, line: string): void {
    this.show(
      Array.from({ length: Math.max(this.#lines.length, row + 1) }, (_, index) =>
        index === row ? line : (this.#lines[index] ?? ''),
      ),
      undefined,
    );
  }
}

function placed(row: number, column: number): string {
  return `${ESCAPE}[${row + 1};${column + 1}H`;
}
