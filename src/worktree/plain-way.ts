// Whether the way to a directory leads over directories alone, asked in one step instead of one for each of them: Linux tells what an
// open directory is really called. Only a yes counts. Anywhere else, and whenever it is not sure, the answer is no, and the caller
// looks for itself.

import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { platform } from 'node:os';
import { pathBytes, type RawPath } from '../git/raw-path.ts';

/** Finds a directory without opening it, for which no permission on it is needed; Node has no name for it. */
const O_PATH = 0o10000000;
const FLAGS = O_PATH | (constants.O_DIRECTORY ?? 0) | (constants.O_NOFOLLOW ?? 0);

const isLinux = platform() === 'linux';

/** True if the path, absolute and itself without links up to the root asked about, is a directory reached through no link. */
export function isPlainWay(directory: RawPath): boolean {
  if (!isLinux) return false;
  let descriptor: number;
  try {
    descriptor = openSync(pathBytes(directory), FLAGS);
  } catch (error) {
    return isNotSure(error);
  }
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`, 'latin1') === directory;
  } catch (error) {
    return isNotSure(error);
  } finally {
    closeSync(descriptor);
  }
}

function isNotSure(error: unknown): false {
  if (error instanceof Error && 'syscall' in error) return false;
  throw error;
}
