// The form of a table that threads share: its columns, what their words mean, and how to read names and paths out of them.

import { joinRaw, type RawName, type RawPath } from '../git/raw-path.ts';
import type { Columns } from './stat-rows.ts';

/** Words of an entry. */
export const NAME_AT = 0;
export const NAME_LENGTH = 1;
/** Of a directory: its own row. */
export const CHILD = 2;
/** The row of the directory that holds it. */
export const OWNER = 3;

/** Words of a directory. */
export const FIRST = 0;
export const COUNT = 1;
/** The entry that it is; the root is none, and says 0. */
export const ENTRY = 2;

/** All that another thread needs to read the table. */
export interface SharedTable {
  readonly directories: Columns;
  readonly directoryCount: number;
  readonly entries: Columns;
  readonly entryCount: number;
  readonly names: Uint8Array<SharedArrayBuffer>;
}

/** The names of entries that were added together, from the columns. */
export function namesIn(
  { words }: Columns,
  names: Buffer<SharedArrayBuffer>,
  first: number,
  count: number,
): RawName[] {
  const [starts, lengths] = words;
  if (count === 0 || starts === undefined || lengths === undefined) return [];
  const start = starts[first] ?? 0;
  const last = first + count - 1;
  const all = names.toString('latin1', start, (starts[last] ?? 0) + (lengths[last] ?? 0));
  const found: RawName[] = [];
  let at = 0;
  for (let row = first; row <= last; row += 1) {
    const end = at + (lengths[row] ?? 0);
    found.push(all.slice(at, end) as RawName);
    at = end;
  }
  return found;
}

/** Gives paths from the root to directories, each put together once. */
export class DirectoryPaths {
  readonly #table: Pick<SharedTable, 'directories' | 'entries'>;
  readonly #names: Buffer<SharedArrayBuffer>;
  readonly #known = new Map<number, RawPath>();

  constructor({ directories, entries, names }: SharedTable) {
    this.#table = { directories, entries };
    this.#names = Buffer.from(names.buffer, names.byteOffset, names.length);
  }

  of(directory: number): RawPath {
    if (directory === 0) return '' as RawPath;
    const known = this.#known.get(directory);
    if (known !== undefined) return known;
    const { directories, entries } = this.#table;
    const entry = directories.words[ENTRY]?.[directory] ?? 0;
    const above = this.of(entries.words[OWNER]?.[entry] ?? 0);
    const path = joinRaw(above, this.nameOf(entry));
    this.#known.set(directory, path);
    return path;
  }

  nameOf(entry: number): RawName {
    const { words } = this.#table.entries;
    const at = words[NAME_AT]?.[entry] ?? 0;
    const end = at + (words[NAME_LENGTH]?.[entry] ?? 0);
    return this.#names.toString('latin1', at, end) as RawName;
  }

  namesOf(directory: number): RawName[] {
    const { directories, entries } = this.#table;
    const first = directories.words[FIRST]?.[directory] ?? 0;
    return namesIn(entries, this.#names, first, directories.words[COUNT]?.[directory] ?? 0);
  }
}
