// Paths that come out of a store decide where a restore writes, and a store may come from anywhere. This is the one place that says
// which of them are refused: whatever leads out of the root, and whatever a file system could take for a `.git`.

import { GsessError } from '../errors.ts';
import { displayPath, type RawName, type RawPath } from '../git/raw-path.ts';
import { meansDotGit } from './fsck-names.ts';

const DOT_GIT = /^\.git$/i;

/**
 * Throws `object-damaged` for a path nothing may be written to. Look-alikes of `.git` stand only among the odd names of a snapshot;
 * in a tree of files nobody but an attacker has put them.
 */
export function refuseUnsafePath(
  path: RawPath,
  { lookAlikes }: { readonly lookAlikes: 'allowed' | 'refused' },
): void {
  for (const name of path.split('/') as RawName[]) {
    const isUnsafe =
      name === '' ||
      name === '.' ||
      name === '..' ||
      name.includes('\0') ||
      DOT_GIT.test(name) ||
      (lookAlikes === 'refused' && meansDotGit(name));
    if (isUnsafe) throw refused(path, `with the path '${displayPath(path)}'`);
  }
}

/** Throws `object-damaged` if one of these files and links is to stand below another: through a link it would stand elsewhere. */
export function refuseBelowFiles(files: readonly RawPath[]): void {
  const all = new Set(files);
  for (const path of files) {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const above = path.slice(0, slash) as RawPath;
      if (!all.has(above)) continue;
      throw refused(
        path,
        `with '${displayPath(path)}' below '${displayPath(above)}', a file or link`,
      );
    }
  }
}

function refused(path: RawPath, what: string): GsessError {
  return new GsessError('object-damaged', `Refused a snapshot ${what}`, {
    hint: 'Find out where this snapshot comes from: gsess does not write such paths.',
    data: { path: displayPath(path) },
  });
}
