// Whether so much has come together in a store that it should be tidied up, or its small packs put together: asked after every event,
// so it looks at no more than two directories and one file. Loose objects are counted as git counts them, in one of their 256 directories.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { directoryNames } from '../git/directory-names.ts';
import type { Store } from './store.ts';

const SAMPLE = '17';
/** About 6,700 loose objects in all. */
const SAMPLE_MAX = 26;
const PACKS_MAX = 60;
/** Every write leaves a pack, and whoever reads looks through all of them. */
const SMALL_PACKS_MAX = 40;
/** One that could not do its work is not tried again at every turn. */
const REST_MS = 60 * 60_000;
/** The trash is emptied by it too. */
const AGE_MS_MAX = 7 * 24 * 60 * 60_000;

/** Larger packs stay as they are until the whole store is tidied. */
export const GATHERED_BYTES_MAX = 8 * 1024 * 1024;

export function isGcDue(store: Store): boolean {
  const { directory } = store.repository;
  const last =
    statSync(join(directory, 'gsess', 'gc.json'), { throwIfNoEntry: false }) ??
    statSync(join(directory, 'config'), { throwIfNoEntry: false });
  const ageMs = store.surroundings.now() - (last?.mtimeMs ?? 0);
  if (ageMs > AGE_MS_MAX) return true;
  if (ageMs < REST_MS) return false;
  const { objectsDirectory } = store.objects;
  if (directoryNames(join(objectsDirectory, SAMPLE)).length > SAMPLE_MAX) return true;
  return packNames(store).length > PACKS_MAX;
}

/** Whether there are so many small packs that `gatherObjects` should put them together. */
export function isGatheringDue(store: Store): boolean {
  const names = packNames(store);
  if (names.length <= SMALL_PACKS_MAX) return false;
  const directory = packDirectory(store);
  const sizes = names.map(
    (name) => statSync(join(directory, name), { throwIfNoEntry: false })?.size ?? 0,
  );
  return sizes.filter((size) => size <= GATHERED_BYTES_MAX).length > SMALL_PACKS_MAX;
}

function packNames(store: Store): string[] {
  return directoryNames(packDirectory(store)).filter((name) => name.endsWith('.pack'));
}

function packDirectory({ objects }: Store): string {
  return join(objects.objectsDirectory, 'pack');
}
