// Removes what killed runs left: temporary files that nothing will ever finish, only old ones, since a young one may be in the hands
// of a process that runs; and the files by which dead processes had their packs kept.

import { join } from 'node:path';
import { oldTemporaries, sweepTemporary } from '../git/durable-file.ts';
import { removeLeftoverKeeps } from '../git/keep-file.ts';
import type { Store } from './store.ts';

const AGE_MS_MIN = 60 * 60_000;
const DIRECTORIES = [
  'objects',
  'objects/pack',
  'gsess',
  'gsess/cache',
  'gsess/live',
  'gsess/paused',
];

/** Returns how many files were removed. */
export function sweepStore(store: Store): number {
  const { now } = store.surroundings;
  const { objectsDirectory } = store.objects;
  return directoriesOf(store).reduce(
    (removed, directory) => removed + sweepTemporary(directory, AGE_MS_MIN, now()),
    removeLeftoverKeeps(join(objectsDirectory, 'pack'), store.surroundings),
  );
}

/** How many temporary files it would remove. */
export function leftoverCount(store: Store): number {
  const { now } = store.surroundings;
  return directoriesOf(store).flatMap((path) => oldTemporaries(path, AGE_MS_MIN, now())).length;
}

function directoriesOf({ repository, surroundings }: Store): string[] {
  return [
    ...DIRECTORIES.map((name) => join(repository.directory, name)),
    ...['native', 'roots'].map((name) => join(surroundings.dataDirectory, name)),
  ];
}
