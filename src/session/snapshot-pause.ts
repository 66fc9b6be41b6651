// After a snapshot that cost much and came to nothing, the next events of the same root do not pay for it again: they keep the
// conversation alone, for a minute, then two, four, up to an hour. One success ends it, and so does a person who looks (`status`,
// `doctor`, `connect`) or changes the limits. The note is disposable: lost or broken, the next event simply tries again.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { makeStoreDirectory, writeDurably } from '../git/durable-file.ts';
import { shortHash } from './project.ts';
import type { Store } from './store.ts';

export interface SnapshotPause {
  /** Why the last attempt failed, for people. */
  readonly reason: string;
  /** The limit that was met, if it was one. */
  readonly limit: string | null;
  /** How many attempts failed in a row. */
  readonly attempts: number;
  /** Times of the first and the last of them. */
  readonly first: string;
  readonly last: string;
  /** No attempt before this time. */
  readonly until: string;
}

const PAUSE_MS_MIN = 60_000;
const PAUSE_MS_MAX = 60 * 60_000;

/** The pause of a root, over or not; undefined if the last attempt did not fail, or under other limits than these. */
export function readPause(store: Store, root: string): SnapshotPause | undefined {
  try {
    const { limits, ...pause } = JSON.parse(readFileSync(pausePath(store, root), 'utf8'));
    return limits === limitsKey(store) ? pause : undefined;
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Whether the root is to be left alone now; a clock that was set back must not make it for ever. */
export function isPaused({ until }: SnapshotPause, now: number): boolean {
  const left = Date.parse(until) - now;
  return left > 0 && left <= PAUSE_MS_MAX;
}

/** Pure: the pause after one more failure. */
export function pauseAfter(
  before: SnapshotPause | undefined,
  failure: Pick<SnapshotPause, 'reason' | 'limit'>,
  now: number,
): SnapshotPause {
  const attempts = (before?.attempts ?? 0) + 1;
  const at = new Date(now).toISOString();
  const wait = Math.min(PAUSE_MS_MAX, PAUSE_MS_MIN * 2 ** (attempts - 1));
  const until = new Date(now + wait).toISOString();
  return { ...failure, attempts, first: before?.first ?? at, last: at, until };
}

/** Keeps the pause. Where there is no room even for that, the next event tries again and finds no room either. */
export function keepPause(store: Store, root: string, pause: SnapshotPause): void {
  const path = pausePath(store, root);
  try {
    makeStoreDirectory(join(path, '..'));
    writeDurably(path, `${JSON.stringify({ ...pause, limits: limitsKey(store) }, null, 1)}\n`);
  } catch (error) {
    if (!isSystemError(error, 'ENOSPC', 'EDQUOT', 'EROFS', 'EACCES', 'EIO')) throw error;
  }
}

export function clearPause(store: Store, root: string): void {
  rmSync(pausePath(store, root), { force: true });
}

function pausePath({ repository }: Store, root: string): string {
  return join(repository.directory, 'gsess', 'paused', `${shortHash(root)}.json`);
}

/** A pause under other limits says nothing about these. */
function limitsKey({ surroundings }: Store): string {
  return JSON.stringify(surroundings.settings.limits);
}
