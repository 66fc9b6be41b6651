// Removes one file. `rmSync` looks at it first, and loads what it needs for whole directories.

import { unlinkSync } from 'node:fs';
import { isSystemError } from '../errors.ts';

/** Whether it was there. */
export function removeFile(path: string): boolean {
  try {
    unlinkSync(path);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return false;
    throw error;
  }
}
