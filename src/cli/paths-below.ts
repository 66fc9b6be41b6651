// Paths as the user writes them, from the working directory, as paths below a root.

import { isAbsolute, relative, resolve, sep } from 'node:path';
import { GsessError } from '../errors.ts';
import { isBelowAny, type RawPath, rawPath } from '../git/raw-path.ts';

/** Throws `usage` for a path that is not below the root. */
export function pathsBelow(
  root: string,
  cwd: string,
  paths: readonly string[],
): readonly RawPath[] {
  return paths.map((path) => {
    const below = relative(root, resolve(cwd, path));
    if (below === '..' || below.startsWith(`..${sep}`) || isAbsolute(below)) {
      throw new GsessError('usage', `'${path}' is not below '${root}'`);
    }
    return rawPath(below.split(sep).join('/'));
  });
}

/** Whether a path is one of these, or lies below one; all are where none is given. */
export function isWithin(path: RawPath, tops: readonly RawPath[]): boolean {
  return tops.length === 0 || isBelowAny(path, tops);
}
