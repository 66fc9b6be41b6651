// Removes what killed runs left half written: temporary files that nothing will ever finish. Only old ones, since a young one may be
// in the hands of a process that runs.

import { join } from 'node:path';
import { sweepTemporary } from '../git/durable-file.ts';
import type { Store } from './store.ts';

const AGE_MS_MIN = 60 * 60_000;
const DIRECTORIES = ['objects', 'objects/pack', 'gsess/cache', 'gsess/live'];

/** Returns how many files were removed. */
export function sweepStore(store: Store): number {
  const { dataDirectory, now } = store.surroundings;
  const directories = [
    ...DIRECTORIES.map((name) => join(store.repository.directory, name)),
    ...['native', 'roots'].map((name) => join(dataDirectory, name)),
  ];
  return directories.reduce(
    (removed, directory) => removed + sweepTemporary(directory, AGE_MS_MIN, now()),
    0,
  );
}
