// How many files a first snapshot will have to read, so that it can say how far it is. Only names are looked at; the count is for
// people, so a directory that cannot be listed counts nothing here and is told of by the snapshot itself.

import { type Dirent, readdirSync } from 'node:fs';
import { isSystemError } from '../errors.ts';
import { joinRaw, pathBytes, type RawName, type RawPath, rawPath } from '../git/raw-path.ts';
import type { DirectoryRules, IgnoreRules } from './ignore-rules.ts';

/** Counts the files and links below a real path that no rule leaves out. */
export function countFiles(root: string, rules: IgnoreRules): number {
  return countBelow(rawPath(root), rules.root());
}

function countBelow(directory: RawPath, rules: DirectoryRules): number {
  let count = 0;
  for (const entry of list(directory)) {
    const name = entry.name as RawName;
    if (name === '.git' || rules.verdict(name, entry.isDirectory()) !== undefined) continue;
    if (entry.isDirectory()) count += countBelow(joinRaw(directory, name), rules.child(name));
    else count += 1;
  }
  return count;
}

function list(directory: RawPath): Dirent[] {
  try {
    return readdirSync(pathBytes(directory), { withFileTypes: true, encoding: 'latin1' });
  } catch (error) {
    if (isSystemError(error, 'EACCES', 'EPERM', 'ENOENT', 'ENOTDIR', 'ENAMETOOLONG')) return [];
    throw error;
  }
}
