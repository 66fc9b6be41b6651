// The names under which a restore prepares what it is about to put in place. They follow from what is to be put there, so carrying
// the same plan out again after a crash meets its own leftovers; a snapshot knows them by their form and leaves them out.

import { createHash } from 'node:crypto';
import type { ObjectId } from '../git/object-id.ts';
import type { RawName } from '../git/raw-path.ts';

const LEFTOVER = /^\.gsess-[0-9a-f]{24}\.tmp$/;

/** The temporary name, in the same directory, for content that shall be called `name`. */
export function temporaryName(name: RawName, id: ObjectId): RawName {
  const digest = createHash('sha1').update(`${id} ${name}`, 'latin1').digest('hex');
  return `.gsess-${digest.slice(0, 24)}.tmp` as RawName;
}

/** Tells whether a name has the form of such a temporary. */
export function isLeftover(name: RawName): boolean {
  return LEFTOVER.test(name);
}
