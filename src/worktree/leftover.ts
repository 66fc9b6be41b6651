// The names under which a restore prepares what it is about to put in place. They follow from what is to be put there, so whoever
// carries the same plan out again after a crash, or its inverse, finds what was left and removes it; a snapshot knows such names by
// their form and leaves them out.

import { createHash } from 'node:crypto';
import { readdirSync, unlinkSync } from 'node:fs';
import { platform } from 'node:os';
import type { ObjectId } from '../git/object-id.ts';
import { joinRaw, pathBytes, type RawName, type RawPath } from '../git/raw-path.ts';
import { lookAt } from './disk-state.ts';
import type { RestoreStep } from './restore-steps.ts';

const LEFTOVER = /^\.gsess-[0-9a-f]{24}\.tmp$/;
const TEMPORARY_BYTES = '.gsess-0123456789abcdef01234567.tmp'.length;
/** What the system takes for a path, in bytes. */
const PATH_BYTES_MAX = platform() === 'darwin' ? 1023 : 4095;

/** The temporary name, in the same directory, for content that shall be called `name`. */
export function temporaryName(name: RawName, id: ObjectId): RawName {
  const digest = createHash('sha1').update(`${id} ${name}`, 'latin1').digest('hex');
  return `.gsess-${digest.slice(0, 24)}.tmp` as RawName;
}

/** Tells whether a name has the form of such a temporary. */
export function isLeftover(name: RawName): boolean {
  return LEFTOVER.test(name);
}

/** Whether the temporary of an entry has room beside it, the path being absolute: without that, nothing can be put back there. */
export function hasRoom(onDisk: RawPath): boolean {
  return Math.max(onDisk.length, onDisk.lastIndexOf('/') + 1 + TEMPORARY_BYTES) <= PATH_BYTES_MAX;
}

/** Removes what an attempt at these steps, forth or back, may have left in the directories they touch. */
export function removeLeftovers(root: RawPath, steps: readonly RestoreStep[]): void {
  const expected = new Map<RawPath, Set<RawName>>();
  for (const { path, before, after } of steps) {
    const slash = path.lastIndexOf('/');
    const directory = path.slice(0, Math.max(0, slash)) as RawPath;
    const names = expected.get(directory) ?? new Set();
    for (const state of [before, after]) {
      if (typeof state === 'string') continue;
      names.add(temporaryName(path.slice(slash + 1) as RawName, state.id));
    }
    expected.set(directory, names);
  }
  for (const [directory, names] of expected) {
    if (lookAt(root, directory).state !== 'directory') continue;
    for (const name of readdirSync(pathBytes(joinRaw(root, directory)), 'latin1') as RawName[]) {
      if (!names.has(name)) continue;
      unlinkSync(pathBytes(joinRaw(root, joinRaw(directory, name))));
    }
  }
}
