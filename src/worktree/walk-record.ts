// What a walk has found so far: the rows of the table, written in place, the objects put into the batch, and how much it was. What the
// snapshot then is, is read off the table (table-summary.ts). An object that a row already names is not put again, for it is in the
// store as long as the row may be believed.

import type { Stats } from 'node:fs';
import { isSettled } from '../git/file-mark.ts';
import { hashObject, type ObjectId } from '../git/object-id.ts';
import type { RawName } from '../git/raw-path.ts';
import { encodeTree, type TreeEntry } from '../git/tree.ts';
import {
  ABSENT,
  COLLIDING,
  codeOfReason,
  DIRECTORY,
  LINK,
  modeOfCode,
  ODD,
  RULE_FILE,
  RULE_FILES,
  SETTLED,
  UNSTEADY,
} from './entry-code.ts';
import { type EntryKind, isContentPlain, judgeName } from './fsck-names.ts';
import { collidingNames } from './name-collisions.ts';
import type { WritableObjects } from './odd-tree.ts';
import type { SkipReason } from './skipped.ts';
import type { StatTable } from './stat-table.ts';
import type { StillSo } from './still-so.ts';
import { CHILD, COUNT, ENTRY, FIRST } from './table-columns.ts';

export interface RecordOptions {
  readonly objects: WritableObjects;
  readonly table: StatTable;
  readonly still: StillSo;
  readonly startedAt: number;
  /** Nothing was remembered, or nothing that counts. */
  readonly isFirst: boolean;
  readonly onProgress?: ((done: WalkProgress) => void) | undefined;
  readonly onStep?: ((done: WalkProgress) => void) | undefined;
}

export interface WalkProgress {
  readonly files: number;
  readonly bytes: number;
}

/** Where an entry is to be recorded, and the row that remembers it, which may be the same. */
export interface Slot {
  readonly name: RawName;
  readonly row: number;
  readonly old: number | undefined;
}

/** Whether the entry makes its directory's tree a different one than remembered. */
export type Comparison = 'same' | 'different';

interface Finding {
  readonly code: number;
  readonly id: ObjectId;
  readonly flags: number;
}

const PROGRESS_FILES = 512;
/**
 * A write through a mapping of a file changes its times only when its page was clean, and a page is dirty for half a minute. So what
 * was written between two snapshots is read again until it has been at rest for longer. A first snapshot does not go by this: if it
 * did, the next ones would read a whole fresh checkout again and again.
 */
const MAPPED_SETTLING_MS = 60_000;

export class WalkRecord {
  readonly table: StatTable;
  /** What has been looked at, and what need not be. */
  files = 0;
  bytes = 0;
  readonly #options: RecordOptions;

  constructor(options: RecordOptions) {
    this.table = options.table;
    this.#options = options;
    this.#countUntouched();
  }

  /** Lets whoever asked for the walk end it, by throwing; called before and after everything that can take long. */
  step(): void {
    this.#options.onStep?.(this);
  }

  /** Records a file or link that is what it was, in the same row. */
  unchanged(row: number): void {
    this.#count(this.table.entries.size(row));
  }

  /** The same where its directory was listed anew. */
  moved({ row }: Slot, old: number): Comparison {
    const { entries } = this.table;
    if (row !== old) entries.copySeen(row, entries, old);
    this.#count(entries.size(row));
    return 'same';
  }

  /** Records that there was nothing after all. */
  absent({ row, old }: Slot): Comparison {
    const wasHeld = this.#wasHeld(old);
    this.table.entries.setCode(row, ABSENT, 0);
    return wasHeld ? 'different' : 'same';
  }

  /** Records a file or link, and puts its content unless the store has it. */
  blob(
    slot: Slot,
    found: {
      readonly code: number;
      readonly stat: Stats;
      readonly content: Buffer;
      readonly isSteady: boolean;
    },
  ): Comparison {
    const { code, stat, content, isSteady } = found;
    this.#count(content.length);
    const isOdd = isOddBlob(slot.name, code === LINK ? 'link' : 'file', content);
    const isSame = this.#settle(slot, {
      code,
      id: this.#put(content, slot.old),
      flags: (isOdd ? ODD : 0) | (isSteady ? this.#flagsFor(slot.name, stat) : UNSTEADY),
    });
    this.table.entries.setStat(slot.row, stat);
    return isSame;
  }

  /** Records a file of a plain name whose content is known to be in the store. */
  stored(
    slot: Slot,
    { code, stat, id }: { readonly code: number; readonly stat: Stats; readonly id: ObjectId },
  ): Comparison {
    this.#count(stat.size);
    const comparison = this.#settle(slot, { code, id, flags: this.#flagsFor(slot.name, stat) });
    this.table.entries.setStat(slot.row, stat);
    return comparison;
  }

  /** Records a directory whose own row and tree are known. */
  directory(slot: Slot, { row, id }: { readonly row: number; readonly id: ObjectId }): Comparison {
    const isOdd = judgeName(slot.name, 'directory') !== 'plain';
    const isSame = this.#settle(slot, { code: DIRECTORY, id, flags: isOdd ? ODD : 0 });
    this.table.entries.setWord(slot.row, CHILD, row);
    this.table.directories.setWord(row, ENTRY, slot.row);
    return isSame;
  }

  /** Records that the entry is left out; a stat only where it is watched. */
  skip(slot: Slot, reason: SkipReason, stat?: Stats): Comparison {
    const { row, name, old } = slot;
    const wasHeld = this.#wasHeld(old);
    const flags = stat === undefined ? 0 : this.#flagsFor(name, stat);
    this.table.entries.setCode(row, codeOfReason(reason), flags);
    if (stat !== undefined) this.table.entries.setStat(row, stat);
    this.step();
    return wasHeld ? 'different' : 'same';
  }

  /** The flag of a directory with names that would be one name elsewhere. */
  collisions(
    row: number,
    { names, isInPlace }: { readonly names: readonly RawName[]; readonly isInPlace: boolean },
  ): number {
    if (isInPlace) return this.table.directories.flags(row) & COLLIDING;
    return collidingNames(names).size > 0 ? COLLIDING : 0;
  }

  /** Writes the tree of a directory's entries, unless the remembered one was the same. */
  tree(directory: number, remembered: ObjectId | undefined): ObjectId {
    const { entries } = this.table;
    const { first, count } = this.table.block(directory);
    const held: TreeEntry[] = [];
    let row = first;
    for (const name of this.table.names(first, count)) {
      const mode = modeOfCode(entries.code(row));
      if (mode !== undefined && (entries.flags(row) & ODD) === 0) {
        held.push({ mode, name, id: entries.id(row) });
      }
      row += 1;
    }
    const content = encodeTree(held);
    if (remembered !== undefined && hashObject('tree', content) === remembered) return remembered;
    return this.#options.objects.put('tree', content);
  }

  /** A directory that was taken for unchanged is looked at after all, so its entries are counted as they are met. */
  enter(directory: number): void {
    if (this.#options.still.subtrees[directory] !== 1) return;
    const { first, count } = this.table.block(directory);
    for (let row = first; row < first + count; row += 1) {
      if (this.table.entries.code(row) > LINK) continue;
      this.files -= 1;
      this.bytes -= this.table.entries.size(row);
    }
  }

  /** A point to count from again if a directory turns out not to be what it was. */
  mark(): () => void {
    const { files, bytes } = this;
    return () => {
      this.files = files;
      this.bytes = bytes;
    };
  }

  #countUntouched(): void {
    const { subtrees } = this.#options.still;
    if (subtrees.length === 0) return;
    const { directories, entries } = this.table;
    const { codes, size } = entries.columns;
    let { files, bytes } = entries.tally;
    // What a snapshot costs for each file in a directory with a change, so it stays with columns and plain numbers.
    for (
      let touched = subtrees.indexOf(0);
      touched >= 0;
      touched = subtrees.indexOf(0, touched + 1)
    ) {
      const first = directories.word(touched, FIRST);
      const end = first + directories.word(touched, COUNT);
      for (let row = first; row < end; row += 1) {
        if ((codes[row] ?? 0) > LINK) continue;
        files -= 1;
        bytes -= size[row] ?? 0;
      }
    }
    this.files = files;
    this.bytes = bytes;
  }

  #settle({ row, old }: Slot, { code, id, flags }: Finding): Comparison {
    const { entries } = this.table;
    const isSame =
      old !== undefined &&
      entries.code(old) === code &&
      entries.id(old) === id &&
      ((entries.flags(old) ^ flags) & ODD) === 0;
    entries.setCode(row, code, flags);
    if (!isSame || row !== old) entries.setId(row, id);
    return isSame ? 'same' : 'different';
  }

  /** Tells whether the remembered tree held the entry. */
  #wasHeld(old: number | undefined): boolean {
    return old !== undefined && modeOfCode(this.table.entries.code(old)) !== undefined;
  }

  #put(content: Buffer, old: number | undefined): ObjectId {
    const { entries } = this.table;
    if (old !== undefined && entries.code(old) <= LINK) {
      const id = hashObject('blob', content);
      if (entries.id(old) === id) return id;
    }
    const id = this.#options.objects.put('blob', content);
    this.step();
    return id;
  }

  #flagsFor(name: RawName, stat: Stats): number {
    const { startedAt, isFirst } = this.#options;
    const settled = isSettled(stat, startedAt) ? SETTLED : 0;
    if (RULE_FILES.includes(name)) return settled | RULE_FILE;
    const restedMs = startedAt - Math.max(stat.mtimeMs, stat.ctimeMs);
    return isFirst || restedMs >= MAPPED_SETTLING_MS ? settled : 0;
  }

  #count(bytes: number): void {
    this.files += 1;
    this.bytes += bytes;
    this.step();
    if (this.files % PROGRESS_FILES === 0) {
      this.#options.onProgress?.({ files: this.files, bytes: this.bytes });
    }
  }
}

function isOddBlob(name: RawName, kind: EntryKind, content: Buffer): boolean {
  const verdict = judgeName(name, kind);
  return verdict === 'odd' || (verdict === 'ask-content' && !isContentPlain(name, content));
}
