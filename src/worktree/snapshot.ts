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
import { type Skipped, SkippedList } from './skipped.ts';
import type { StatCache } from './stat-cache.ts';
import { StatTable } from './stat-table.ts';
import { nothingStillSo, presumeAllBut, sweepTable } from './still-so.ts';
import { summarize } from './table-summary.ts';
import { TreeWalk } from './tree-walk.ts';
import type { VerifiedFiles } from './verified-files.ts';
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
  /** Relative to the root: nothing else has changed since the cache was saved. Without it, everything is looked at. */
  readonly changedPaths?: readonly RawPath[] | undefined;
  /** What was read just now, and is in the store. */
  readonly verified?: VerifiedFiles | undefined;
  readonly onProgress?: (done: WalkProgress) => void;
  /** Called before and after everything that can take long; throws to end the snapshot. */
  readonly onStep?: (done: WalkProgress) => void;
  /** Told what made the snapshot take longer than it should. */
  readonly onFault?: ((reason: string) => void) | undefined;
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
  const { root, objects, cache, rulesKey, checkedOut } = request;
  const stat = statRoot(root);
  // It is written to as the walk goes on, so a walk that fails leaves nothing to go by.
  const before = cache.take();
  const isSameDisk = before.subject?.rootDevice === stat.dev;
  const table = isSameDisk ? before.table : new StatTable();
  const tree = walk(request, stat, { table, isStale: before.subject?.rulesKey !== rulesKey });
  if (statRoot(root).ino !== stat.ino) throw failed(root, 'it was replaced meanwhile');
  const { odd: oddEntries, skipped: leftOut, files, bytes, isPartial } = summarize(table);
  const skipped = new SkippedList();
  for (const entry of leftOut) skipped.add(entry);
  const odd = writeOddTree(objects, oddEntries);
  const subject = { rootDevice: stat.dev, rulesKey, ...(checkedOut && { checkedOut }) };
  cache.replace({ table, subject });
  return {
    tree,
    ...(odd === undefined ? {} : { odd }),
    ...skipped.finish(
      (checkedOut?.absent ?? []).map((path) => ({ path, reason: 'not-checked-out' })),
    ),
    files,
    bytes,
    partial: isPartial,
  };
}

function walk(
  request: SnapshotRequest,
  stat: Stats,
  { table, isStale }: { readonly table: StatTable; readonly isStale: boolean },
): ObjectId {
  const { rules, limits, objects, changedPaths, verified, onProgress, onStep, onFault } = request;
  const startedAt = request.now();
  const root = rawPath(request.root);
  const onSweepStep = () => onStep?.({ files: 0, bytes: 0 });
  const isFirst = table.isEmpty || isStale;
  const still = isFirst
    ? nothingStillSo()
    : changedPaths === undefined
      ? sweepTable(table, { root, device: stat.dev, onStep: onSweepStep, onFault })
      : presumeAllBut(table, changedPaths);
  const counted = { onProgress, onStep };
  const record = new WalkRecord({ objects, table, still, startedAt, isFirst, ...counted });
  const fileBytesMax = Math.min(limits.fileBytesMax, OBJECT_BYTES_MAX);
  const old = table.isEmpty ? undefined : 0;
  if (old !== undefined && still.subtrees[0] === 1) {
    record.step();
    return table.directories.id(0);
  }
  const device = stat.dev;
  return new TreeWalk({ device, fileBytesMax, startedAt, still, record, verified }).directory({
    path: '' as RawPath,
    onDisk: root,
    stat,
    rules: () => rules.root(),
    old,
    isStale,
  }).id;
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
