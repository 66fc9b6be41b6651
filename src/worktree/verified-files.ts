// The files that a restore has put in place and read back, so that the snapshot of its result need not read them once more. One is
// believed if it had come to rest when it was read and all its times are what they were. That holds for the one snapshot: what the stat
// cache remembers is decided by its own rules, so a write through a mapping is seen by the next.

import type { Stats } from 'node:fs';
import { isSettled } from '../git/file-mark.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { RawName, RawPath } from '../git/raw-path.ts';
import { type Observation, observe } from './disk-state.ts';
import { judgeName } from './fsck-names.ts';
import { isUntouched } from './steady-read.ts';

export class VerifiedFiles {
  readonly #now: () => number;
  readonly #files = new Map<RawPath, { readonly id: ObjectId; readonly stat: Stats }>();

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Looks at the path, content and all, and remembers what it saw. */
  observe(root: RawPath, path: RawPath): Observation {
    const lookedAt = this.#now();
    const seen = observe(root, path);
    const { state, stat } = seen;
    if (typeof state === 'object' && stat?.isFile() && isSettled(stat, lookedAt)) {
      this.#files.set(path, { id: state.id, stat });
    }
    return seen;
  }

  /** The content of the file that has this stat now; undefined where it is to be read. */
  contentOf(path: RawPath, stat: Stats): ObjectId | undefined {
    const seen = this.#files.get(path);
    if (seen === undefined || !isUntouched(seen.stat, stat)) return undefined;
    const name = path.slice(path.lastIndexOf('/') + 1) as RawName;
    // Of others the content has a say in how they are kept.
    return judgeName(name, 'file') === 'plain' ? seen.id : undefined;
  }
}
