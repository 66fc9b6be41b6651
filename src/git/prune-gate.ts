// Keeps objects from being removed under the hands of a writer. A writer counts on objects that nothing points at yet: its own, and
// those it found and will point at. From before the first is put until its refs have moved it has an owner file in `writers/`.
// Whoever removes objects has one in `pruning/`, only while `writers/` is empty. Each puts its own file in place and then looks for
// the other's, so at least one of two sees the other; the one that does takes its file back and tries again.
//
// Writers come first, for an agent waits for them: removing is done in slices of at most SLICE_MS, with a rest between two, and a writer
// that meets one waits it out. So that it gets its turn at all, whoever wants to remove asks by a file in `asking/`: writers that
// come then hold back a moment, and no longer than that, since one of those at work already may take minutes.
//
// Nothing is synced: after a power cut there are no owners. Files of killed processes are removed by whoever meets them. A writer
// within a writer is safe; removing within a writer, or the other way round, waits for itself and fails as `locked`.

import { join } from 'node:path';
import { withLock } from './lock.ts';
import {
  type Announcement,
  announce,
  busy,
  findLiveOwner,
  type OwnerFile,
  type ProcessTable,
  removeDeadOwners,
  verbsDirectory,
} from './owner-file.ts';
import { pause, Stopwatch } from './pause.ts';
import { removeFile } from './remove-file.ts';

export interface PruneGateOptions {
  readonly processes: ProcessTable;
  readonly now: () => number;
  /** Longest wait in milliseconds. */
  readonly waitMs: number;
  /** Ends the wait of a writer. */
  readonly signal?: AbortSignal | undefined;
}

/** How long objects may be removed in one go; a writer that meets it waits so long. */
const SLICE_MS = 100;
/** Between two slices, long enough for every writer that waits to look. */
const REST_MS = 30;
/** How long writers hold back for one who asks, and how long it then does not ask again. */
const COURTESY_MS = 200;
const RELAXED_MS = 1000;
const PAUSE_MS_MAX = 20;

export class PruneGate {
  readonly #asking: string;
  readonly #writers: string;
  readonly #pruning: string;
  readonly #options: PruneGateOptions & Pick<Announcement, 'verbs'>;
  #lastSliceEndedAt = Number.NEGATIVE_INFINITY;

  constructor(gitDirectory: string, options: PruneGateOptions) {
    const directory = join(gitDirectory, 'gsess', 'locks', 'prune');
    this.#asking = join(directory, 'asking');
    this.#writers = join(directory, 'writers');
    this.#pruning = join(directory, 'pruning');
    this.#options = { ...options, verbs: verbsDirectory(gitDirectory) };
  }

  /** Runs `fn` while no object is removed. Throws `locked` if one who removes outlasts the wait. */
  async withWriting<T>(verb: string, fn: () => T | Promise<T>): Promise<T> {
    const mine = await this.#enter(verb);
    try {
      return await fn();
    } finally {
      removeFile(mine);
    }
  }

  /**
   * Runs `fn` while nobody writes. It must stop once `isOver` says so, and the caller comes again for the rest; it must look anew at
   * what is reachable, and take no lock but that of the refs. Throws `locked` if a writer outlasts the wait.
   */
  async withPruning<T>(verb: string, fn: (isOver: () => boolean) => T | Promise<T>): Promise<T> {
    const sinceMs = performance.now() - this.#lastSliceEndedAt;
    if (sinceMs < REST_MS) await pause(REST_MS - sinceMs);
    const mine = await this.#begin(verb);
    const overAt = performance.now() + SLICE_MS;
    try {
      return await fn(() => performance.now() >= overAt);
    } finally {
      removeFile(mine);
      this.#lastSliceEndedAt = performance.now();
    }
  }

  async #enter(verb: string): Promise<string> {
    const who = { ...this.#options, verb };
    const waited = new Stopwatch();
    for (;;) {
      const waitedMs = waited.elapsedMs;
      if (waitedMs >= COURTESY_MS || findLiveOwner(this.#asking, who) === undefined) {
        const pruning = meet(this.#writers, this.#pruning, who);
        if (typeof pruning === 'string') {
          removeDeadOwners(this.#writers, who);
          return pruning;
        }
        if (waitedMs >= who.waitMs) throw busy(this.#pruning, pruning, who);
      }
      who.signal?.throwIfAborted();
      waited.start();
      await pause(1 + Math.random() * PAUSE_MS_MAX);
    }
  }

  /** Asks, and begins as soon as nobody writes. */
  async #begin(verb: string): Promise<string> {
    const who = { ...this.#options, verb };
    const startedAt = performance.now();
    for (;;) {
      const leftMs = who.waitMs - (performance.now() - startedAt);
      const found = await withLock(this.#asking, { ...who, waitMs: Math.max(0, leftMs) }, () =>
        this.#tryToBegin(Math.min(COURTESY_MS, leftMs), who),
      );
      if (typeof found === 'string') return found;
      if (performance.now() - startedAt >= who.waitMs) throw busy(this.#writers, found, who);
      await this.#untilNobodyWrites(Math.min(RELAXED_MS, leftMs), who);
    }
  }

  async #tryToBegin(forMs: number, who: Announced): Promise<string | OwnerFile> {
    const startedAt = performance.now();
    for (;;) {
      const found = findLiveOwner(this.#writers, who) ?? meet(this.#pruning, this.#writers, who);
      if (typeof found === 'string' || performance.now() - startedAt >= forMs) return found;
      await pause(1 + Math.random());
    }
  }

  async #untilNobodyWrites(forMs: number, who: Announced): Promise<void> {
    const startedAt = performance.now();
    while (performance.now() - startedAt < forMs) {
      if (findLiveOwner(this.#writers, who) === undefined) return;
      await pause(PAUSE_MS_MAX);
    }
  }
}

type Announced = PruneGateOptions & Announcement;

/** Puts a file of ours in place and returns its path, or takes it back and returns the owner on the other side. */
function meet(ours: string, others: string, who: Announced): string | OwnerFile {
  const mine = announce(ours, who);
  try {
    const other = findLiveOwner(others, who);
    if (other === undefined) return mine;
    removeFile(mine);
    return other;
  } catch (error) {
    removeFile(mine);
    throw error;
  }
}
