// The names in a directory of ours; one that is not there yet has none.

import { readdirSync } from 'node:fs';
import { isSystemError } from '../errors.ts';

export function directoryNames(directory: string): string[] {
  try {
    return readdirSync(directory);
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return [];
    throw error;
  }
}
