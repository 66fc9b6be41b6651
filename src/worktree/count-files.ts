// How many files a first snapshot will have to read, so that it can say how far it is. Only names are looked at; the count is for
// people, so a directory that cannot be listed counts nothing here and is told of by the snapshot itself.

import { type Dirent, readdirSync } from 'node:fs';
import { isSystemError } from '../errors.ts';
import { joinRaw, pathBytes, type RawName, type RawPath, rawPath } from '../git/raw-path.ts';
import { type DirectoryRules, type IgnoreRules, ignoreFilesAmong } from './ignore-rules.ts';

/** Counts the files and links below a real path that no rule leaves out. */
export function countFiles(root: string, rules: IgnoreRules): number {
  return countBelow(rawPath(root), () => rules.root());
}

function countBelow(
  directory: RawPath,
  rulesAmong: (names: readonly RawName[]) => DirectoryRules,
): number {
  const entries = list(directory);
  const rules = rulesAmong(entries.map(({ name }) => name as RawName));
  let count = 0;
  for (const entry of entries) {
    const name = entry.name as RawName;
    if (name === '.git' || rules.verdict(name, entry.isDirectory()) !== undefined) continue;
    const child = (names: readonly RawName[]) => rules.child(name, ignoreFilesAmong(names));
    count += entry.isDirectory() ? countBelow(joinRaw(directory, name), child) : 1;
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
