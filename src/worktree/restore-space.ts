// Whether what a plan writes fits on the disk, asked before anything is touched. A file is prepared beside the one it replaces, so for a
// moment both are there; what is deleted is gone before anything is written.

import { GsessError } from '../errors.ts';
import { freeBytes } from '../git/free-bytes.ts';
import type { ObjectId } from '../git/object-id.ts';
import { GROUP_FILES } from './prepared-group.ts';
import type { RestorePlan } from './restore-plan.ts';

const BLOCK_BYTES = 4096;

/** The most that the plan takes up at any moment beyond what is taken up now. */
function bytesNeeded(plan: RestorePlan, sizeOf: (id: ObjectId) => number): number {
  const blocks = (id: ObjectId) => Math.ceil(sizeOf(id) / BLOCK_BYTES) * BLOCK_BYTES;
  const changes = [
    ...plan.write.map(({ before, after }) => ({
      comes: blocks(after.id),
      goes: blocks(before.id),
    })),
    ...plan.create.map(({ after }) => ({ comes: blocks(after.id), goes: 0 })),
  ];
  let taken = plan.delete.reduce((sum, { before }) => sum - blocks(before.id), 0);
  let most = 0;
  // A group is prepared before the one before it has taken the places of what goes.
  let going = 0;
  for (let start = 0; start < changes.length; start += GROUP_FILES) {
    const group = changes.slice(start, start + GROUP_FILES);
    for (const { comes } of group) taken += comes;
    most = Math.max(most, taken);
    taken -= going;
    going = group.reduce((sum, { goes }) => sum + goes, 0);
  }
  return most;
}

/** Throws `restore-failed` where the file system of the root has not that much room. */
export function refuseFullDisk(
  root: string,
  plan: RestorePlan,
  sizeOf: (id: ObjectId) => number,
): void {
  const needed = bytesNeeded(plan, sizeOf);
  if (needed === 0) return;
  const free = freeBytes(root);
  if (needed <= free) return;
  throw new GsessError(
    'restore-failed',
    `Nothing was done: ${megabytes(needed)} MB are needed in '${root}', ${megabytes(free)} MB are free`,
    { hint: `Make room, or restore less with '--path'.`, data: { needed, free } },
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
