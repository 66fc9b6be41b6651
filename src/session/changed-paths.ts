// What somebody who watched the files says of them, so that a snapshot need not look at all of them. It is believed only against the
// checkpoint it was counted from: if the stat cache stands at any other, everything is looked at.

import { isAbsolute, relative, sep } from 'node:path';
import type { ObjectId } from '../git/object-id.ts';
import { type RawPath, rawPath } from '../git/raw-path.ts';

export interface ChangedPaths {
  /** The last checkpoint of this root that was captured before the watching began anew. */
  readonly since: ObjectId;
  /**
   * Whatever may have been written, made, moved or removed since, absolute or relative to the root; of what was moved, both places.
   * A directory stands for all that is in it.
   */
  readonly paths: readonly string[];
}

/** The paths below the root; undefined if there is any about which that cannot be told. */
export function pathsBelowRoot(root: string, { paths }: ChangedPaths): RawPath[] | undefined {
  const below: RawPath[] = [];
  for (const path of paths) {
    const from = isAbsolute(path) ? relative(root, path) : path;
    const parts = from.split(sep).filter((part) => part !== '' && part !== '.');
    if (isAbsolute(from) || parts.includes('..')) return undefined;
    below.push(rawPath(parts.join('/')));
  }
  return below;
}
