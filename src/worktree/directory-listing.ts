// What a directory holds: the remembered entries if nothing can have changed among them, else what it lists now. A directory that
// cannot be listed, or that is not the same one any more when its entries have been read, is refused as a whole.

import { lstatSync, readdirSync, type Stats } from 'node:fs';
import { GsessError } from '../errors.ts';
import { displayPath, joinRaw, pathBytes, type RawName, type RawPath } from '../git/raw-path.ts';
import { RULE_FILE, RULE_FILES, SETTLED } from './entry-code.ts';
import type { DirectoryRules } from './ignore-rules.ts';
import type { SkipReason } from './skipped.ts';
import type { StatTable } from './stat-table.ts';
import { accessFault } from './steady-read.ts';

/** A directory to walk. */
export interface Visit {
  readonly path: RawPath;
  /** The same from the root of the file system. */
  readonly onDisk: RawPath;
  readonly stat: Stats;
  /** Called, with the names in it, only when a verdict is needed, for ignore files are read then. */
  readonly rules: (names: readonly RawName[]) => DirectoryRules;
  /** Its row in the table, if it was there the last time. */
  readonly old: number | undefined;
  /** A rule that holds here has changed, so remembered verdicts are void. */
  readonly isStale: boolean;
}

export interface Listing {
  readonly names: readonly RawName[];
  /** These are the remembered entries, in the same order, and the rules are the same too. */
  readonly isKnown: boolean;
  /** The remembered entries have just these names. */
  readonly isInPlace: boolean;
  /** The row of the remembered entry at this index or of this name. */
  readonly oldRow: (index: number, name: RawName) => number | undefined;
}

const NO_ENTRIES = { first: 0, count: 0 };
const ONE_STAT = { throwIfNoEntry: false } as const;

/** Thrown for the one directory that could not be walked; its parent goes on without it. */
export class DirectoryRefused extends GsessError {
  readonly reason: SkipReason | 'gone';

  constructor(path: RawPath, reason: SkipReason | 'gone', cause?: unknown) {
    const name = path === '' ? 'the root' : `'${displayPath(path)}'`;
    super(
      'snapshot-failed',
      `Cannot read ${name}: it is ${reason}`,
      cause === undefined ? {} : { cause },
    );
    this.reason = reason;
  }
}

/** What there is to look at: the remembered entries if the directory is as it was, else those it lists now. */
export function listDirectory(table: StatTable, visit: Visit): Listing {
  const { stat, old, isStale } = visit;
  const { first, count } = old === undefined ? NO_ENTRIES : table.block(old);
  const remembered = table.names(first, count);
  if (old !== undefined && !isStale && isUnchanged(table, old, stat)) {
    return { names: remembered, isKnown: true, isInPlace: true, oldRow: (index) => first + index };
  }
  const names = readNames(visit);
  const isSame = (name: RawName, index: number) => name === remembered[index];
  if (old !== undefined && names.length === count && names.every(isSame)) {
    return { names, isKnown: false, isInPlace: true, oldRow: (index) => first + index };
  }
  const rows = new Map(remembered.map((name, index) => [name, first + index]));
  const oldRow = (_: number, name: RawName) => rows.get(name);
  return { names, isKnown: false, isInPlace: false, oldRow };
}

/** An ignore file changes the verdicts on everything below it, even where no directory has changed. */
export function hasRuleFileChanged(
  remembered: StatTable,
  { onDisk, stat, old, isStale }: Visit,
): boolean {
  if (old === undefined || isStale) return false;
  const watched = new Set<RawName>();
  const { first, count } = remembered.block(old);
  for (let row = first; row < first + count; row += 1) {
    const flags = remembered.entries.flags(row);
    if ((flags & RULE_FILE) === 0) continue;
    const name = remembered.name(row);
    const now = statOf(joinRaw(onDisk, name));
    if ((flags & SETTLED) === 0 || typeof now === 'string') return true;
    if (!remembered.entries.isSame(row, now)) return true;
    watched.add(name);
  }
  if (isUnchanged(remembered, old, stat)) return false;
  return RULE_FILES.some((name) => !watched.has(name) && statOf(joinRaw(onDisk, name)) !== 'gone');
}

/** Between the first look and the last read, a link may have taken the directory's place and led elsewhere. */
export function checkInPlace({ path, onDisk, stat }: Visit): void {
  const now = statOf(onDisk);
  const isInPlace = typeof now !== 'string' && now.ino === stat.ino && now.dev === stat.dev;
  if (!isInPlace) throw new DirectoryRefused(path, now === 'gone' ? 'gone' : 'changed');
}

export function statOf(onDisk: RawPath): Stats | SkipReason | 'gone' {
  return statAt(pathBytes(onDisk));
}

/** The same for a path in the form of `node:fs`. */
export function statAt(path: string | Buffer): Stats | SkipReason | 'gone' {
  try {
    return lstatSync(path, ONE_STAT) ?? 'gone';
  } catch (error) {
    return accessFault(error);
  }
}

function readNames({ path, onDisk }: Visit): RawName[] {
  try {
    const names = readdirSync(pathBytes(onDisk), 'latin1').sort() as RawName[];
    return path === '' ? names.filter((name) => name !== '.git') : names;
  } catch (error) {
    throw new DirectoryRefused(path, accessFault(error), error);
  }
}

function isUnchanged(table: StatTable, directory: number, stat: Stats): boolean {
  const { directories } = table;
  return (directories.flags(directory) & SETTLED) !== 0 && directories.isSame(directory, stat);
}
