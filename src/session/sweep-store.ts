// Removes what killed runs left: temporary files that nothing will ever finish, only old ones, since a young one may be in the hands
// of a process that runs; and the files by which dead processes had their packs kept.

import { join } from 'node:path';
import { sweepTemporary } from '../git/durable-file.ts';
import { removeLeftoverKeeps } from '../git/keep-file.ts';
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
  const { objectsDirectory } = store.objects;
  return directories.reduce(
    (removed, directory) => removed + sweepTemporary(directory, AGE_MS_MIN, now()),
    removeLeftoverKeeps(join(objectsDirectory, 'pack'), store.surroundings),
  );
}
