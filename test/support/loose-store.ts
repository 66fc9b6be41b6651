// A store whose objects are loose files, each at a path of its own, for tests that take one away or damage it.

import { readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './git-oracle.ts';

/** Takes all packs apart, those that are kept too. */
export function makeLoose(gitDirectory: string): void {
  const packs = join(gitDirectory, 'objects', 'pack');
  for (const name of readdirSync(packs)) {
    if (!name.endsWith('.pack')) {
      rmSync(join(packs, name));
      continue;
    }
    const aside = join(gitDirectory, name);
    renameSync(join(packs, name), aside);
    git(gitDirectory, ['unpack-objects', '-q'], { input: readFileSync(aside) });
    rmSync(aside);
  }
}
