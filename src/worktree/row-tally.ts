// What is asked of all rows at once: how much there is, which of them had not come to rest, and of which there is more to say. Made in
// one pass, and from then on told of each row before and after it is written, so that a snapshot for which one path has changed does
// not go over a hundred thousand rows to find that the others have not.

import { ABSENT, COLLIDING, DIRECTORY, LINK, ODD, SETTLED, UNSTEADY } from './entry-code.ts';
import type { Columns } from './stat-rows.ts';

type Tallied = Pick<Columns, 'codes' | 'flags' | 'size'>;

export class RowTally {
  /** Files and links, and their size. */
  files = 0;
  bytes = 0;
  /** Those of them that had not come to rest when they were read. */
  readonly unsettled = new Set<number>();
  /** What was left out, or is held with something to say of it. */
  readonly notable = new Set<number>();

  constructor(columns: Tallied, length: number) {
    for (let row = 0; row < length; row += 1) this.add(row, columns);
  }

  /** Counts the row as it stands. */
  add(row: number, { codes, flags, size }: Tallied): void {
    const code = codes[row] ?? 0;
    const flag = flags[row] ?? 0;
    if (code <= LINK) {
      this.files += 1;
      this.bytes += size[row] ?? 0;
      if ((flag & SETTLED) === 0) this.unsettled.add(row);
    }
    if (isNotable(code, flag)) this.notable.add(row);
  }

  /** The inverse, to be called before the row is written. */
  remove(row: number, { codes, size }: Tallied): void {
    if ((codes[row] ?? 0) <= LINK) {
      this.files -= 1;
      this.bytes -= size[row] ?? 0;
      this.unsettled.delete(row);
    }
    this.notable.delete(row);
  }
}

function isNotable(code: number, flags: number): boolean {
  if (code > DIRECTORY) return code !== ABSENT;
  return (flags & (ODD | UNSTEADY | COLLIDING)) !== 0;
}
