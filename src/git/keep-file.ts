// Keeps stock git from dropping a pack that nothing points at yet: a `.keep` beside it, made before the pack has its name and removed
// when the refs have moved. `git gc` and `git repack` leave such a pack alone. The file names the process that works, so that what a
// killed one left is known for what it is; a `.keep` that is not ours stays. Nothing is synced: after a power cut nobody works.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { directoryNames } from './directory-names.ts';
import { mayLive, type Owner, ownerName, type ProcessTable, parseOwnerName } from './owner-file.ts';

const MARK = 'gsess ';

/** Makes the file for a pack `<path>.pack` and returns its path. */
export function keepPack(path: string, owner: Owner): string {
  const keep = `${path}.keep`;
  writeFileSync(keep, `${MARK}${ownerName(owner)}\n`, { mode: 0o600 });
  return keep;
}

/** Removes those of dead processes, and returns how many. */
export function removeLeftoverKeeps(
  packDirectory: string,
  options: { readonly processes: ProcessTable; readonly now: () => number },
): number {
  const leftovers = directoryNames(packDirectory)
    .filter((name) => name.endsWith('.keep'))
    .map((name) => join(packDirectory, name))
    .filter((path) => {
      const owner = readOwner(path);
      return owner !== undefined && !mayLive(path, owner, options);
    });
  for (const path of leftovers) rmSync(path, { force: true });
  return leftovers.length;
}

function readOwner(path: string): Owner | undefined {
  try {
    const text = readFileSync(path, 'latin1');
    return text.startsWith(MARK) ? parseOwnerName(text.slice(MARK.length).trimEnd()) : undefined;
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'EISDIR', 'EACCES')) return undefined;
    throw error;
  }
}
