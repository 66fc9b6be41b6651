// What of a remembered table need not be looked at again by the walk: found by sweeping over all of it, with the help of a second thread
// where there is much, or presumed of all but the paths that somebody who watched the files names.
//
// The thread is an aid: parts it has claimed and not done when all others are, are done again here. It stays for the next sweep, for
// to start one takes longer than to look at thousands of files, and does not keep the process alive.

import type { Worker } from 'node:worker_threads';
import type { RawName, RawPath } from '../git/raw-path.ts';
import { startThread } from '../git/start-thread.ts';
import { DIRECTORY } from './entry-code.ts';
import { StatTable } from './stat-table.ts';
import { DONE, newSweep, SweepParts, type SweepTask, sweep } from './sweep.ts';
import { CHILD, ENTRY, OWNER } from './table-columns.ts';

export interface SweepOptions {
  readonly root: RawPath;
  readonly device: number;
  readonly onStep: () => void;
  /** Told why there is no second thread. */
  readonly onFault?: ((reason: string) => void) | undefined;
}

/** Fewer entries are looked at sooner than a thread has been told of them and has begun. */
const THREAD_FROM_ENTRIES = 4000;
/** Fewer than these are looked at before one has started, which then pays only where more sweeps follow. */
const START_FROM_ENTRIES = 15_000;
/** So long the last parts of another thread are waited for. */
const PATIENCE_MS = 100;

export class StillSo {
  /** Of each entry, 1 if it is as it was. */
  readonly entries: Uint8Array;
  /** Of each directory, 1 if it and everything below it is as it was. */
  readonly subtrees: Uint8Array;

  /** Takes what was marked so far: a thread that is late may mark more, against rows that the walk is writing. */
  constructor(table: StatTable, marked: { directories: Uint8Array; entries: Uint8Array }) {
    const directories = marked.directories.slice();
    this.entries = marked.entries.slice();
    this.subtrees = directories;
    for (let row = directories.lastIndexOf(0); row > 0; row = directories.lastIndexOf(0, row - 1)) {
      if (table.directories.code(row) !== DIRECTORY) continue;
      // A directory stands behind the one that holds it, so this reaches the root.
      directories[table.entries.word(table.directories.word(row, ENTRY), OWNER)] = 0;
    }
  }
}

/** Everything is to be looked at. */
export function nothingStillSo(): StillSo {
  const none = new Uint8Array(0);
  return new StillSo(new StatTable(), { directories: none, entries: none });
}

/** Looks at everything the table remembers. */
export function sweepTable(table: StatTable, options: SweepOptions): StillSo {
  const task = newSweep(table.share(), options.root, options.device);
  const entries = table.entries.length;
  if (entries >= THREAD_FROM_ENTRIES) sweepThread.share(task, options.onFault);
  sweep(task, options.onStep);
  finishParts(task);
  return new StillSo(table, task);
}

/** Does what others have claimed and do not finish. */
export function finishParts(task: SweepTask): void {
  const { control, done } = task;
  for (let count = 0; ; ) {
    count = Atomics.load(control, DONE);
    if (count === done.length) return;
    if (Atomics.wait(control, DONE, count, PATIENCE_MS) === 'timed-out') break;
  }
  const parts = new SweepParts(task);
  for (let part = 0; part < done.length; part += 1) {
    if (Atomics.load(done, part) === 0) parts.look(part);
  }
}

/** The one thread of this process that helps. */
const sweepThread = {
  worker: undefined as Worker | undefined,
  hasFailed: false,
  sweeps: 0,

  share(task: SweepTask, onFault: SweepOptions['onFault']): void {
    this.sweeps += 1;
    const isWorthIt = this.sweeps > 1 || task.table.entryCount >= START_FROM_ENTRIES;
    if (isWorthIt && !this.hasFailed) this.worker ??= this.start(onFault);
    this.worker?.postMessage(task);
  },

  start(onFault: SweepOptions['onFault']): Worker | undefined {
    const fail = (reason: string) => {
      this.worker = undefined;
      this.hasFailed = true;
      onFault?.(reason);
    };
    return startThread(() => new URL('./sweep-thread.js', import.meta.url), { onFault: fail });
  },
};

/**
 * Presumes all as it was but what may have changed: the entries at these paths, what is below them, and what had not come to rest when
 * it was read.
 */
export function presumeAllBut(table: StatTable, paths: readonly RawPath[]): StillSo {
  const directories = new Uint8Array(table.directories.length).fill(1);
  const entries = new Uint8Array(table.entries.length).fill(1);
  const doubtEntry = (row: number) => {
    entries[row] = 0;
    directories[table.entries.word(row, OWNER)] = 0;
  };
  const doubtBelow = (directory: number) => {
    directories[directory] = 0;
    const { first, count } = table.block(directory);
    for (let row = first; row < first + count; row += 1) {
      entries[row] = 0;
      if (table.entries.code(row) === DIRECTORY) doubtBelow(table.entries.word(row, CHILD));
    }
  };
  const listings: Listings = new Map();
  for (const path of paths) {
    const { directory, entry } = nearest(table, listings, path);
    if (entry === undefined) directories[directory] = 0;
    else doubtEntry(entry);
    if (path === '') doubtBelow(0);
    else if (entry !== undefined && table.entries.code(entry) === DIRECTORY) {
      doubtBelow(table.entries.word(entry, CHILD));
    }
  }
  for (const row of table.entries.tally.unsettled) doubtEntry(row);
  return new StillSo(table, { directories, entries });
}

/** Of a directory the row of each entry in it; many paths have directories in common. */
type Listings = Map<number, ReadonlyMap<RawName, number>>;

/** The entry at a path; where there is none, the last directory on the way to it. */
function nearest(
  table: StatTable,
  listings: Listings,
  path: RawPath,
): { readonly directory: number; readonly entry: number | undefined } {
  let directory = 0;
  let entry: number | undefined;
  for (const name of path.split('/') as RawName[]) {
    const listing = listings.get(directory) ?? rowsIn(table, directory);
    listings.set(directory, listing);
    entry = listing.get(name);
    if (entry === undefined) return { directory, entry };
    if (table.entries.code(entry) !== DIRECTORY) break;
    directory = table.entries.word(entry, CHILD);
  }
  return { directory, entry };
}

function rowsIn(table: StatTable, directory: number): ReadonlyMap<RawName, number> {
  const { first, count } = table.block(directory);
  return new Map(table.names(first, count).map((name, index) => [name, first + index]));
}
