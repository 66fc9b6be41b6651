// All that gsess says. The result goes to stdout, once: text for people, or exactly one JSON value; only what goes on for long prints line
// by line. Notes, warnings and progress go to stderr. Text passes a last check for what could act on a terminal, whoever made it. A
// reader that goes away (`| head`) ends the printing, never the work, and is no failure.

import { isSystemError } from '../errors.ts';
import { createPaint, ESCAPE, type Paint } from '../ui/paint.ts';
import { safeColouredLines, safeJson, safeLines, safeText } from '../ui/safe-text.ts';
import { truncateText } from '../ui/text-width.ts';

/** A stream of the process, or a test's. */
export interface OutputStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
  readonly rows?: number;
  write(chunk: string | Uint8Array, done?: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
}

export interface OutputOptions {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly json: boolean;
  /** False where the user or the terminal wants none; on a pipe there are none anyway. */
  readonly colour: boolean;
  /** Shows a text that is longer than the screen; false if it could not. */
  readonly page?: (text: string) => Promise<boolean>;
}

const PROGRESS_AFTER_MS = 1000;
const PROGRESS_EVERY_MS = 100;
const ERASE_LINE = `\r${ESCAPE}[2K`;
const BAR_WIDTH = 20;

export class Output {
  readonly json: boolean;
  readonly paint: Paint;
  /** Whether `paint` paints. */
  readonly isColoured: boolean;
  /** Width to fit into; undefined where nobody sees it. */
  readonly columns: number | undefined;
  readonly #options: OutputOptions;
  readonly #closed = new Set<OutputStream>();
  #progressSince: number | undefined;
  #progressShownAt: number | undefined;

  constructor(options: OutputOptions) {
    const { stdout, stderr, json, colour } = options;
    this.#options = options;
    this.json = json;
    this.isColoured = colour && stdout.isTTY === true;
    this.paint = createPaint(this.isColoured);
    // A terminal whose size nobody set has 0 of both.
    this.columns = stdout.isTTY === true ? stdout.columns || 80 : undefined;
    for (const stream of [stdout, stderr]) stream.on('error', (error) => this.#lose(stream, error));
  }

  /** Prints the outcome of a command: `value` with `--json`, else the text, through the pager if it is long. */
  async result(value: unknown, text: () => string): Promise<void> {
    const { stdout, page } = this.#options;
    if (this.json) {
      await this.#write(stdout, `${safeJson(value)}\n`);
      return;
    }
    const safe = safeColouredLines(text());
    if (safe === '') return;
    const whole = safe.endsWith('\n') ? safe : `${safe}\n`;
    const isLong = stdout.isTTY === true && whole.split('\n').length > (stdout.rows || 24);
    if (isLong && page !== undefined && (await page(whole))) return;
    await this.#write(stdout, whole);
  }

  /** Prints one of many outcomes as it comes: a line of text, or with `--json` a value on a line of its own. */
  async line(value: unknown, text: string): Promise<void> {
    await this.#write(this.#options.stdout, `${this.json ? safeJson(value, 0) : safeText(text)}\n`);
  }

  /** Writes bytes as they are: an exported file, not text. A terminal is shown them as text. Resolves when they are gone. */
  async raw(bytes: Uint8Array): Promise<void> {
    const { stdout } = this.#options;
    const isShown = stdout.isTTY === true;
    await this.#write(stdout, isShown ? safeLines(Buffer.from(bytes).toString()) : bytes);
  }

  /** Tells people something beside the result. */
  note(text: string): void {
    this.#say(safeColouredLines(text));
  }

  /** Tells people of something they may have to act on. */
  warn(text: string): void {
    this.#say(`gsess: warning: ${safeText(text)}`);
  }

  /** Shows how far long work is, on a terminal and from its second second on. Whatever is printed next takes its place. */
  progress(text: string, fraction?: number): void {
    const { stderr } = this.#options;
    if (stderr.isTTY !== true) return;
    const now = performance.now();
    this.#progressSince ??= now;
    const isEarly = now - this.#progressSince < PROGRESS_AFTER_MS;
    if (isEarly || now - (this.#progressShownAt ?? 0) < PROGRESS_EVERY_MS) return;
    this.#progressShownAt = now;
    const line = `${fraction === undefined ? '' : `${bar(fraction)} `}${safeText(text)}`;
    void this.#write(stderr, `${ERASE_LINE}${truncateText(line, (stderr.columns || 80) - 1)}`);
  }

  /** Takes the progress line away. */
  endProgress(): void {
    this.#progressSince = undefined;
    if (this.#progressShownAt === undefined) return;
    this.#progressShownAt = undefined;
    void this.#write(this.#options.stderr, ERASE_LINE);
  }

  #say(text: string): void {
    this.endProgress();
    void this.#write(this.#options.stderr, `${text}\n`);
  }

  async #write(stream: OutputStream, chunk: string | Uint8Array): Promise<void> {
    if (stream === this.#options.stdout) this.endProgress();
    if (this.#closed.has(stream)) return;
    await new Promise<void>((resolve) => {
      stream.write(chunk, (error) => {
        if (error) this.#lose(stream, error);
        resolve();
      });
    });
  }

  #lose(stream: OutputStream, error: Error): void {
    this.#closed.add(stream);
    if (!isSystemError(error, 'EPIPE', 'ERR_STREAM_DESTROYED')) this.writeError ??= error;
  }

  /** Why something could not be printed, other than that nobody reads it any more; main makes a failure of it. */
  writeError: Error | undefined;
}

function bar(fraction: number): string {
  const full = Math.round(Math.min(1, Math.max(0, fraction)) * BAR_WIDTH);
  return `[${'#'.repeat(full)}${'.'.repeat(BAR_WIDTH - full)}]`;
}
