// The files of a session's root, as they stand now, with everything that decides what is left out: git's own ignore rules, ours, the
// size limit. Where files cannot or must not be taken (the root is the home directory, it is gone, the time is up), the
// conversation is kept all the same and the checkpoint says that it holds no files, so that no restore ever trusts it for them.

import { join } from 'node:path';
import { GsessError } from '../errors.ts';
import { makeStoreDirectory } from '../git/durable-file.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { EMPTY_TREE, isObjectId, type ObjectId } from '../git/object-id.ts';
import { jsonPath } from '../git/raw-path.ts';
import { currentBranch, gitLocation } from '../worktree/git-location.ts';
import { IgnoreRules, type IgnoreRulesOptions } from '../worktree/ignore-rules.ts';
import { notCheckedOut } from '../worktree/not-checked-out.ts';
import { readProjectExcludes } from '../worktree/project-excludes.ts';
import { checkRoot } from '../worktree/root.ts';
import { rulesKey } from '../worktree/rules-key.ts';
import { SECRET_PATTERNS } from '../worktree/secret-patterns.ts';
import type { Skipped } from '../worktree/skipped.ts';
import { type Snapshot, takeSnapshot } from '../worktree/snapshot.ts';
import { type CacheAnchor, StatCache } from '../worktree/stat-cache.ts';
import type { FilesCoverage } from './checkpoint.ts';
import { shortHash } from './project.ts';
import { putJson } from './put-json.ts';
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
  /** Milliseconds since 1970 after which the files are given up. */
  readonly deadline?: number | undefined;
}

/** How far back an anchor is looked for before the cache is given up. */
const ANCHOR_DISTANCE_MAX = 500;

/** Takes the snapshot, or says in the result why there is none. */
export function snapshotRoot(store: Store, root: string, options: SnapshotOptions): RootSnapshot {
  if (!store.surroundings.settings.snapshots) return withoutFiles(root, options, 'off');
  try {
    return snapshotFiles(store, root, options);
  } catch (error) {
    const expected =
      error instanceof GsessError && ['root-refused', 'snapshot-failed'].includes(error.code);
    if (!expected) throw error;
    return withoutFiles(root, options, error.message);
  }
}

/** Takes the snapshot; throws `root-refused` or `snapshot-failed` where there can be none. */
export function snapshotFiles(store: Store, root: string, options: SnapshotOptions): RootSnapshot {
  const { surroundings, repository } = store;
  const real = checkRoot(root, { ...surroundings, store: repository.directory });
  const cachePath = join(repository.directory, 'gsess', 'cache', `${shortHash(root)}.stat`);
  const cache = loadCache(store, cachePath);
  const { batch } = options;
  const rules = rulesOnDisk(real, surroundings);
  const snapshot = takeSnapshot({
    root: real,
    rules: new IgnoreRules(rules),
    rulesKey: rulesKey(rules),
    notCheckedOut: notCheckedOut(real),
    limits: { fileBytesMax: surroundings.settings.fileBytesMax },
    cache,
    objects: batch,
    now: surroundings.now,
    onProgress: (progress) => {
      if (options.deadline !== undefined && surroundings.now() > options.deadline) {
        throw new GsessError('snapshot-failed', `Cannot snapshot '${root}' in the time allowed`, {
          hint: `Run 'gsess connect' once, which takes the first snapshot without a limit.`,
        });
      }
      surroundings.onProgress?.(progress);
    },
  });
  return {
    coverage: snapshot.partial ? 'partial' : 'whole',
    content: contentOf(snapshot, batch),
    skipped: snapshot.skipped,
    ...branchOf(root),
    warnings: [],
    keepCache: (anchor) => {
      makeStoreDirectory(join(repository.directory, 'gsess', 'cache'));
      cache.save(cachePath, { ...anchor, generation: store.pruneGeneration() });
    },
  };
}

/** The rules that hold on disk now; a restore asks them, and those of its target, what it must not touch. */
export function rulesOnDisk(root: string, surroundings: Surroundings): IgnoreRulesOptions {
  return { ...readProjectExcludes(root, surroundings), secrets: SECRET_PATTERNS };
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

function withoutFiles(root: string, { batch }: SnapshotOptions, reason: string): RootSnapshot {
  return {
    coverage: 'none',
    content: { files: EMPTY_TREE, skipped: putJson(batch, [{ path: '', reason }]) },
    skipped: [],
    ...branchOf(root),
    warnings: reason === 'off' ? [] : [reason],
    keepCache: () => undefined,
  };
}

function branchOf(root: string): { branch: string | undefined; head: string | undefined } {
  const git = gitLocation(root);
  if (git === undefined) return { branch: undefined, head: undefined };
  const { branch, head } = currentBranch(git);
  return { branch, head };
}

/** A cache whose objects might be gone is worth nothing: its commit must still be on its branch, and nothing pruned since. */
function loadCache(store: Store, path: string): StatCache {
  const cache = StatCache.load(path);
  const { anchor } = cache;
  if (anchor === undefined || anchor.generation !== store.pruneGeneration()) return new StatCache();
  const tip = store.refs.read(anchor.ref);
  if (tip === undefined || !isObjectId(anchor.commit)) return new StatCache();
  if (tip === anchor.commit) return cache;
  let distance = 0;
  for (const { id } of store.history(tip)) {
    if (id === anchor.commit) return cache;
    distance += 1;
    if (distance > ANCHOR_DISTANCE_MAX) break;
  }
  return new StatCache();
}
