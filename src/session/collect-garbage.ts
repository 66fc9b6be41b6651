// Tidies a store: sweeps what killed runs left, empties the trash after its grace, packs, and removes what nothing reaches any more.
// One at a time, beside whatever else is at work in the store. Where something in the store cannot be read nothing is packed or
// removed, and that is told. A crash at any moment costs nothing but the rest of the work.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { type Collected, collectObjects } from '../git/collect-objects.ts';
import { writeDurably } from '../git/durable-file.ts';
import { bytesBelow } from '../git/stored-files.ts';
import { DAY_MS, type ExpiringSession } from './expiring-sessions.ts';
import { finishPurge } from './purge-session.ts';
import { alone, type RemovalOptions, removalOf } from './removal.ts';
import { retireSessions } from './retire-sessions.ts';
import type { Store } from './store.ts';
import { sweepHalves, sweepStore } from './sweep-store.ts';
import { expireTrash } from './trash.ts';

export interface GarbageOptions extends RemovalOptions {
  /** How long what nothing reaches stays; git's own two weeks unless told, 0 for not at all. */
  readonly pruneGraceMs?: number;
  /** How long what was deleted can be had back; as set unless told, 0 for not at all. */
  readonly trashGraceMs?: number;
  /** Says what it would do, and does nothing. */
  readonly isDry?: boolean;
  /** Sessions that are to leave the list stay in it. */
  readonly leavesSessions?: boolean;
  /** Where a person asks for it: the root in whose log goes what undo brings back. */
  readonly root?: string | undefined;
}

export interface GarbageReport {
  /** ISO 8601, UTC. */
  readonly at: string;
  /** What the store took on disk, and takes now. */
  readonly bytesBefore: number;
  readonly bytesAfter: number;
  /** Temporary files and leftovers of killed runs that went. */
  readonly swept: number;
  /** Sessions that went, or would go, into the trash as the settings say. */
  readonly retired: readonly ExpiringSession[];
  /** Entries of operation logs that went. */
  readonly operations: number;
  /** Refs of the trash that went. */
  readonly trash: number;
  /** Null where nothing was looked at, since something could not be read. */
  readonly objects: Omit<Collected, 'settled' | 'skipped'> | null;
  /** What was not done, and why. */
  readonly skipped: readonly string[];
}

/** Small packs may be put together at the moment, which is soon done. */
const GATHERING_MS = 300;
export const PRUNE_GRACE_MS = 14 * DAY_MS;

/** Throws `locked` while another one is at it. */
export function collectGarbage(store: Store, options: GarbageOptions = {}): Promise<GarbageReport> {
  return alone(store, { verb: 'gc', waitMs: GATHERING_MS }, () => collect(store, options));
}

async function collect(store: Store, options: GarbageOptions): Promise<GarbageReport> {
  const { trashDays } = store.surroundings.settings;
  const {
    isDry = false,
    trashGraceMs = trashDays * DAY_MS,
    pruneGraceMs = PRUNE_GRACE_MS,
  } = options;
  const { directory } = store.repository;
  const bytesBefore = bytesBelow(directory);
  const before = readGarbageReport(store);
  let swept = isDry ? 0 : sweepStore(store);
  const skipped: string[] = [];
  let expired = { operations: 0, trash: 0 };
  let retired: readonly ExpiringSession[] = [];
  let objects: Collected | undefined;
  try {
    if (!isDry) await finishPurge(store);
    if (options.leavesSessions !== true) {
      const retirement = await retireSessions(store, { isDry, root: options.root });
      skipped.push(...retirement.skipped);
      retired = retirement.retired;
    }
    const { skipped: notExpired, ...counts } = await expireTrash(store, trashGraceMs, isDry);
    expired = counts;
    skipped.push(...notExpired);
    objects = await collectObjects(store.repository, {
      ...removalOf(store, options),
      mode: 'whole',
      graceMs: pruneGraceMs,
      isDry,
      settled: new Set(before?.settled),
    });
    skipped.push(...objects.skipped);
    if (!isDry) swept += await sweepHalves(store);
  } catch (error) {
    if (!isDoubt(error)) throw error;
    skipped.push(`nothing was packed or removed: ${error.message}`);
  }
  const { settled = [], skipped: _, ...counted } = objects ?? {};
  const report: GarbageReport = {
    at: new Date(store.surroundings.now()).toISOString(),
    bytesBefore,
    bytesAfter: isDry ? bytesBefore : bytesBelow(directory),
    swept,
    retired,
    ...expired,
    objects: objects === undefined ? null : (counted as Omit<Collected, 'settled' | 'skipped'>),
    skipped,
  };
  if (!isDry) {
    // What was said in a session is not written down where erasing it would not look.
    const { retired: _retired, ...kept } = report;
    writeDurably(reportPath(store), `${JSON.stringify({ ...kept, settled })}\n`);
    // What lists remember is brought up to date while nobody waits for it.
    store.sessions();
  }
  return report;
}

/** What keeps from knowing what may go. */
function isDoubt(error: unknown): error is GsessError {
  return (
    error instanceof GsessError &&
    [
      'ref-damaged',
      'object-missing',
      'object-damaged',
      'store-damaged',
      'io-failed',
      'guard',
      'locked',
    ].includes(error.code)
  );
}

/** What is kept of a report: also the packs that the run left and that need no packing again. */
export type KeptReport = Omit<GarbageReport, 'retired'> & { readonly settled: readonly string[] };

/** What the last run reported; undefined if there was none. */
export function readGarbageReport(store: Store): KeptReport | undefined {
  try {
    return JSON.parse(readFileSync(reportPath(store), 'utf8'));
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

function reportPath(store: Store): string {
  return join(store.repository.directory, 'gsess', 'gc.json');
}
