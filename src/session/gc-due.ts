// Whether so much has come together in a store that it should be tidied up: asked at the end of every turn, so it looks at no more than
// two directories and one file. Loose objects are counted as git counts them, in one of their 256 directories.

import { statSync } from 'node:fs';
import { join } from 'node:path';
import { directoryNames } from '../git/directory-names.ts';
import type { Store } from './store.ts';

const SAMPLE = '17';
/** About 6,700 loose objects in all. */
const SAMPLE_MAX = 26;
const PACKS_MAX = 50;
/** One that could not do its work is not tried again at every turn. */
const REST_MS = 60 * 60_000;
/** The trash is emptied by it too. */
const AGE_MS_MAX = 7 * 24 * 60 * 60_000;

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
  const packs = directoryNames(join(objectsDirectory, 'pack'));
  return packs.filter((name) => name.endsWith('.pack')).length > PACKS_MAX;
}
