// The door for people who embed gsess: the store of the project that a directory belongs to.

import { locateProject } from './project.ts';
import { openOrCreateStoreOf, type Store } from './store.ts';
import type { Surroundings } from './surroundings.ts';

/**
 * Opens the store of a directory's project and makes it if there is none. Throws `not-found` for a directory that does not
 * exist, `store-unsafe`, `store-damaged` or `format-newer` for a store that must not be used.
 */
export function openStore(directory: string, surroundings: Surroundings): Promise<Store> {
  return openOrCreateStoreOf(locateProject(directory, surroundings), surroundings);
}
