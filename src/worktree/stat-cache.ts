// Remembers what the last snapshot of a root saw, so that the next one reads only what changed. Purely an aid: any doubt about
// the file, and it counts as empty. An entry is believed only if every stat field is the same and the file had been at rest for a
// while when it was read, for within one tick of the clock a file can change without its times changing.
//
// The cache names objects without holding them. It must therefore be saved after the ref that reaches them has moved, with that
// ref and commit as its anchor; whoever loads it compares the anchor with the store, and starts from an empty one if the commit
// is no longer reached or objects were pruned since (`generation`).
//
// What a snapshot changed is appended to the file, so that a save costs what changed; now and then the file is written anew.

import { statSync } from 'node:fs';
import {
  appendToCacheFile,
  type FileState,
  isSameFile,
  readCacheFile,
  writeCacheFile,
} from './cache-file.ts';
import type { CheckedOut } from './not-checked-out.ts';
import { StatTable } from './stat-table.ts';

export interface CacheAnchor {
  readonly ref: string;
  readonly commit: string;
  /** The store's count of prunings when the cache was saved. */
  readonly generation: number;
}

/** What the remembered verdicts depend on besides the files in the tree. */
export interface CacheSubject {
  readonly rootDevice: number;
  readonly rulesKey: string;
  /** Rides along; nothing remembered depends on it. */
  readonly checkedOut?: CheckedOut;
}

interface Contents {
  readonly table: StatTable;
  readonly subject: CacheSubject | undefined;
}

/** The table as it stands in a file; changes can be appended as long as both are the same. */
interface Filed {
  readonly path: string;
  readonly table: StatTable;
  readonly state: FileState;
}

/** Whoever loads the file goes through all that was appended, so it must stay little against the rest. */
const APPENDED_BYTES_MIN = 64 * 1024;
const APPENDED_SHARE = 1 / 16;
const DEAD_ROWS_MIN = 1000;
const DEAD_SHARE = 1 / 4;

export class StatCache {
  #anchor: CacheAnchor | undefined;
  #contents: Contents;
  #filed: Filed | undefined;

  constructor(anchor?: CacheAnchor, contents: Contents = nothing()) {
    this.#anchor = anchor;
    this.#contents = contents;
  }

  /** What the cache was saved with; undefined for an empty one. */
  get anchor(): CacheAnchor | undefined {
    return this.#anchor;
  }

  get subject(): CacheSubject | undefined {
    return this.#contents.subject;
  }

  /** For the snapshot only: the rows and what they depend on, to be written to. The cache is empty until they are put back. */
  take(): Contents {
    const contents = this.#contents;
    this.#contents = nothing();
    return contents;
  }

  /** For the snapshot only: takes what it has just seen. */
  replace(contents: Contents): void {
    this.#contents = contents;
  }

  /** Reads the file; an absent, damaged or foreign one gives an empty cache. */
  static load(path: string): StatCache {
    const filed = readCacheFile(path);
    if (filed === undefined) return new StatCache();
    const { anchor, subject } = JSON.parse(filed.facts);
    const cache = new StatCache(anchor, { table: filed.table, subject });
    cache.#filed = { path, table: filed.table, state: filed.state };
    return cache;
  }

  /** Tells whether the file is as this cache last read or wrote it. */
  isOnDisk(path: string): boolean {
    const stat = statSync(path, { throwIfNoEntry: false });
    return this.#filed?.path === path && isSameFile(stat, this.#filed.state);
  }

  /** Writes the file in one step, or appends to it. It is not synced: after a power cut the checksums decide. */
  save(path: string, anchor: CacheAnchor): void {
    const { table, subject } = this.#contents;
    const facts = JSON.stringify({ anchor, subject });
    const state = this.#append(path, facts) ?? this.#write(path, facts);
    this.#anchor = anchor;
    this.#filed = { path, table: this.#contents.table, state };
    table.markSaved();
  }

  #append(path: string, facts: string): FileState | undefined {
    const { table } = this.#contents;
    const filed = this.#filed;
    if (filed?.path !== path || filed.table !== table) return undefined;
    const changes = table.encodeChanges();
    const { size, baseSize } = filed.state;
    const appended = size - baseSize + facts.length + changes.length;
    if (appended > Math.max(APPENDED_BYTES_MIN, baseSize * APPENDED_SHARE)) return undefined;
    return appendToCacheFile(path, filed.state, { facts, changes });
  }

  #write(path: string, facts: string): FileState {
    const { table, subject } = this.#contents;
    const dead = table.deadEntries();
    if (dead > DEAD_ROWS_MIN && dead > table.entries.length * DEAD_SHARE) {
      this.#contents = { table: table.compacted(), subject };
    }
    const state = writeCacheFile(path, facts, this.#contents.table);
    this.#contents.table.markSaved();
    return state;
  }
}

function nothing(): Contents {
  return { table: new StatTable(), subject: undefined };
}
