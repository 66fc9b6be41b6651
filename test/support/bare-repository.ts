// A bare repository made by real git, with our store on it, for one test.

import { ObjectBatch } from '../../src/git/object-batch.ts';
import { ObjectStore } from '../../src/git/object-store.ts';
import { git } from './git-oracle.ts';
import { withTemporaryDirectory } from './temporary-directory.ts';

export interface BareRepository {
  readonly directory: string;
  readonly store: ObjectStore;
}

/** Makes a bare repository, calls `use`, closes the store and removes everything. */
export function withBareRepository<T>(
  use: (repository: BareRepository) => T | Promise<T>,
): Promise<T> {
  return withTemporaryDirectory(async (directory) => {
    git(directory, ['init', '--quiet', '--bare', '--initial-branch=main', '.']);
    const store = new ObjectStore(directory);
    try {
      return await use({ directory, store });
    } finally {
      store.close();
    }
  });
}

/** A batch that flushes loose objects however many there are, with a clock that stands still. */
export function looseBatch(store: ObjectStore): ObjectBatch {
  return new ObjectBatch(store, { now: () => BATCH_TIME, looseMax: 10_000, bufferedMax: 10_000 });
}

/** A batch that always makes a pack. */
export function packBatch(store: ObjectStore, packBytesMax?: number): ObjectBatch {
  const limits = packBytesMax === undefined ? {} : { packBytesMax };
  return new ObjectBatch(store, { now: () => BATCH_TIME, looseMax: 0, bufferedMax: 0, ...limits });
}

/** What the clock of these batches says; long after any file a test makes. */
export const BATCH_TIME = Date.UTC(2100, 0, 1);
