// The names under which a restore prepares what it is about to put in place. They follow from what is to be put there, so whoever
// carries the same plan out again after a crash, or its inverse, finds what was left and removes it; a snapshot knows such names by
// their form and leaves them out.

import { createHash } from 'node:crypto';
import { readdirSync, unlinkSync } from 'node:fs';
import { platform } from 'node:os';
import type { ObjectId } from '../git/object-id.ts';
import { directoryOf, joinRaw, pathBytes, type RawName, type RawPath } from '../git/raw-path.ts';
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
  const byDirectory = new Map<RawPath, RestoreStep[]>();
  for (const step of steps) {
    const directory = directoryOf(step.path);
    const within = byDirectory.get(directory);
    if (within === undefined) byDirectory.set(directory, [step]);
    else within.push(step);
  }
  for (const [directory, within] of byDirectory) {
    if (lookAt(root, directory).state !== 'directory') continue;
    const names = readdirSync(pathBytes(joinRaw(root, directory)), 'latin1') as RawName[];
    const left = names.filter(isLeftover);
    if (left.length === 0) continue;
    const expected = new Set(within.flatMap(temporaryNames));
    for (const name of left) {
      if (expected.has(name)) unlinkSync(pathBytes(joinRaw(root, joinRaw(directory, name))));
    }
  }
}

function temporaryNames({ path, before, after }: RestoreStep): RawName[] {
  const name = path.slice(path.lastIndexOf('/') + 1) as RawName;
  return [before, after].flatMap((state) =>
    typeof state === 'string' ? [] : [temporaryName(name, state.id)],
  );
}
