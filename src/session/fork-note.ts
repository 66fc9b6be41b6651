// Notes, in the store, which directory a fork is being written into, since it is no session before all its files are there. The note of a
// killed fork stays and tells what the directory is, which nobody else could know. It goes with the directory.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { directoryNames } from '../git/directory-names.ts';
import { makeStoreDirectory, writeDurably } from '../git/durable-file.ts';
import { mayLive, ownerName, parseOwnerName } from '../git/owner-file.ts';
import { shortHash } from './project.ts';
import type { Store } from './store.ts';

/** Makes the note durable, of a directory by its real path; what comes back takes it away. */
export function noteFork(store: Store, directory: string): () => void {
  const places = placeOf(store);
  const path = join(places, shortHash(directory));
  makeStoreDirectory(places);
  writeDurably(path, `${ownerName(store.surroundings.processes.self)}\n${directory}`);
  return () => rmSync(path, { force: true });
}

/** The directories that killed forks have left, with some of their files in them. */
export function interruptedForks(store: Store): string[] {
  const { surroundings } = store;
  const roots = new Set(store.sessions().map(({ root }) => root));
  return directoryNames(placeOf(store)).flatMap((name) => {
    const path = join(placeOf(store), name);
    const [own = '', ...rest] = readFileSync(path, 'utf8').split('\n');
    const owner = parseOwnerName(own);
    const directory = rest.join('\n');
    if (owner === undefined || mayLive(path, owner, surroundings)) return [];
    if (existsSync(directory) && !roots.has(directory)) return [directory];
    rmSync(path, { force: true });
    return [];
  });
}

function placeOf({ repository }: Store): string {
  return join(repository.directory, 'gsess', 'forks');
}
