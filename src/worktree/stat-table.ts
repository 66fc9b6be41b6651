// What the last walk saw: each directory and each entry in it, as rows. The entries of a directory stand together, in the order of
// their names; row 0 of the directories is the root, and a directory stands behind the one that holds it. A walk writes what it finds
// into the same rows. Entries of a directory that was listed anew get new rows; the old ones are dead until the table is compacted.

import type { RawName } from '../git/raw-path.ts';
import { ABSENT, DIRECTORY } from './entry-code.ts';
import { ROW_BYTES, StatRows } from './stat-rows.ts';
import {
  CHILD,
  COUNT,
  ENTRY,
  FIRST,
  NAME_AT,
  NAME_LENGTH,
  namesIn,
  OWNER,
  type SharedTable,
} from './table-columns.ts';

/** Where names and row lists begin in the encoded form. */
const COUNT_BYTES = 3 * 8;
const NAMES_START = 4096;

export class StatTable {
  readonly directories: StatRows;
  readonly entries: StatRows;
  #names: Buffer<SharedArrayBuffer>;
  #namesLength: number;
  #savedNamesLength: number;

  constructor(
    directories = new StatRows(),
    entries = new StatRows(),
    names = Buffer.from(new SharedArrayBuffer(0)),
  ) {
    this.directories = directories;
    this.entries = entries;
    this.#names = names;
    this.#namesLength = names.length;
    this.#savedNamesLength = names.length;
  }

  get isEmpty(): boolean {
    return this.directories.length === 0;
  }

  share(): SharedTable {
    const { directories, entries } = this;
    const { buffer, byteOffset } = this.#names;
    return {
      directories: directories.columns,
      directoryCount: directories.length,
      entries: entries.columns,
      entryCount: entries.length,
      names: new Uint8Array(buffer, byteOffset, this.#namesLength),
    };
  }

  name(row: number): RawName {
    const at = this.entries.word(row, NAME_AT);
    return this.#names.toString('latin1', at, at + this.entries.word(row, NAME_LENGTH)) as RawName;
  }

  /** The names of entries that were added together. */
  names(first: number, count: number): RawName[] {
    return namesIn(this.entries.columns, this.#names, first, count);
  }

  /** The entries of a directory that was seen before. */
  block(directory: number): { readonly first: number; readonly count: number } {
    const { directories } = this;
    return { first: directories.word(directory, FIRST), count: directories.word(directory, COUNT) };
  }

  /** Adds a directory that is this entry; the root is none. */
  addDirectory(entry: number): number {
    const row = this.directories.reserve(1);
    this.directories.setCode(row, DIRECTORY, 0);
    this.directories.setWord(row, ENTRY, entry);
    return row;
  }

  /** Gives a directory entries that have nothing but their names, instead of those it had; returns the first. */
  list(directory: number, names: readonly RawName[]): number {
    const { entries, directories } = this;
    const first = entries.reserve(names.length);
    let at = this.#makeRoom(names.reduce((sum, name) => sum + name.length, 0));
    let row = first;
    for (const name of names) {
      this.#names.write(name, at, 'latin1');
      entries.setWord(row, NAME_AT, at);
      entries.setWord(row, NAME_LENGTH, name.length);
      entries.setWord(row, OWNER, directory);
      entries.setCode(row, ABSENT, 0);
      at += name.length;
      row += 1;
    }
    directories.setWord(directory, FIRST, first);
    directories.setWord(directory, COUNT, names.length);
    return first;
  }

  /** Lets go of rows that their directory has no more, with all directories that nothing else took over. */
  retire(first: number, count: number): void {
    const { entries, directories } = this;
    for (let row = first; row < first + count; row += 1) {
      if (entries.code(row) === DIRECTORY) {
        const child = entries.word(row, CHILD);
        if (directories.word(child, ENTRY) === row) this.drop(child);
      }
      entries.setCode(row, ABSENT, 0);
    }
  }

  /** Lets go of a directory and all below it. */
  drop(directory: number): void {
    if (this.directories.code(directory) !== DIRECTORY) return;
    const { first, count } = this.block(directory);
    this.directories.setCode(directory, ABSENT, 0);
    this.directories.setWord(directory, COUNT, 0);
    this.retire(first, count);
  }

  /** How many rows nothing leads to. */
  deadEntries(): number {
    let live = 0;
    for (let row = 0; row < this.directories.length; row += 1) {
      live += this.directories.word(row, COUNT);
    }
    return this.entries.length - live;
  }

  /** The same without dead rows. */
  compacted(): StatTable {
    const compact = new StatTable();
    const copy = (from: number, entry: number): number => {
      const row = compact.addDirectory(entry);
      compact.directories.copySeen(row, this.directories, from);
      const { first: oldFirst, count } = this.block(from);
      const first = compact.list(row, this.names(oldFirst, count));
      for (let index = 0; index < count; index += 1) {
        const old = oldFirst + index;
        compact.entries.copySeen(first + index, this.entries, old);
        if (this.entries.code(old) !== DIRECTORY) continue;
        compact.entries.setWord(
          first + index,
          CHILD,
          copy(this.entries.word(old, CHILD), first + index),
        );
      }
      return row;
    };
    if (!this.isEmpty) copy(0, 0);
    return compact;
  }

  /** Needs an 8-byte boundary to start at. */
  encode(): Buffer[] {
    const counts = Buffer.alloc(COUNT_BYTES);
    counts.writeDoubleLE(this.directories.length, 0);
    counts.writeDoubleLE(this.entries.length, 8);
    counts.writeDoubleLE(this.#namesLength, 16);
    return [
      counts,
      ...padded(this.directories.encode()),
      ...padded(this.entries.encode()),
      this.#names.subarray(0, this.#namesLength),
    ];
  }

  /** Undefined if the bytes from `offset` to `end` are not exactly one table. */
  static decode(
    bytes: Buffer<SharedArrayBuffer>,
    offset: number,
    end: number,
  ): StatTable | undefined {
    if (end - offset < COUNT_BYTES) return undefined;
    const directories = bytes.readDoubleLE(offset);
    const entries = bytes.readDoubleLE(offset + 8);
    const names = bytes.readDoubleLE(offset + 16);
    const entriesAt = offset + COUNT_BYTES + roundUp(directories * ROW_BYTES);
    const namesAt = entriesAt + roundUp(entries * ROW_BYTES);
    if (namesAt + names !== end) return undefined;
    return new StatTable(
      StatRows.decode(bytes.buffer, offset + COUNT_BYTES, directories),
      StatRows.decode(bytes.buffer, entriesAt, entries),
      bytes.subarray(namesAt, end),
    );
  }

  /** What changed since the last save, for `applyChanges`. */
  encodeChanges(): Buffer {
    const { directories, entries } = this;
    const names = this.#names.subarray(this.#savedNamesLength, this.#namesLength);
    const rows = directories.unsavedCount + entries.unsavedCount;
    const bytes = Buffer.allocUnsafe(5 * 4 + rows * (4 + ROW_BYTES) + names.length);
    let at = bytes.writeUInt32LE(directories.length, 0);
    at = bytes.writeUInt32LE(entries.length, at);
    at = bytes.writeUInt32LE(names.length, at);
    for (const kind of [directories, entries]) {
      at = bytes.writeUInt32LE(kind.unsavedCount, at);
      for (const row of kind.unsaved()) {
        at = kind.encodeRow(row, bytes, bytes.writeUInt32LE(row, at));
      }
    }
    names.copy(bytes, at);
    return bytes;
  }

  applyChanges(bytes: Buffer): void {
    const lengths = [bytes.readUInt32LE(0), bytes.readUInt32LE(4)] as const;
    let at = 12;
    for (const [index, kind] of [this.directories, this.entries].entries()) {
      kind.reserve((lengths[index] ?? 0) - kind.length);
      const count = bytes.readUInt32LE(at);
      at += 4;
      for (let written = 0; written < count; written += 1) {
        kind.decodeRow(bytes.readUInt32LE(at), bytes, at + 4);
        at += 4 + ROW_BYTES;
      }
    }
    const names = bytes.subarray(at, at + bytes.readUInt32LE(8));
    const start = this.#makeRoom(names.length);
    names.copy(this.#names, start);
    this.markSaved();
  }

  markSaved(): void {
    this.directories.markSaved();
    this.entries.markSaved();
    this.#savedNamesLength = this.#namesLength;
  }

  #makeRoom(bytes: number): number {
    const start = this.#namesLength;
    this.#namesLength += bytes;
    if (this.#namesLength > this.#names.length) {
      const room = new SharedArrayBuffer(Math.max(NAMES_START, 2 * this.#namesLength));
      const larger = Buffer.from(room);
      this.#names.copy(larger, 0, 0, start);
      this.#names = larger;
    }
    return start;
  }
}

function padded(parts: Buffer[]): Buffer[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [...parts, Buffer.alloc(roundUp(length) - length)];
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
