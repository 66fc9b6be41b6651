// The codes under which the stat cache keeps what an entry was: one of the four things a tree can hold, or a reason to skip it.

import { constants, type Stats } from 'node:fs';
import type { RawName } from '../git/raw-path.ts';
import type { TreeMode } from '../git/tree.ts';
import { SKIP_REASONS, type SkipReason } from './skipped.ts';

export const FILE = 0;
export const EXECUTABLE = 1;
export const LINK = 2;
export const DIRECTORY = 3;
/** It was listed but not there when it was looked at. */
export const ABSENT = 4;
const FIRST_SKIP = 5;

const MODES: readonly TreeMode[] = ['100644', '100755', '120000', '40000'];

/** It was at rest when it was read, so the same stat means the same content. */
export const SETTLED = 1;
/** Its name cannot stand in a tree. */
export const ODD = 2;
/** An ignore file: it is watched even if it is itself left out. */
export const RULE_FILE = 4;
/** Of a directory: names in it are the same to some file systems. */
export const COLLIDING = 8;
/** It was captured although it would not hold still. */
export const UNSTEADY = 16;

export const RULE_FILES = ['.gitignore', '.gsessignore'] as RawName[];

const OWNER_EXECUTES = 0o100;

/** The code of something a tree can hold; undefined for pipes, sockets and devices. */
export function codeOfStat(stat: Stats): number | undefined {
  switch (stat.mode & constants.S_IFMT) {
    case constants.S_IFREG:
      return (stat.mode & OWNER_EXECUTES) === 0 ? FILE : EXECUTABLE;
    case constants.S_IFDIR:
      return DIRECTORY;
    case constants.S_IFLNK:
      return LINK;
    default:
      return undefined;
  }
}

/** The mode in a tree; undefined if the code is a reason to skip. */
export function modeOfCode(code: number): TreeMode | undefined {
  return MODES[code];
}

export function codeOfReason(reason: SkipReason): number {
  return FIRST_SKIP + SKIP_REASONS.indexOf(reason);
}

/** The inverse; undefined if the code is none of a skipped entry. */
export function reasonOfCode(code: number): SkipReason | undefined {
  return SKIP_REASONS[code - FIRST_SKIP];
}

/** Tells whether an entry is skipped and need not be looked at again while its directory stays the same. */
export function isLasting(code: number): boolean {
  const reason = SKIP_REASONS[code - FIRST_SKIP];
  return reason !== undefined && LASTING.has(reason);
}

/** Decided by the name alone, or by name and kind. */
const LASTING: ReadonlySet<SkipReason> = new Set([
  'ignored',
  'gsessignore',
  'secret',
  'nested-git',
  'leftover',
]);
