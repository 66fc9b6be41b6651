// One kind of row of the stat cache, in flat columns: tens of thousands load in one read, compare without making objects, and can be
// looked at by another thread, since the columns are shared memory. Rows are added at the end and written in place; which of them
// differ from what is on disk is remembered, so that a save writes only those.

import { OBJECT_ID_BYTES, type ObjectId, objectIdAt } from '../git/object-id.ts';
import { RowTally } from './row-tally.ts';

/** The stat fields that together say "not touched since". */
export interface StatFields {
  readonly mtimeMs: number;
  readonly ctimeMs: number;
  readonly size: number;
  readonly ino: number;
}

/** Shared by reference when they are posted to a thread. */
export interface Columns {
  readonly mtime: Float64Array<SharedArrayBuffer>;
  readonly ctime: Float64Array<SharedArrayBuffer>;
  readonly size: Float64Array<SharedArrayBuffer>;
  readonly ino: Float64Array<SharedArrayBuffer>;
  /** What each means is for `StatTable` to say. */
  readonly words: readonly Uint32Array<SharedArrayBuffer>[];
  readonly codes: Uint8Array<SharedArrayBuffer>;
  readonly flags: Uint8Array<SharedArrayBuffer>;
  readonly ids: Uint8Array<SharedArrayBuffer>;
}

export type Word = 0 | 1 | 2 | 3;

const WORDS: readonly Word[] = [0, 1, 2, 3];
const FLOATS = ['mtime', 'ctime', 'size', 'ino'] as const;
export const ROW_BYTES = FLOATS.length * 8 + WORDS.length * 4 + 2 + OBJECT_ID_BYTES;
const CAPACITY_START = 64;

export class StatRows {
  #columns: Columns;
  #ids: Buffer<SharedArrayBuffer>;
  #length: number;
  /** So many rows were there at the last save, and these of them were written since. */
  #savedLength: number;
  readonly #written = new Set<number>();
  #tally: RowTally | undefined;

  constructor(columns = allocate(CAPACITY_START), length = 0) {
    this.#columns = columns;
    this.#ids = bufferOf(columns.ids);
    this.#length = length;
    this.#savedLength = length;
  }

  get length(): number {
    return this.#length;
  }

  /** As they are now; others once rows were added. */
  get columns(): Columns {
    return this.#columns;
  }

  /** As the rows are now; the first to ask waits for a pass over all of them. */
  get tally(): RowTally {
    this.#tally ??= new RowTally(this.#columns, this.#length);
    return this.#tally;
  }

  /** Adds empty rows and returns the first. */
  reserve(count: number): number {
    const first = this.#length;
    this.#length += count;
    if (this.#length > this.#columns.codes.length) this.#grow();
    for (let row = first; row < this.#length; row += 1) this.#tally?.add(row, this.#columns);
    return first;
  }

  setStat(row: number, stat: StatFields): void {
    if (this.isSame(row, stat)) return;
    this.#tally?.remove(row, this.#columns);
    const { mtime, ctime, size, ino } = this.#columns;
    mtime[row] = stat.mtimeMs;
    ctime[row] = stat.ctimeMs;
    size[row] = stat.size;
    ino[row] = stat.ino;
    this.#tally?.add(row, this.#columns);
    this.#touch(row);
  }

  isSame(row: number, stat: StatFields): boolean {
    return isSameStat(this.#columns, row, stat);
  }

  size(row: number): number {
    return this.#columns.size[row] ?? 0;
  }

  word(row: number, which: Word): number {
    return this.#columns.words[which]?.[row] ?? 0;
  }

  setWord(row: number, which: Word, value: number): void {
    const words = this.#columns.words[which];
    if (words === undefined || words[row] === value) return;
    words[row] = value;
    this.#touch(row);
  }

  code(row: number): number {
    return this.#columns.codes[row] ?? 0;
  }

  flags(row: number): number {
    return this.#columns.flags[row] ?? 0;
  }

  setCode(row: number, code: number, flags: number): void {
    if (this.code(row) === code && this.flags(row) === flags) return;
    this.#tally?.remove(row, this.#columns);
    this.#columns.codes[row] = code;
    this.#columns.flags[row] = flags;
    this.#tally?.add(row, this.#columns);
    this.#touch(row);
  }

  id(row: number): ObjectId {
    return objectIdAt(this.#ids, row * OBJECT_ID_BYTES);
  }

  setId(row: number, id: ObjectId): void {
    this.#ids.write(id, row * OBJECT_ID_BYTES, 'hex');
    this.#touch(row);
  }

  /** Copies stat, code, flags and id of a row, which may be of another table. */
  copySeen(row: number, from: StatRows, fromRow: number): void {
    this.#tally?.remove(row, this.#columns);
    for (const column of FLOATS) {
      this.#columns[column][row] = from.#columns[column][fromRow] ?? 0;
    }
    this.#tally?.add(row, this.#columns);
    this.setCode(row, from.code(fromRow), from.flags(fromRow));
    const start = fromRow * OBJECT_ID_BYTES;
    from.#ids.copy(this.#ids, row * OBJECT_ID_BYTES, start, start + OBJECT_ID_BYTES);
    this.#touch(row);
  }

  /** The rows that differ from what was saved. */
  *unsaved(): Generator<number> {
    yield* this.#written;
    for (let row = this.#savedLength; row < this.#length; row += 1) yield row;
  }

  get unsavedCount(): number {
    return this.#written.size + this.#length - this.#savedLength;
  }

  markSaved(): void {
    this.#savedLength = this.#length;
    this.#written.clear();
  }

  /** Writes one row into a buffer, and returns where it ends. */
  encodeRow(row: number, into: Buffer, offset: number): number {
    let at = offset;
    for (const column of FLOATS) at = into.writeDoubleLE(this.#columns[column][row] ?? 0, at);
    for (const which of WORDS) at = into.writeUInt32LE(this.word(row, which), at);
    at = into.writeUInt8(this.code(row), at);
    at = into.writeUInt8(this.flags(row), at);
    const start = row * OBJECT_ID_BYTES;
    return at + this.#ids.copy(into, at, start, start + OBJECT_ID_BYTES);
  }

  /** The inverse; the row must be there. */
  decodeRow(row: number, from: Buffer, offset: number): void {
    let at = offset;
    this.#tally = undefined;
    for (const column of FLOATS) {
      this.#columns[column][row] = from.readDoubleLE(at);
      at += 8;
    }
    for (const which of WORDS) {
      this.setWord(row, which, from.readUInt32LE(at));
      at += 4;
    }
    this.setCode(row, from.readUInt8(at), from.readUInt8(at + 1));
    from.copy(this.#ids, row * OBJECT_ID_BYTES, at + 2, at + 2 + OBJECT_ID_BYTES);
  }

  /** The columns one after the other, the widest first so that each starts aligned. */
  encode(): Buffer[] {
    const { words, codes, flags, ids } = this.#columns;
    const length = this.#length;
    return [
      ...FLOATS.map((column) => bytesOf(this.#columns[column], length * 8)),
      ...words.map((word) => bytesOf(word, length * 4)),
      bytesOf(codes, length),
      bytesOf(flags, length),
      bytesOf(ids, length * OBJECT_ID_BYTES),
    ];
  }

  static decode(buffer: SharedArrayBuffer, offset: number, rows: number): StatRows {
    let at = offset;
    const take = (bytes: number) => {
      at += bytes;
      return at - bytes;
    };
    const float = () => new Float64Array(buffer, take(rows * 8), rows);
    const word = () => new Uint32Array(buffer, take(rows * 4), rows);
    const byte = (each: number) => new Uint8Array(buffer, take(rows * each), rows * each);
    const [mtime, ctime, size, ino] = [float(), float(), float(), float()] as const;
    const words = WORDS.map(word);
    const [codes, flags, ids] = [byte(1), byte(1), byte(OBJECT_ID_BYTES)] as const;
    return new StatRows({ mtime, ctime, size, ino, words, codes, flags, ids }, rows);
  }

  #touch(row: number): void {
    if (row < this.#savedLength) this.#written.add(row);
  }

  #grow(): void {
    const old = this.#columns;
    const columns = allocate(Math.max(this.#length, 2 * old.codes.length));
    for (const column of FLOATS) columns[column].set(old[column]);
    for (const which of WORDS) columns.words[which]?.set(old.words[which] ?? []);
    columns.codes.set(old.codes);
    columns.flags.set(old.flags);
    columns.ids.set(old.ids);
    this.#columns = columns;
    this.#ids = bufferOf(columns.ids);
  }
}

/** Tells whether the stat is that of the row. */
export function isSameStat(columns: Columns, row: number, stat: StatFields): boolean {
  return (
    columns.mtime[row] === stat.mtimeMs &&
    columns.ctime[row] === stat.ctimeMs &&
    columns.size[row] === stat.size &&
    columns.ino[row] === stat.ino
  );
}

function allocate(rows: number): Columns {
  const float = () => new Float64Array(new SharedArrayBuffer(rows * 8));
  const byte = (each: number) => new Uint8Array(new SharedArrayBuffer(rows * each));
  return {
    mtime: float(),
    ctime: float(),
    size: float(),
    ino: float(),
    words: WORDS.map(() => new Uint32Array(new SharedArrayBuffer(rows * 4))),
    codes: byte(1),
    flags: byte(1),
    ids: byte(OBJECT_ID_BYTES),
  };
}

function bufferOf(bytes: Uint8Array<SharedArrayBuffer>): Buffer<SharedArrayBuffer> {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
}

function bytesOf(column: ArrayBufferView<SharedArrayBuffer>, length: number): Buffer {
  return Buffer.from(column.buffer, column.byteOffset, length);
}
