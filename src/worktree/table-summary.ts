// Reads off a table what a walk has made of it: how much was captured, which entries have odd names, and what was left out. Only rows
// of which there is something to say are looked at (row-tally.ts), and the disk is not asked.

import { joinRaw, type RawName, type RawPath } from '../git/raw-path.ts';
import { COLLIDING, DIRECTORY, modeOfCode, ODD, reasonOfCode, UNSTEADY } from './entry-code.ts';
import { collidingNames } from './name-collisions.ts';
import type { PlacedEntry } from './odd-tree.ts';
import { SKIPPED_LISTED_MAX, type Skipped, type SkipReason } from './skipped.ts';
import type { StatTable } from './stat-table.ts';
import { DirectoryPaths, OWNER } from './table-columns.ts';

export interface TableSummary {
  readonly files: number;
  readonly bytes: number;
  readonly odd: readonly PlacedEntry[];
  readonly skipped: readonly Skipped[];
  /** Something that should have been captured could not be read. */
  readonly isPartial: boolean;
}

const PARTIAL_REASONS: readonly SkipReason[] = ['unreadable', 'changed'];

export function summarize(table: StatTable): TableSummary {
  const { entries, directories } = table;
  const paths = new DirectoryPaths(table.share());
  const pathOf = (row: number) => joinRaw(paths.of(entries.word(row, OWNER)), paths.nameOf(row));
  const odd: PlacedEntry[] = [];
  const skipped: Skipped[] = [];
  let isPartial = false;
  const { files, bytes, notable } = entries.tally;
  for (const row of notable) {
    const code = entries.code(row);
    const flags = entries.flags(row);
    const mode = modeOfCode(code);
    const reason = mode === undefined ? reasonOfCode(code) : undefined;
    if (mode !== undefined && (flags & ODD) !== 0) {
      odd.push({ path: pathOf(row), mode, id: entries.id(row) });
    }
    if (mode !== undefined && (flags & UNSTEADY) !== 0) {
      skipped.push({ path: pathOf(row), reason: 'changed' });
    }
    if (reason !== undefined) {
      isPartial ||= PARTIAL_REASONS.includes(reason);
      const size = reason === 'too-large' ? { size: entries.size(row) } : {};
      skipped.push({ path: pathOf(row), reason, ...size });
    }
  }
  for (const row of directories.tally.notable) {
    const isColliding = (directories.flags(row) & COLLIDING) !== 0;
    if (!isColliding || directories.code(row) !== DIRECTORY) continue;
    const path = paths.of(row);
    for (const name of collidingNames(heldNames(table, row))) {
      skipped.push({ path: joinRaw(path, name), reason: 'collides' });
    }
  }
  // Which ones are listed shall not depend on where their rows stand.
  if (skipped.length > SKIPPED_LISTED_MAX) skipped.sort(inWalkOrder);
  return { files, bytes, odd, skipped, isPartial };
}

function heldNames(table: StatTable, directory: number): RawName[] {
  const { first, count } = table.block(directory);
  return table
    .names(first, count)
    .filter((_, index) => modeOfCode(table.entries.code(first + index)) !== undefined);
}

/** A walk goes into a directory where its name stands, so the separator comes before all other bytes. */
function inWalkOrder(a: { readonly path: RawPath }, b: { readonly path: RawPath }): number {
  const [left, right] = [a.path.replaceAll('/', '\0'), b.path.replaceAll('/', '\0')];
  return left < right ? -1 : left > right ? 1 : 0;
}
