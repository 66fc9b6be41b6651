// What every removal of objects from a store has to keep to: one at a time, while nobody writes, and what was remembered is void before
// the first object goes.

import { join } from 'node:path';
import { withLock } from '../git/lock.ts';
import { freeBytesAt } from './snapshot-budget.ts';
import type { Store } from './store.ts';

export interface RemovalOptions {
  readonly onProgress?: (text: string) => void;
  readonly signal?: AbortSignal;
}

/** Runs `fn` as the only one that removes anything from the store; throws `locked` if another one outlasts the wait. */
export function alone<T>(
  store: Store,
  { verb, waitMs }: { readonly verb: string; readonly waitMs: number },
  fn: () => Promise<T>,
): Promise<T> {
  const { processes, now } = store.surroundings;
  const lock = join(store.repository.directory, 'gsess', 'locks', 'gc');
  return withLock(lock, { processes, now, verb, waitMs }, fn);
}

export function removalOf(store: Store, options: RemovalOptions) {
  return {
    now: store.surroundings.now,
    freeBytes: (directory: string) => freeBytesAt(directory, store.surroundings),
    slice: <T>(fn: (isOver: () => boolean) => Promise<T>): Promise<T> =>
      store.withPruning('gc', fn),
    beforeRemoval: () => store.beginPruneGeneration(),
    onProgress: options.onProgress,
    signal: options.signal,
  };
}
