// Watches one snapshot while it is taken, and ends it when it goes over a limit: too many files, too much in them, too much that is
// new, no more time, no more room on the disk. It is asked before and after everything that can take long, so that neither one huge
// file nor one huge directory is noticed too late, and the disk is looked at before the first byte is written to it.

import { GsessError } from '../errors.ts';
import { freeBytes } from '../git/free-bytes.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import type { Limits } from './limits.ts';
import type { Surroundings } from './surroundings.ts';

export interface Bounds {
  /** Milliseconds since 1970; without it there is all the time in the world. */
  readonly deadline?: number | undefined;
  /** False for a snapshot that a person asked for, which may be as new as it is large. */
  readonly growth: boolean;
}

interface Watched extends Bounds {
  readonly root: string;
  readonly storeDirectory: string;
  readonly batch: Pick<ObjectBatch, 'newBytes'>;
}

type Progress = { readonly files: number; readonly bytes: number };

/** So much is written between two looks at the disk; less than the least that must stay free. */
const LOOK_BYTES = 8 * 1024 * 1024;
const SMALLER = "Leave out what is no source in '.gsessignore', or start in a smaller directory";

/** Looks at the disk now, and gives what is to be called at each step; both throw `snapshot-failed`, naming the limit. */
export function watchBudget(
  watched: Watched,
  surroundings: Surroundings,
): (done: Progress) => void {
  const { batch, deadline, growth, root, storeDirectory } = watched;
  const { limits } = surroundings.settings;
  const exceeded = (limit: keyof Limits, why: string, advice: string, isCostly = true) =>
    new GsessError('snapshot-failed', `Cannot snapshot '${root}': ${why}`, {
      hint: `${advice}, or change the setting 'limits.${limit}'.`,
      data: { root, limit, isCostly },
    });
  const lookAtDisk = (isCostly: boolean) => {
    if (freeBytesAt(storeDirectory, surroundings) >= limits.freeBytes) return;
    const left = `less than ${sizeText(limits.freeBytes)} of disk space is left`;
    throw exceeded('freeBytes', left, 'Make room', isCostly);
  };
  let nextLook = LOOK_BYTES;
  lookAtDisk(false);
  return ({ files, bytes }) => {
    if (files > limits.treeFiles) {
      throw exceeded('treeFiles', `it has more than ${limits.treeFiles} files`, SMALLER);
    }
    if (bytes > limits.treeBytes) {
      throw exceeded('treeBytes', `it holds more than ${sizeText(limits.treeBytes)}`, SMALLER);
    }
    if (growth && batch.newBytes > limits.growthBytes) {
      const much = `more than ${sizeText(limits.growthBytes)} of it is new`;
      throw exceeded('growthBytes', much, "Run 'gsess connect' once, which takes it all the same");
    }
    if (deadline !== undefined && surroundings.now() > deadline) {
      const advice = "Run 'gsess connect' once, which takes the first snapshot without a limit";
      throw exceeded('hookMs', 'it could not be read in the time allowed', advice);
    }
    if (batch.newBytes < nextLook) return;
    nextLook = batch.newBytes + LOOK_BYTES;
    lookAtDisk(true);
  };
}

/** Bytes that may still be written there, as the surroundings have it. */
export function freeBytesAt(directory: string, surroundings: Surroundings): number {
  return (surroundings.freeBytes ?? freeBytes)(directory);
}

function sizeText(bytes: number): string {
  return bytes < 1_000_000 ? `${bytes} bytes` : `${Math.round(bytes / 1_000_000)} MB`;
}
