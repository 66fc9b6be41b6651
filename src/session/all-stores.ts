// The stores of all projects, for what one project cannot answer: where a session is that was begun in another directory, and which
// native ids there are when the index of them was lost. A store that cannot be opened is passed over here; its own project tells of it.

import { basename, join } from 'node:path';
import { GsessError } from '../errors.ts';
import { directoryNames } from '../git/directory-names.ts';
import { NativeIndex } from './native-index.ts';
import { openStoreDirectory, type Store } from './store.ts';
import type { Surroundings } from './surroundings.ts';

export function allStores(surroundings: Surroundings): Store[] {
  const projects = join(surroundings.dataDirectory, 'projects');
  return directoryNames(projects)
    .filter((name) => name.endsWith('.git'))
    .flatMap((name) => openIfSound(join(projects, name), surroundings));
}

/** Writes the index of native ids anew from the tips of all sessions; the one a native id is active in wins. */
export function rebuildNativeIndex(surroundings: Surroundings): void {
  const index = new NativeIndex(surroundings.dataDirectory);
  for (const store of allStores(surroundings)) {
    const name = basename(store.repository.directory);
    const sessions = store.sessions();
    const note = (all: boolean) => {
      for (const { id: session, agent, nativeIds } of sessions) {
        for (const nativeId of all ? nativeIds : nativeIds.slice(0, 1)) {
          index.note(agent, nativeId, { session, store: name });
        }
      }
    };
    note(true);
    note(false);
  }
}

function openIfSound(directory: string, surroundings: Surroundings): Store[] {
  try {
    const store = openStoreDirectory(directory, surroundings);
    return store === undefined ? [] : [store];
  } catch (error) {
    if (error instanceof GsessError) return [];
    throw error;
  }
}
