// The stat caches that this process has read or written, so that one that takes many snapshots reads each file once. A cache is handed
// out to one snapshot, which takes it away; it comes back when it was saved, and only then: what a snapshot saw counts from the
// moment when a ref holds it. One whose file another process has written since is read again.

import { StatCache } from '../worktree/stat-cache.ts';
import type { Surroundings } from './surroundings.ts';

/** A process has one root, or a few; each cache takes some megabytes for a hundred thousand files. */
const KEPT_MAX = 4;

const kept = new WeakMap<Surroundings, Map<string, StatCache>>();

/** The cache in the file at this path, for one snapshot. */
export function takeCache(surroundings: Surroundings, path: string): StatCache {
  const caches = kept.get(surroundings);
  const cache = caches?.get(path);
  caches?.delete(path);
  return cache?.isOnDisk(path) ? cache : StatCache.load(path);
}

/** Keeps a cache that was saved to the path. */
export function keepCache(surroundings: Surroundings, path: string, cache: StatCache): void {
  const caches = kept.get(surroundings) ?? new Map<string, StatCache>();
  kept.set(surroundings, caches);
  caches.set(path, cache);
  const [oldest] = caches.keys();
  if (caches.size > KEPT_MAX && oldest !== undefined) caches.delete(oldest);
}
