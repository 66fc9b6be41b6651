// The files of a session's root, as they stand now, with everything that decides what is left out: git's own ignore rules, ours, the
// limits. Where files cannot or must not be taken (the root is the home directory, it is gone, the time is up), the conversation is
// kept all the same and the checkpoint says that it holds no files, so that no restore ever trusts it for them; and what has cost
// much in vain is not tried again at once.

import { join } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { makeStoreDirectory } from '../git/durable-file.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { EMPTY_TREE, isObjectId, type ObjectId } from '../git/object-id.ts';
import { jsonPath } from '../git/raw-path.ts';
import { currentBranch, type GitLocation, gitLocation } from '../worktree/git-location.ts';
import { IgnoreRules, type IgnoreRulesOptions } from '../worktree/ignore-rules.ts';
import { lookAtCheckout } from '../worktree/not-checked-out.ts';
import { readProjectExcludes } from '../worktree/project-excludes.ts';
import { checkRoot } from '../worktree/root.ts';
import { rulesKey } from '../worktree/rules-key.ts';
import { SECRET_PATTERNS } from '../worktree/secret-patterns.ts';
import type { Skipped } from '../worktree/skipped.ts';
import { type Snapshot, takeSnapshot } from '../worktree/snapshot.ts';
import { type CacheAnchor, StatCache } from '../worktree/stat-cache.ts';
import type { VerifiedFiles } from '../worktree/verified-files.ts';
import { type ChangedPaths, pathsBelowRoot } from './changed-paths.ts';
import type { FilesCoverage } from './checkpoint.ts';
import { keepCache, takeCache } from './kept-caches.ts';
import { shortHash } from './project.ts';
import { putJson } from './put-json.ts';
import { type Bounds, watchBudget } from './snapshot-budget.ts';
import { clearPause, isPaused, keepPause, pauseAfter, readPause } from './snapshot-pause.ts';
import type { Store } from './store.ts';
import type { Surroundings } from './surroundings.ts';

export interface RootSnapshot {
  readonly coverage: FilesCoverage;
  readonly content: {
    readonly files: ObjectId;
    readonly odd?: ObjectId;
    readonly skipped?: ObjectId;
  };
  readonly skipped: readonly Skipped[];
  readonly branch: string | undefined;
  readonly head: string | undefined;
  readonly warnings: readonly string[];
  /** Remembers what was seen, once a ref holds it. */
  keepCache(anchor: Pick<CacheAnchor, 'ref' | 'commit'>): void;
}

export interface SnapshotOptions {
  readonly batch: ObjectBatch;
  /** Without them the snapshot takes what it takes, as for a person who waits. */
  readonly bounds?: Bounds;
  /** What the caller knows to be all that has changed. */
  readonly changed?: ChangedPaths | undefined;
  /** What the caller has just read, and knows to be in the store. */
  readonly verified?: VerifiedFiles | undefined;
}

/** How far back an anchor is looked for before the cache is given up. */
const ANCHOR_DISTANCE_MAX = 500;
/** What keeps a snapshot from being taken, and is no reason to lose the conversation too. */
const EXPECTED = ['root-refused', 'snapshot-failed', 'not-found'];

/** Takes the snapshot, or says in the result why there is none. The batch must be empty. */
export function snapshotRoot(store: Store, root: string, options: SnapshotOptions): RootSnapshot {
  const { settings, now } = store.surroundings;
  if (!settings.snapshots) return withoutFiles(root, options, { reason: 'off', warnings: [] });
  const pause = readPause(store, root);
  if (pause !== undefined && isPaused(pause, now())) {
    return withoutFiles(root, options, { reason: pause.reason, warnings: [] });
  }
  try {
    const snapshot = snapshotFiles(store, root, options);
    if (pause !== undefined) clearPause(store, root);
    return snapshot;
  } catch (error) {
    return giveUpFiles(store, root, { ...options, error });
  }
}

/**
 * What to keep instead of a snapshot that failed: nothing of it, so what is in the batch goes too. Throws the error if it is none
 * that only concerns the files.
 */
export function giveUpFiles(
  store: Store,
  root: string,
  { error, ...options }: SnapshotOptions & { readonly error: unknown },
): RootSnapshot {
  if (!(error instanceof GsessError)) throw error;
  const isFull = isDiskFull(error);
  if (!isFull && !EXPECTED.includes(error.code)) throw error;
  options.batch.discard();
  const reason = isFull ? `Cannot snapshot '${root}': the disk is full` : error.message;
  const data = error.data as { readonly limit?: string; readonly isCostly?: boolean };
  if (isFull || data.isCostly === true) {
    const failure = { reason, limit: data.limit ?? null };
    const now = store.surroundings.now();
    keepPause(store, root, pauseAfter(readPause(store, root), failure, now));
  }
  return withoutFiles(root, options, { reason, warnings: [reason] });
}

export function isDiskFull(error: unknown): boolean {
  return error instanceof GsessError && isSystemError(error.cause, 'ENOSPC', 'EDQUOT');
}

/** Takes the snapshot; throws `root-refused`, `not-found` or `snapshot-failed` where there can be none. */
export function snapshotFiles(store: Store, root: string, options: SnapshotOptions): RootSnapshot {
  const { surroundings, repository } = store;
  const real = checkRoot(root, { ...surroundings, store: repository.directory });
  const cachePath = join(repository.directory, 'gsess', 'cache', `${shortHash(root)}.stat`);
  const cache = loadCache(store, cachePath);
  const { batch, bounds, changed, verified } = options;
  const isSinceCache = changed !== undefined && cache.anchor?.commit === changed.since;
  const storeDirectory = repository.directory;
  const git = gitLocation(real);
  const rules = rulesOnDisk(real, surroundings, git);
  const snapshot = takeSnapshot({
    root: real,
    rules: new IgnoreRules(rules),
    rulesKey: rulesKey(rules),
    checkedOut: lookAtCheckout(real, cache.subject?.checkedOut, git),
    limits: { fileBytesMax: surroundings.settings.limits.fileBytes },
    cache,
    objects: batch,
    now: surroundings.now,
    changedPaths: isSinceCache ? pathsBelowRoot(real, changed) : undefined,
    verified,
    onFault: surroundings.onWarning,
    ...(surroundings.onProgress === undefined ? {} : { onProgress: surroundings.onProgress }),
    ...(bounds === undefined
      ? {}
      : { onStep: watchBudget({ ...bounds, root, storeDirectory, batch }, surroundings) }),
  });
  return {
    coverage: snapshot.partial ? 'partial' : 'whole',
    content: contentOf(snapshot, batch),
    skipped: snapshot.skipped,
    ...branchOf(git),
    warnings: [],
    keepCache: (anchor) => {
      makeStoreDirectory(join(repository.directory, 'gsess', 'cache'));
      cache.save(cachePath, { ...anchor, generation: store.pruneGeneration() });
      keepCache(surroundings, cachePath, cache);
    },
  };
}

/** The rules that hold on disk now; a restore asks them, and those of its target, what it must not touch. */
export function rulesOnDisk(
  root: string,
  surroundings: Surroundings,
  git?: GitLocation,
): IgnoreRulesOptions {
  const { exclude, include } = surroundings.settings;
  const secrets = [...SECRET_PATTERNS, ...exclude, ...include.map((pattern) => `!${pattern}`)];
  return { ...readProjectExcludes(root, surroundings, git), secrets };
}

function contentOf(snapshot: Snapshot, batch: ObjectBatch): RootSnapshot['content'] {
  const list = snapshot.skipped.map(({ path, reason, size }) => ({
    path: jsonPath(path),
    reason,
    ...(size === undefined ? {} : { size }),
  }));
  const more = snapshot.skippedMore > 0 ? [{ more: snapshot.skippedMore }] : [];
  return {
    files: snapshot.tree,
    ...(snapshot.odd === undefined ? {} : { odd: snapshot.odd }),
    ...(list.length === 0 ? {} : { skipped: putJson(batch, [...list, ...more]) }),
  };
}

function withoutFiles(
  root: string,
  { batch }: SnapshotOptions,
  { reason, warnings }: { readonly reason: string; readonly warnings: readonly string[] },
): RootSnapshot {
  return {
    coverage: 'none',
    content: { files: EMPTY_TREE, skipped: putJson(batch, [{ path: '', reason }]) },
    skipped: [],
    ...branchOf(gitLocation(root)),
    warnings,
    keepCache: () => undefined,
  };
}

function branchOf(git: GitLocation | undefined): {
  branch: string | undefined;
  head: string | undefined;
} {
  if (git === undefined) return { branch: undefined, head: undefined };
  const { branch, head } = currentBranch(git);
  return { branch, head };
}

/** A cache whose objects might be gone is worth nothing: its commit must still be on its branch, and nothing pruned since. */
function loadCache(store: Store, path: string): StatCache {
  const cache = takeCache(store.surroundings, path);
  const { anchor } = cache;
  if (anchor === undefined || anchor.generation !== store.pruneGeneration()) return new StatCache();
  return isAnchored(store, anchor) ? cache : new StatCache();
}

/** The anchor may lie on another session's branch, whose damage must not stop this one. */
function isAnchored(store: Store, { ref, commit }: CacheAnchor): boolean {
  try {
    const tip = store.refs.read(ref);
    if (tip === undefined || !isObjectId(commit)) return false;
    if (tip === commit) return true;
    let distance = 0;
    for (const { id } of store.history(tip)) {
      if (id === commit) return true;
      distance += 1;
      if (distance > ANCHOR_DISTANCE_MAX) return false;
    }
    return false;
  } catch (error) {
    if (error instanceof GsessError) return false;
    throw error;
  }
}
