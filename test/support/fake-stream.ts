// A stream that keeps what is written to it and is a terminal if told so.

import { EventEmitter } from 'node:events';
import type { OutputStream } from '../../src/cli/output.ts';

export class FakeStream implements OutputStream {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly rows: number;
  written = '';
  /** What the next writes fail with. */
  failure: NodeJS.ErrnoException | undefined;
  readonly #events = new EventEmitter();

  constructor({ isTTY = false, columns = 80, rows = 24 } = {}) {
    this.isTTY = isTTY;
    this.columns = columns;
    this.rows = rows;
  }

  write(chunk: string | Uint8Array, done?: (error?: Error | null) => void): boolean {
    if (this.failure === undefined) this.written += Buffer.from(chunk).toString();
    done?.(this.failure);
    if (this.failure !== undefined) this.#events.emit('error', this.failure);
    return true;
  }

  on(event: 'error', listener: (error: Error) => void): void {
    this.#events.on(event, listener);
  }
}
