// How much may still be written where a directory lies.

import { statfsSync } from 'node:fs';
import { isSystemError } from '../errors.ts';

/** Bytes that this user may still write there; without end where the system does not tell. */
export function freeBytes(directory: string): number {
  try {
    const { bavail, bsize } = statfsSync(directory);
    return bavail * bsize;
  } catch (error) {
    if (isSystemError(error, 'ENOSYS', 'ENOTSUP', 'EINVAL')) return Number.POSITIVE_INFINITY;
    throw error;
  }
}
