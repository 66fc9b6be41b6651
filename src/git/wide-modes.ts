// Finds what others may read or write although it is private: files and directories that an older gsess, another program or a copy
// left with too wide a mode. Links are not followed, and what belongs to somebody else is only told of.

import { chmodSync, lstatSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { directoryNames } from './directory-names.ts';

export interface WideEntry {
  readonly path: string;
  /** Permission bits. */
  readonly mode: number;
  readonly isForeign: boolean;
}

const OTHERS = 0o077;
export const OTHERS_MAY_WRITE = 0o022;

/** All such entries at and below a directory; empty where the system has no ids of users, or the directory is not there. */
export function wideEntries(directory: string, userId: number | undefined): WideEntry[] {
  if (userId === undefined) return [];
  const found: WideEntry[] = [];
  const waiting = [directory];
  for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined || stat.isSymbolicLink()) continue;
    const mode = stat.mode & 0o7777;
    const isForeign = stat.uid !== userId;
    if ((mode & OTHERS) !== 0 || isForeign) found.push({ path, mode, isForeign });
    if (stat.isDirectory()) for (const name of namesIn(path)) waiting.push(join(path, name));
  }
  return found;
}

/** Takes from all others what they may do with it; returns what could not be changed, and why. */
export function makePrivate(entries: readonly WideEntry[]): string[] {
  return entries.flatMap(({ path, mode, isForeign }) => {
    if (isForeign) return [`'${path}' belongs to another user`];
    try {
      chmodSync(path, mode & ~OTHERS);
      return [];
    } catch (error) {
      if (isSystemError(error, 'ENOENT')) return [];
      if (isSystemError(error, 'EPERM', 'EROFS', 'EACCES')) return [`'${path}' cannot be changed`];
      throw error;
    }
  });
}

function namesIn(path: string): readonly string[] {
  try {
    return directoryNames(path);
  } catch (error) {
    if (isSystemError(error, 'EACCES', 'EPERM')) return [];
    throw error;
  }
}
