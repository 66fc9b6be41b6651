// A wish to end that came as a signal, for work that has something to finish first. A second one does not wait.

import process from 'node:process';
import { INTERRUPTED_STATUS } from './exit-status.ts';

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/** Calls `work` with what is aborted at the first signal; until it resolves no signal ends the process but the second. */
export async function untilInterrupted(
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const wish = new AbortController();
  const onSignal = () => {
    if (wish.signal.aborted) process.exit(INTERRUPTED_STATUS);
    wish.abort();
  };
  const before = SIGNALS.map((signal) => ({ signal, listeners: process.listeners(signal) }));
  for (const signal of SIGNALS) {
    process.removeAllListeners(signal);
    process.on(signal, onSignal);
  }
  try {
    await work(wish.signal);
  } finally {
    for (const { signal, listeners } of before) {
      process.removeListener(signal, onSignal);
      for (const listener of listeners) process.on(signal, listener);
    }
  }
}
