// Looks over a remembered table and marks what is still as it was: most of a snapshot in which little has changed. Nothing is read
// or listed, and each directory is looked at by itself, so several threads can share the work: each claims the next few
// directories until none is left. What is not marked has changed or may have; that is for the walk to find out.

import { isAscii, joinRaw, pathBytes, type RawPath } from '../git/raw-path.ts';
import { statAt, statOf } from './directory-listing.ts';
import { codeOfStat, DIRECTORY, isLasting, LINK, RULE_FILE, SETTLED } from './entry-code.ts';
import { isSameStat } from './stat-rows.ts';
import { DirectoryPaths, FIRST, type SharedTable } from './table-columns.ts';

/** What all who share the work see. */
export interface SweepTask {
  /** From the root of the file system. */
  readonly root: RawPath;
  readonly device: number;
  readonly table: SharedTable;
  /** The next part that nobody has claimed, and how many are done. */
  readonly control: Int32Array<SharedArrayBuffer>;
  /** Of each part: 1 when it is done. */
  readonly done: Uint8Array<SharedArrayBuffer>;
  /** 1 for a directory whose list and entries are as they were; what is in directories below it is not asked. */
  readonly directories: Uint8Array<SharedArrayBuffer>;
  /** 1 for a file or link that is as it was. */
  readonly entries: Uint8Array<SharedArrayBuffer>;
}

export const NEXT = 0;
export const DONE = 1;
const PART_DIRECTORIES = 8;

export function newSweep(table: SharedTable, root: RawPath, device: number): SweepTask {
  const bytes = (length: number) => new Uint8Array(new SharedArrayBuffer(length));
  return {
    root,
    device,
    table,
    control: new Int32Array(new SharedArrayBuffer(8)),
    done: bytes(Math.ceil(table.directoryCount / PART_DIRECTORIES)),
    directories: bytes(table.directoryCount),
    entries: bytes(table.entryCount),
  };
}

/** Does parts of the sweep until all are claimed; `onStep` is called before each and may throw. */
export function sweep(task: SweepTask, onStep: () => void): void {
  const parts = new SweepParts(task);
  try {
    for (;;) {
      onStep();
      const part = Atomics.add(task.control, NEXT, 1);
      if (part >= task.done.length) return;
      parts.look(part);
    }
  } finally {
    // Nobody begins another part where one of them gave up.
    Atomics.store(task.control, NEXT, task.done.length);
  }
}

/** The looking itself, part by part. */
export class SweepParts {
  readonly #task: SweepTask;
  readonly #paths: DirectoryPaths;

  constructor(task: SweepTask) {
    this.#task = task;
    this.#paths = new DirectoryPaths(task.table);
  }

  look(part: number): void {
    const { table, control, done } = this.#task;
    const first = part * PART_DIRECTORIES;
    const end = Math.min(first + PART_DIRECTORIES, table.directoryCount);
    for (let directory = first; directory < end; directory += 1) {
      if (table.directories.codes[directory] === DIRECTORY) this.#directory(directory);
    }
    Atomics.store(done, part, 1);
    Atomics.add(control, DONE, 1);
    Atomics.notify(control, DONE);
  }

  #directory(directory: number): void {
    const { root, device, table, directories, entries } = this.#task;
    const onDisk = joinRaw(root, this.#paths.of(directory));
    const { codes, flags } = table.entries;
    const stat = statOf(onDisk);
    let isSame =
      typeof stat !== 'string' &&
      stat.isDirectory() &&
      stat.dev === device &&
      ((table.directories.flags[directory] ?? 0) & SETTLED) !== 0 &&
      isSameStat(table.directories, directory, stat);
    let row = table.directories.words[FIRST]?.[directory] ?? 0;
    const names = this.#paths.namesOf(directory);
    // Asked once for all, not for each path.
    const isText = isAscii(onDisk) && isAscii(names.join(''));
    for (const name of names) {
      const code = codes[row] ?? 0;
      if (code <= LINK || ((flags[row] ?? 0) & RULE_FILE) !== 0) {
        const path = joinRaw(onDisk, name);
        if (this.#isEntrySame(isText ? path : pathBytes(path), row)) entries[row] = 1;
        else isSame = false;
      }
      if (code > DIRECTORY && !isLasting(code)) isSame = false;
      row += 1;
    }
    if (isSame) directories[directory] = 1;
  }

  #isEntrySame(path: string | Buffer, row: number): boolean {
    const { entries } = this.#task.table;
    if (((entries.flags[row] ?? 0) & SETTLED) === 0) return false;
    const stat = statAt(path);
    if (typeof stat === 'string' || !isSameStat(entries, row, stat)) return false;
    const code = entries.codes[row] ?? 0;
    return code > DIRECTORY || codeOfStat(stat) === code;
  }
}
