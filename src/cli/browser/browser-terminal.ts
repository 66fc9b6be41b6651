// The terminal of this process while the browser has it. Whatever ends the process but a kill that nobody can catch, the terminal is
// given back first: the screen that was there, the cursor, and a keyboard that echoes.

import { writeSync } from 'node:fs';
import process from 'node:process';
import { isSystemError } from '../../errors.ts';
import { FrameWriter } from '../../ui/frame-writer.ts';
import type { BrowserTerminal } from '../../ui/run-browser.ts';

const ENDING_SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
const SIGNAL_NUMBERS = { SIGINT: 2, SIGTERM: 15, SIGHUP: 1 } as const;
const SIGNALLED_STATUS = 128;
const SIZE_UNKNOWN = { columns: 80, rows: 24 } as const;

/** Calls `use` with the terminal, and gives it back afterwards. */
export async function withTerminal<T>(
  use: (terminal: BrowserTerminal, writer: FrameWriter) => Promise<T>,
): Promise<T> {
  const { stdin, stdout } = process;
  const listeners: (() => void)[] = [];
  const writer = new FrameWriter(writeNow);
  const giveBack = () => {
    writer.close();
    if (stdin.isTTY) stdin.setRawMode(false);
  };
  const signalled = Object.fromEntries(
    ENDING_SIGNALS.map((signal) => [
      signal,
      () => {
        giveBack();
        process.exit(SIGNALLED_STATUS + SIGNAL_NUMBERS[signal]);
      },
    ]),
  );
  for (const [signal, listener] of Object.entries(signalled)) process.on(signal, listener);
  // Before Node prints what nobody caught, and at every other end.
  process.on('uncaughtExceptionMonitor', giveBack);
  process.on('exit', giveBack);
  // What is typed before ink is there must not show up between the lines.
  stdin.setRawMode(true);
  try {
    return await use(
      {
        stdin,
        size: () => ({
          // A terminal whose size nobody set has 0 of both.
          columns: stdout.columns || SIZE_UNKNOWN.columns,
          rows: stdout.rows || SIZE_UNKNOWN.rows,
        }),
        onResize: (listener) => {
          listeners.push(listener);
          stdout.on('resize', listener);
        },
      },
      writer,
    );
  } finally {
    giveBack();
    for (const listener of listeners) stdout.off('resize', listener);
    for (const [signal, listener] of Object.entries(signalled)) process.off(signal, listener);
    process.off('uncaughtExceptionMonitor', giveBack);
    process.off('exit', giveBack);
    stdin.pause();
  }
}

/** At once, so that it is out before a process ends. A terminal that is gone needs nothing any more. */
function writeNow(text: string): void {
  let rest = Buffer.from(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writeSync(process.stdout.fd, rest));
    } catch (error) {
      if (isSystemError(error, 'EAGAIN')) continue;
      if (isSystemError(error, 'EIO', 'EPIPE', 'EBADF')) return;
      throw error;
    }
  }
}
