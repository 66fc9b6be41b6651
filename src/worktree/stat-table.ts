// The rows behind the stat cache: what each directory and each entry looked like when it was last read, in flat columns so that
// tens of thousands load in one read and compare without making objects. The entries of a directory stand together; row 0 of the
// directories is the root. Rows are only ever added; a snapshot fills a new table from the old one as it walks.

import { OBJECT_ID_BYTES, type ObjectId, objectIdAt } from '../git/object-id.ts';
import type { RawName } from '../git/raw-path.ts';

/** The stat fields that together say "not touched since". */
export interface StatFields {
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly size: number;
  readonly ino: number;
}

type FloatColumn = 'mtime' | 'ctime' | 'size' | 'ino';

interface Columns {
  rows: number;
  readonly floats: Record<FloatColumn, Float64Array<ArrayBuffer>>;
  /** Entries: start of the name, its length, the directory row. Directories: first entry, number of entries, unused. */
  readonly words: [Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>, Uint32Array<ArrayBuffer>];
  codes: Uint8Array<ArrayBuffer>;
  flags: Uint8Array<ArrayBuffer>;
  ids: Buffer<ArrayBuffer>;
}

const FLOATS: readonly FloatColumn[] = ['mtime', 'ctime', 'size', 'ino'];
const ROW_BYTES = FLOATS.length * 8 + 3 * 4 + 2 + OBJECT_ID_BYTES;
const COUNT_BYTES = 3 * 8;

/** One kind of row: directories or entries. */
export class StatRows {
  #columns: Columns;

  constructor(columns = allocate(64)) {
    this.#columns = columns;
  }

  get length(): number {
    return this.#columns.rows;
  }

  /** Adds rows and returns the first. */
  reserve(count: number): number {
    const first = this.#columns.rows;
    const rows = first + count;
    if (rows > this.#columns.codes.length) this.#columns = grown(this.#columns, rows);
    this.#columns.rows = rows;
    return first;
  }

  setStat(row: number, stat: StatFields): void {
    const { mtime, ctime, size, ino } = this.#columns.floats;
    mtime[row] = stat.mtimeMs;
    ctime[row] = stat.ctimeMs;
    size[row] = stat.size;
    ino[row] = stat.ino;
  }

  isSame(row: number, stat: StatFields): boolean {
    const { mtime, ctime, size, ino } = this.#columns.floats;
    return (
      mtime[row] === stat.mtimeMs &&
      ctime[row] === stat.ctimeMs &&
      size[row] === stat.size &&
      ino[row] === stat.ino
    );
  }

  size(row: number): number {
    return this.#columns.floats.size[row] ?? 0;
  }

  word(row: number, which: 0 | 1 | 2): number {
    return this.#columns.words[which][row] ?? 0;
  }

  setWord(row: number, which: 0 | 1 | 2, value: number): void {
    this.#columns.words[which][row] = value;
  }

  code(row: number): number {
    return this.#columns.codes[row] ?? 0;
  }

  flags(row: number): number {
    return this.#columns.flags[row] ?? 0;
  }

  setCode(row: number, code: number, flags: number): void {
    this.#columns.codes[row] = code;
    this.#columns.flags[row] = flags;
  }

  id(row: number): ObjectId {
    return objectIdAt(this.#columns.ids, row * OBJECT_ID_BYTES);
  }

  setId(row: number, id: ObjectId): void {
    this.#columns.ids.write(id, row * OBJECT_ID_BYTES, 'hex');
  }

  /** Copies all of one row but where its name stands. */
  copyEntry(row: number, from: StatRows, fromRow: number): void {
    const { floats, words, ids } = from.#columns;
    for (const column of FLOATS) this.#columns.floats[column][row] = floats[column][fromRow] ?? 0;
    this.setWord(row, 2, words[2][fromRow] ?? 0);
    this.setCode(row, from.code(fromRow), from.flags(fromRow));
    const start = fromRow * OBJECT_ID_BYTES;
    ids.copy(this.#columns.ids, row * OBJECT_ID_BYTES, start, start + OBJECT_ID_BYTES);
  }

  /** Copies whole rows. */
  copy(first: number, from: StatRows, fromFirst: number, count: number): void {
    const old = from.#columns;
    const end = fromFirst + count;
    for (const column of FLOATS) {
      this.#columns.floats[column].set(old.floats[column].subarray(fromFirst, end), first);
    }
    for (const which of [0, 1, 2] as const) {
      this.#columns.words[which].set(old.words[which].subarray(fromFirst, end), first);
    }
    this.#columns.codes.set(old.codes.subarray(fromFirst, end), first);
    this.#columns.flags.set(old.flags.subarray(fromFirst, end), first);
    const ids = old.ids.subarray(fromFirst * OBJECT_ID_BYTES, end * OBJECT_ID_BYTES);
    this.#columns.ids.set(ids, first * OBJECT_ID_BYTES);
  }

  /** The columns one after the other, the widest first so that each starts aligned. */
  encode(): Buffer[] {
    const { rows, floats, words, codes, flags, ids } = this.#columns;
    return [
      ...FLOATS.map((column) => bytesOf(floats[column], rows * 8)),
      ...words.map((word) => bytesOf(word, rows * 4)),
      bytesOf(codes, rows),
      bytesOf(flags, rows),
      bytesOf(ids, rows * OBJECT_ID_BYTES),
    ];
  }

  static decode(buffer: ArrayBuffer, offset: number, rows: number): StatRows {
    let at = offset;
    const take = (bytes: number) => {
      at += bytes;
      return at - bytes;
    };
    const floats = () => new Float64Array(buffer, take(rows * 8), rows);
    const words = () => new Uint32Array(buffer, take(rows * 4), rows);
    const bytes = () => new Uint8Array(buffer, take(rows), rows);
    return new StatRows({
      rows,
      floats: { mtime: floats(), ctime: floats(), size: floats(), ino: floats() },
      words: [words(), words(), words()],
      codes: bytes(),
      flags: bytes(),
      ids: Buffer.from(buffer, take(rows * OBJECT_ID_BYTES), rows * OBJECT_ID_BYTES),
    });
  }
}

/** Directories, their entries, and the names of these. */
export class StatTable {
  readonly directories: StatRows;
  readonly entries: StatRows;
  #names: Buffer<ArrayBufferLike>;
  #namesLength: number;

  constructor(directories = new StatRows(), entries = new StatRows(), names = Buffer.alloc(0)) {
    this.directories = directories;
    this.entries = entries;
    this.#names = names;
    this.#namesLength = names.length;
  }

  /** The names of entries that were added together. */
  names(first: number, count: number): RawName[] {
    if (count === 0) return [];
    const { start, end } = this.#span(first, count);
    const all = this.#names.toString('latin1', start, end);
    const names: RawName[] = [];
    for (let row = first; row < first + count; row += 1) {
      const at = this.entries.word(row, 0) - start;
      names.push(all.slice(at, at + this.entries.word(row, 1)) as RawName);
    }
    return names;
  }

  /** Adds entries that have nothing but their names, and returns the first. */
  addEntries(names: readonly RawName[]): number {
    const first = this.entries.reserve(names.length);
    for (const [index, name] of names.entries()) {
      const start = this.#makeRoom(name.length);
      this.#names.write(name, start, 'latin1');
      this.entries.setWord(first + index, 0, start);
      this.entries.setWord(first + index, 1, name.length);
    }
    return first;
  }

  /** Adds entries as they stand in another table, and returns the first. */
  copyEntries(from: StatTable, fromFirst: number, count: number): number {
    const first = this.entries.reserve(count);
    if (count === 0) return first;
    this.entries.copy(first, from.entries, fromFirst, count);
    const { start, end } = from.#span(fromFirst, count);
    const at = this.#makeRoom(end - start);
    from.#names.copy(this.#names, at, start, end);
    for (let row = first; row < first + count; row += 1) {
      this.entries.setWord(row, 0, this.entries.word(row, 0) - start + at);
    }
    return first;
  }

  /** Where the names of these entries stand, one after the other. */
  #span(first: number, count: number): { start: number; end: number } {
    const last = first + count - 1;
    const end = this.entries.word(last, 0) + this.entries.word(last, 1);
    return { start: this.entries.word(first, 0), end };
  }

  #makeRoom(bytes: number): number {
    const start = this.#namesLength;
    this.#namesLength += bytes;
    if (this.#namesLength > this.#names.length) {
      const larger = Buffer.allocUnsafe(Math.max(4096, 2 * this.#namesLength));
      this.#names.copy(larger, 0, 0, start);
      this.#names = larger;
    }
    return start;
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
  static decode(bytes: Buffer<ArrayBuffer>, offset: number, end: number): StatTable | undefined {
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
}

function allocate(rows: number): Columns {
  const float = () => new Float64Array(rows);
  const word = () => new Uint32Array(rows);
  return {
    rows: 0,
    floats: { mtime: float(), ctime: float(), size: float(), ino: float() },
    words: [word(), word(), word()],
    codes: new Uint8Array(rows),
    flags: new Uint8Array(rows),
    ids: Buffer.from(new ArrayBuffer(rows * OBJECT_ID_BYTES)),
  };
}

function grown(old: Columns, rowsMin: number): Columns {
  const columns = allocate(Math.max(rowsMin, 2 * old.rows));
  columns.rows = old.rows;
  for (const column of FLOATS) columns.floats[column].set(old.floats[column]);
  for (const which of [0, 1, 2] as const) columns.words[which].set(old.words[which]);
  columns.codes.set(old.codes);
  columns.flags.set(old.flags);
  columns.ids.set(old.ids);
  return columns;
}

function bytesOf(column: ArrayBufferView, length: number): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, length);
}

function padded(parts: Buffer[]): Buffer[] {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return [...parts, Buffer.alloc(roundUp(length) - length)];
}

function roundUp(bytes: number): number {
  return Math.ceil(bytes / 8) * 8;
}
