// Sweeps halves of packs: an index without its pack, as a removal leaves it that was killed, and a pack without its index, as a writer
// does. Nothing reads either. Only for a store in which all that is reachable was found, while nobody writes to it, and nothing young:
// stock git, which knows no gate of ours, gives a pack its name just before the index. What has a `.keep` has an owner.

import { lstatSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { directoryNames } from './directory-names.ts';

const PART = /^(pack-[0-9a-f]{40,64})\.(pack|idx|rev|bitmap|mtimes)$/;

/** Removes what is older, and returns how many files that were. */
export function sweepLonePacks(packDirectory: string, olderThanMs: number, now: number): number {
  const names = directoryNames(packDirectory);
  const present = new Set(names);
  const isWhole = (pack: string) => present.has(`${pack}.pack`) && present.has(`${pack}.idx`);
  const lone = names.filter((name) => {
    const [, pack] = PART.exec(name) ?? [];
    if (pack === undefined || isWhole(pack) || present.has(`${pack}.keep`)) return false;
    const stat = lstatSync(join(packDirectory, name), { throwIfNoEntry: false });
    // A file has its bytes for long before it gets its name, and that is when ctime changes.
    return stat !== undefined && now - Math.max(stat.mtimeMs, stat.ctimeMs) > olderThanMs;
  });
  for (const name of lone) rmSync(join(packDirectory, name), { force: true });
  return lone.length;
}
