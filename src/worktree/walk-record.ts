// What a walk has found so far: the rows of the next stat cache, the objects put into the batch, what was left out, and the counts.
// An object that the remembered row already names is not put again, for it is in the store as long as the row may be believed.

import type { Stats } from 'node:fs';
import { isSettled } from '../git/file-mark.ts';
import { hashObject, type ObjectId } from '../git/object-id.ts';
import { joinRaw, type RawName, type RawPath } from '../git/raw-path.ts';
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
} from './entry-code.ts';
import { type EntryKind, isContentPlain, judgeName } from './fsck-names.ts';
import { collidingNames } from './name-collisions.ts';
import type { PlacedEntry, WritableObjects } from './odd-tree.ts';
import { SkippedList, type SkipReason } from './skipped.ts';
import { StatTable } from './stat-table.ts';

export interface RecordOptions {
  readonly objects: WritableObjects;
  readonly remembered: StatTable;
  readonly startedAt: number;
  readonly onProgress?: ((done: WalkProgress) => void) | undefined;
  readonly onStep?: ((done: WalkProgress) => void) | undefined;
}

export interface WalkProgress {
  readonly files: number;
  readonly bytes: number;
}

/** Where an entry is to be recorded, and where it was the last time. */
export interface Slot {
  readonly path: RawPath;
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

export class WalkRecord {
  readonly table = new StatTable();
  readonly skipped = new SkippedList();
  readonly odd: PlacedEntry[] = [];
  files = 0;
  bytes = 0;
  isPartial = false;
  readonly #options: RecordOptions;

  constructor(options: RecordOptions) {
    this.#options = options;
  }

  /** Adds the rows of a directory's entries: as they were, or bare names. Each is then recorded, unless it may stay as it was. */
  rows(names: readonly RawName[], oldFirst: number | undefined): number {
    if (oldFirst === undefined) return this.table.addEntries(names);
    return this.table.copyEntries(this.#options.remembered, oldFirst, names.length);
  }

  /** Lets whoever asked for the walk end it, by throwing; called before and after everything that can take long. */
  step(): void {
    this.#options.onStep?.(this);
  }

  /** Records a file or link that is what it was, in a row that is already a copy of the old one. */
  unchanged(directory: RawPath, name: RawName, row: number): Comparison {
    const { entries } = this.table;
    this.#count(entries.size(row));
    if ((entries.flags(row) & ODD) !== 0) {
      const mode = modeOfCode(entries.code(row)) ?? '100644';
      this.odd.push({ path: joinRaw(directory, name), mode, id: entries.id(row) });
    }
    return 'same';
  }

  /** Records that there was nothing after all. */
  absent({ row, old }: Slot): Comparison {
    this.table.entries.setCode(row, ABSENT, 0);
    return this.#wasHeld(old) ? 'different' : 'same';
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
    this.table.entries.setStat(slot.row, stat);
    this.#count(content.length);
    if (!isSteady) this.skipped.add({ path: slot.path, reason: 'changed' });
    const isOdd = isOddBlob(slot.name, code === LINK ? 'link' : 'file', content);
    return this.#settle(slot, {
      code,
      id: this.#put(content, slot.old),
      flags: (isOdd ? ODD : 0) | (isSteady ? this.#flagsFor(slot.name, stat) : 0),
    });
  }

  /** Records a directory whose own row and tree are known. */
  directory(slot: Slot, { row, id }: { readonly row: number; readonly id: ObjectId }): Comparison {
    this.table.entries.setWord(slot.row, 2, row);
    const isOdd = judgeName(slot.name, 'directory') !== 'plain';
    return this.#settle(slot, { code: DIRECTORY, id, flags: isOdd ? ODD : 0 });
  }

  /** Records that the entry is left out; a stat only where it is watched. */
  skip(slot: Slot, reason: SkipReason, stat?: Stats): Comparison {
    const { row, name, path, old } = slot;
    this.table.entries.setCode(
      row,
      codeOfReason(reason),
      stat === undefined ? 0 : this.#flagsFor(name, stat),
    );
    if (stat !== undefined) this.table.entries.setStat(row, stat);
    this.step();
    this.list(path, reason, stat?.size);
    return this.#wasHeld(old) ? 'different' : 'same';
  }

  /** Lists what is left out without a row of its own. */
  list(path: RawPath, reason: SkipReason, size?: number): void {
    if (reason === 'unreadable' || reason === 'changed') this.isPartial = true;
    const withSize = reason === 'too-large' && size !== undefined ? { size } : {};
    this.skipped.add({ path, reason, ...withSize });
  }

  /** Lists the names held in a directory that would be one name elsewhere; the flag of its row says that there are such names. */
  collisions(
    { path, old }: { readonly path: RawPath; readonly old: number | undefined },
    seen: { readonly names: readonly RawName[]; readonly first: number; readonly isKnown: boolean },
  ): number {
    const before = old === undefined ? 0 : this.#options.remembered.directories.flags(old);
    if (seen.isKnown && (before & COLLIDING) === 0) return 0;
    if (collidingNames(seen.names).size === 0) return 0;
    const { entries } = this.table;
    const isHeld = (index: number) => modeOfCode(entries.code(seen.first + index)) !== undefined;
    const held = seen.names.filter((_, index) => isHeld(index));
    for (const name of collidingNames(held)) this.list(joinRaw(path, name), 'collides');
    return COLLIDING;
  }

  /** Writes the tree of the entries in these rows, unless the remembered one was the same. */
  tree(first: number, count: number, remembered: ObjectId | undefined): ObjectId {
    const { entries } = this.table;
    const held: TreeEntry[] = [];
    for (const [index, name] of this.table.names(first, count).entries()) {
      const row = first + index;
      const mode = modeOfCode(entries.code(row));
      if (mode === undefined || (entries.flags(row) & ODD) !== 0) continue;
      held.push({ mode, name, id: entries.id(row) });
    }
    const content = encodeTree(held);
    if (remembered !== undefined && hashObject('tree', content) === remembered) return remembered;
    return this.#options.objects.put('tree', content);
  }

  /** A point to go back to if a directory turns out not to be what it was. */
  mark(): () => void {
    const { files, bytes } = this;
    const { length } = this.odd;
    return () => {
      this.files = files;
      this.bytes = bytes;
      this.odd.length = length;
    };
  }

  #settle({ row, path, old }: Slot, { code, id, flags }: Finding): Comparison {
    this.table.entries.setCode(row, code, flags);
    this.table.entries.setId(row, id);
    const mode = modeOfCode(code);
    if ((flags & ODD) !== 0 && mode !== undefined) this.odd.push({ path, mode, id });
    if (old === undefined) return 'different';
    const before = this.#options.remembered.entries;
    const isSame =
      before.code(old) === code &&
      before.id(old) === id &&
      ((before.flags(old) ^ flags) & ODD) === 0;
    return isSame ? 'same' : 'different';
  }

  /** Tells whether the remembered tree held the entry. */
  #wasHeld(old: number | undefined): boolean {
    return (
      old !== undefined && modeOfCode(this.#options.remembered.entries.code(old)) !== undefined
    );
  }

  #put(content: Buffer, old: number | undefined): ObjectId {
    const before = this.#options.remembered.entries;
    const hadBlob = old !== undefined && before.code(old) <= LINK;
    if (hadBlob) {
      const id = hashObject('blob', content);
      if (before.id(old) === id) return id;
    }
    const id = this.#options.objects.put('blob', content);
    this.step();
    return id;
  }

  #flagsFor(name: RawName, stat: Stats): number {
    const settled = isSettled(stat, this.#options.startedAt) ? SETTLED : 0;
    return RULE_FILES.includes(name) ? settled | RULE_FILE : settled;
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
