// Removes what killed runs left: temporary files that nothing will ever finish, only old ones, since a young one may be in the hands
// of a process that runs; the files by which dead processes had their packs kept; and stores that were begun and never finished.

import { dirname, join } from 'node:path';
import { oldTemporaries, sweepTemporary } from '../git/durable-file.ts';
import { removeLeftoverKeeps } from '../git/keep-file.ts';
import { sweepLonePacks } from '../git/lone-packs.ts';
import { sweepUnfinished, unfinishedStores } from '../git/repository.ts';
import type { Store } from './store.ts';

const AGE_MS_MIN = 60 * 60_000;
const DIRECTORIES = [
  'objects',
  'objects/pack',
  'gsess',
  'gsess/cache',
  'gsess/forks',
  'gsess/live',
  'gsess/paused',
];

/** Returns how many files were removed. */
export function sweepStore(store: Store): number {
  const { now } = store.surroundings;
  const { directory } = store.repository;
  const keeps = removeLeftoverKeeps(join(directory, 'objects', 'pack'), store.surroundings);
  return directoriesOf(store).reduce(
    (removed, path) => removed + sweepTemporary(path, AGE_MS_MIN, now()),
    keeps + sweepUnfinished(dirname(directory), now()),
  );
}

/** The same for halves of packs, after everything that is reachable was found. */
export function sweepHalves(store: Store): Promise<number> {
  const packs = join(store.repository.directory, 'objects', 'pack');
  return store.withPruning('gc', () => sweepLonePacks(packs, AGE_MS_MIN, store.surroundings.now()));
}

/** How many temporary files and unfinished stores it would remove. */
export function leftoverCount(store: Store): number {
  const now = store.surroundings.now();
  const temporaries = directoriesOf(store).flatMap((path) => oldTemporaries(path, AGE_MS_MIN, now));
  return temporaries.length + unfinishedStores(dirname(store.repository.directory), now).length;
}

/** Where temporary files come to lie in a store. */
export function temporaryPlaces({ repository }: Store): string[] {
  return DIRECTORIES.map((name) => join(repository.directory, name));
}

function directoriesOf(store: Store): string[] {
  const { dataDirectory } = store.surroundings;
  return [
    ...temporaryPlaces(store),
    ...['native', 'roots'].map((name) => join(dataDirectory, name)),
  ];
}
