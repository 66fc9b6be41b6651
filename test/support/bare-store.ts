// A bare repository made by stock git, with two commits to point refs at, for tests of how gsess and stock git share refs.

import { join } from 'node:path';
import { EMPTY_TREE, type ObjectId, parseObjectId } from '../../src/git/object-id.ts';
import { RefStore } from '../../src/git/ref-store.ts';
import { git, gitText } from './git-oracle.ts';
import { processes } from './process-table.ts';
import { withTemporaryDirectory } from './temporary-directory.ts';

export interface BareStore {
  readonly directory: string;
  readonly refs: RefStore;
  readonly first: ObjectId;
  /** A child of `first`. */
  readonly second: ObjectId;
}

/** Opens the refs of any repository with a short wait. */
export function openRefs(directory: string, lockWaitMs = 500): RefStore {
  return new RefStore(directory, { processes, now: () => Date.now(), lockWaitMs });
}

/** Makes the repository, calls `use`, and removes it. */
export async function withBareStore<T>(use: (store: BareStore) => T | Promise<T>): Promise<T> {
  return await withTemporaryDirectory(async (parent) => {
    const directory = join(parent, 'store.git');
    git(parent, ['init', '-q', '--bare', '--template=', '-b', 'main', directory]);
    git(directory, ['mktree']);
    const commit = (...args: string[]) =>
      parseObjectId(gitText(directory, ['commit-tree', EMPTY_TREE, '-m', 'x', ...args]));
    const first = commit();
    const second = commit('-p', first);
    return await use({ directory, refs: openRefs(directory), first, second });
  });
}
