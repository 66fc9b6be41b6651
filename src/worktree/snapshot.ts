// Takes a snapshot of a directory: a tree of everything in it that no rule leaves out, and a list of what was left out. The project
// is only read. Objects go into the caller's batch; nothing is durable before the caller flushes it. A snapshot is of this
// moment or fails: it never falls back on an earlier one, and what could not be read makes it partial.

import { lstatSync, type Stats } from 'node:fs';
import { GsessError } from '../errors.ts';
import type { ObjectId, ObjectType } from '../git/object-id.ts';
import { type RawPath, rawPath } from '../git/raw-path.ts';
import { OBJECT_BYTES_MAX } from '../git/stored-object.ts';
import type { IgnoreRules } from './ignore-rules.ts';
import type { CheckedOut } from './not-checked-out.ts';
import { writeOddTree } from './odd-tree.ts';
import type { Skipped } from './skipped.ts';
import type { StatCache } from './stat-cache.ts';
import { StatTable } from './stat-table.ts';
import { TreeWalk } from './tree-walk.ts';
import { type WalkProgress, WalkRecord } from './walk-record.ts';

export interface SnapshotRequest {
  /** A real path, as `checkRoot` gives it. */
  readonly root: string;
  readonly rules: IgnoreRules;
  /** From `rulesKey`, of the options that made the rules. */
  readonly rulesKey: string;
  readonly limits: { readonly fileBytesMax: number };
  /** From `lookAtCheckout`; what git leaves away is listed, so that no restore takes it for deleted. */
  readonly checkedOut?: CheckedOut;
  /** What the last snapshot saw, or an empty one; holds what this one saw afterwards. */
  readonly cache: StatCache;
  readonly objects: { put(type: ObjectType, content: Buffer): ObjectId };
  readonly now: () => number;
  readonly onProgress?: (done: WalkProgress) => void;
  /** Called before and after everything that can take long; throws to end the snapshot. */
  readonly onStep?: (done: WalkProgress) => void;
}

export interface Snapshot {
  readonly tree: ObjectId;
  /** Entries whose names git refuses in a tree; see odd-tree.ts. */
  readonly odd?: ObjectId;
  readonly skipped: readonly Skipped[];
  /** How many more were left out than are listed. */
  readonly skippedMore: number;
  /** Files and links captured, and their size. */
  readonly files: number;
  readonly bytes: number;
  /** Something that should have been captured could not be read. */
  readonly partial: boolean;
}

/** Reads the directory into the batch; throws `snapshot-failed` if the root itself cannot be walked. */
export function takeSnapshot(request: SnapshotRequest): Snapshot {
  const { root, rules, rulesKey, cache, objects, now, onProgress, onStep, checkedOut } = request;
  const startedAt = now();
  const stat = statRoot(root);
  const { table, subject } = cache.contents;
  const isSameDisk = subject?.rootDevice === stat.dev;
  const remembered = isSameDisk ? table : new StatTable();
  const record = new WalkRecord({ objects, remembered, startedAt, onProgress, onStep });
  const walk = new TreeWalk({
    device: stat.dev,
    fileBytesMax: Math.min(request.limits.fileBytesMax, OBJECT_BYTES_MAX),
    startedAt,
    remembered,
    record,
  });
  const { id: tree } = walk.directory({
    path: '' as RawPath,
    onDisk: rawPath(root),
    stat,
    rules: () => rules.root(),
    old: remembered.directories.length > 0 ? 0 : undefined,
    isStale: subject?.rulesKey !== rulesKey,
  });
  if (statRoot(root).ino !== stat.ino) throw failed(root, 'it was replaced meanwhile');
  const odd = writeOddTree(objects, record.odd);
  cache.replace({
    table: record.table,
    subject: { rootDevice: stat.dev, rulesKey, ...(checkedOut && { checkedOut }) },
  });
  const { files, bytes, isPartial: partial } = record;
  return {
    tree,
    ...(odd === undefined ? {} : { odd }),
    ...record.skipped.finish(
      (checkedOut?.absent ?? []).map((path) => ({ path, reason: 'not-checked-out' })),
    ),
    files,
    bytes,
    partial,
  };
}

function statRoot(root: string): Stats {
  let stat: Stats;
  try {
    stat = lstatSync(root);
  } catch (cause) {
    throw failed(root, 'it cannot be read', cause);
  }
  if (!stat.isDirectory()) throw failed(root, 'it is not a directory');
  return stat;
}

function failed(root: string, reason: string, cause?: unknown): GsessError {
  return new GsessError('snapshot-failed', `Cannot take a snapshot of '${root}': ${reason}`, {
    data: { root },
    ...(cause === undefined ? {} : { cause }),
  });
}
