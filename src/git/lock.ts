// A lock between processes that never needs breaking by hand. The lock is a directory. Whoever wants it waits while a live owner's
// file is in it (`owner-file.ts`), then adds a file of its own, looks again, and holds the lock only if no other live owner is there;
// else it takes its file back and tries again after a random pause. Of two that add at once at least one sees the other, so two
// never hold. A killed holder delays nobody.
//
// Holders in one process exclude each other too. The lock is not re-entrant.

import { type Announcement, announce, busy, findLiveOwner, type OwnerFile } from './owner-file.ts';
import { pause, Stopwatch } from './pause.ts';
import { removeFile } from './remove-file.ts';

export interface LockOptions extends Announcement {
  /** Longest wait in milliseconds; 0 tries once. */
  readonly waitMs: number;
  /** Of whoever has waited already for what this lock is part of. */
  readonly waited?: Stopwatch;
  /** Ends the wait. */
  readonly signal?: AbortSignal | undefined;
}

/** Looks come further apart at first, for most locks are short, and closer again later, so that who waited long is not passed by. */
const PAUSE_MS_MAX = 20;
const PAUSE_MS_MIN = 2;
const PATIENCE_MS = 2_000;

/** Runs `fn` while holding the lock, which is made if it does not exist. Throws `locked` when a live owner outlasts the wait. */
export async function withLock<T>(
  directory: string,
  options: LockOptions,
  fn: () => T | Promise<T>,
): Promise<T> {
  const path = await acquire(directory, options);
  try {
    return await fn();
  } finally {
    removeFile(path);
  }
}

async function acquire(directory: string, options: LockOptions): Promise<string> {
  const { waited = new Stopwatch() } = options;
  for (let attempt = 0; ; attempt += 1) {
    const holder = findLiveOwner(directory, options) ?? tryToHold(directory, options);
    if (typeof holder === 'string') return holder;
    options.signal?.throwIfAborted();
    waited.start();
    const { elapsedMs } = waited;
    if (elapsedMs >= options.waitMs) throw busy(directory, holder, options);
    const ceiling = Math.max(PAUSE_MS_MIN, PAUSE_MS_MAX * (1 - elapsedMs / PATIENCE_MS));
    await pause(1 + Math.random() * Math.min(2 ** attempt, ceiling));
  }
}

/** Returns the path of our own file if we hold the lock now, else the owner in the way. */
function tryToHold(directory: string, options: LockOptions): string | OwnerFile {
  const path = announce(directory, options);
  let rival: OwnerFile | undefined;
  try {
    rival = findLiveOwner(directory, options, path);
  } catch (error) {
    removeFile(path);
    throw error;
  }
  if (rival === undefined) return path;
  removeFile(path);
  return rival;
}
