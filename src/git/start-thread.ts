// Starts a thread that is an aid: whoever has it is faster, and whoever has not goes on alone. That it cannot start, or ends by an error,
// is told; the process neither waits for it nor ends by it.

import { createRequire } from 'node:module';
import type { Worker } from 'node:worker_threads';
import { messageOf } from '../errors.ts';

export interface ThreadOptions {
  /** Given to the thread at its start. */
  readonly data?: unknown;
  readonly onFault: (reason: string) => void;
}

/** `script` gives the place of its file, which may be unknown where our own code was moved. */
export function startThread(script: () => URL, options: ThreadOptions): Worker | undefined {
  const fail = (error: unknown) =>
    options.onFault(`It took longer, for a second thread could not be used: ${messageOf(error)}`);
  try {
    // Loaded only here: most runs need no thread, and it takes a millisecond.
    const threads: typeof import('node:worker_threads') = createRequire(import.meta.url)(
      'node:worker_threads',
    );
    const thread = new threads.Worker(script(), {
      workerData: options.data,
      execArgv: [],
      env: threads.SHARE_ENV,
    });
    thread.unref();
    thread.on('error', fail);
    return thread;
  } catch (error) {
    fail(error);
    return undefined;
  }
}
