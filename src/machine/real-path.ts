// Where a path leads, once all links in it are followed.

import { realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isSystemError } from '../errors.ts';

/** The real path as far as it exists, so that it is the same before and after a directory is made. */
export function realPathOf(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT') || dirname(path) === path) throw error;
    return join(realPathOf(dirname(path)), basename(path));
  }
}
