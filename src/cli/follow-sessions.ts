// The time between the looks of a watch: often while something happens, seldom while nothing does, and at once where the system says that a
// file was written. Such a word is only a hint, since no system gives it for every file system; nothing depends on it.

import { type FSWatcher, watch } from 'node:fs';
import { dirname } from 'node:path';
import type { SessionWatch } from './session-watch.ts';

const BUSY_MS = 250;
const IDLE_MS = 1000;
/** So long it is busy after the last thing that happened. */
const BUSY_FOR_MS = 5000;
/** Between two looks there is at least as much time as the last one took, and this many times over. */
const REST_SHARE = 3;
const HINT_MS = 50;
const HINTED_MAX = 64;

/** Looks until it is aborted, then once more; resolves when all is captured. */
export async function followSessions(sessions: SessionWatch, signal: AbortSignal): Promise<void> {
  const hints = new Hints();
  let busyUntil = 0;
  let isHinted = false;
  try {
    while (!signal.aborted) {
      const startedAt = performance.now();
      if (await sessions.look({ lists: isHinted })) busyUntil = performance.now() + BUSY_FOR_MS;
      hints.follow(sessions.paths.map((path) => dirname(path)));
      const tookMs = performance.now() - startedAt;
      const ms = performance.now() < busyUntil ? BUSY_MS : IDLE_MS;
      await rest(Math.max(HINT_MS, tookMs * REST_SHARE), signal);
      isHinted = await hints.wait(ms, signal);
    }
  } finally {
    hints.close();
  }
  await sessions.finish();
}

function rest(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const done = () => {
      clearTimeout(timer);
      signal.removeEventListener('abort', done);
      resolve();
    };
    const timer = setTimeout(done, ms);
    signal.addEventListener('abort', done);
    if (signal.aborted) done();
  });
}

class Hints {
  readonly #watchers = new Map<string, FSWatcher | undefined>();
  #isHinted = false;
  #wake: (() => void) | undefined;

  /** Listens in these directories too, as far as the system lets us. */
  follow(directories: readonly string[]): void {
    for (const directory of directories) {
      if (this.#watchers.has(directory) || this.#watchers.size >= HINTED_MAX) continue;
      this.#watchers.set(directory, this.#listen(directory));
    }
  }

  /** Resolves at the next hint, after so many milliseconds, or when it is aborted; true for a hint. */
  async wait(ms: number, signal: AbortSignal): Promise<boolean> {
    if (!this.#isHinted) {
      const woken = new AbortController();
      this.#wake = () => woken.abort();
      await rest(ms, AbortSignal.any([signal, woken.signal]));
      this.#wake = undefined;
    }
    const isHinted = this.#isHinted;
    this.#isHinted = false;
    return isHinted;
  }

  close(): void {
    for (const watcher of this.#watchers.values()) watcher?.close();
  }

  /** Undefined where the system gives no hints. */
  #listen(directory: string): FSWatcher | undefined {
    try {
      const watcher = watch(directory, { persistent: false }, () => {
        this.#isHinted = true;
        this.#wake?.();
      });
      watcher.on('error', () => {
        watcher.close();
        this.#watchers.set(directory, undefined);
      });
      return watcher;
    } catch (error) {
      if (error instanceof Error && 'code' in error) return undefined;
      throw error;
    }
  }
}
