// Decides whether a directory may be snapshotted as a root. Some are refused whatever the user says: a home, a temp root or the
// whole disk is never one project, and a root that holds the store, or is in it, would save the store into itself.
// Directories are compared by real path and by inode, since links, bind mounts and case can give one of them many names.

import { type BigIntStats, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';

export interface RootSurroundings {
  readonly home: string;
  readonly temporaryDirectory: string;
  /** The store's directory, which need not exist yet. */
  readonly store: string;
}

/** Gives the real path of a directory that may be a root; throws `root-refused` or, if there is none, `not-found`. */
export function checkRoot(path: string, surroundings: RootSurroundings): string {
  const root = realDirectory(path);
  const { home, temporaryDirectory, store } = surroundings;
  const realStore = realAsFarAsItExists(store);
  if (dirname(root) === root) throw refused(root, 'it is the whole file system');
  if (isAtOrBelow(realAsFarAsItExists(home), root)) {
    throw refused(root, 'it is the home directory or holds it');
  }
  if (isSame(root, realAsFarAsItExists(temporaryDirectory))) {
    throw refused(root, 'it is the directory of all temporary files');
  }
  if (isAtOrBelow(realStore, root)) throw refused(root, 'the store is in it');
  if (isAtOrBelow(root, realStore)) throw refused(root, 'it is in the store');
  return root;
}

function realDirectory(path: string): string {
  let real: string;
  try {
    real = realpathSync.native(path);
  } catch (cause) {
    if (isSystemError(cause, 'EACCES', 'EPERM', 'ELOOP', 'EIO'))
      throw refused(path, 'it cannot be read');
    if (!isSystemError(cause, 'ENOENT', 'ENOTDIR')) throw cause;
    throw new GsessError('not-found', `No such directory: '${path}'`, { data: { path }, cause });
  }
  if (!statSync(real).isDirectory()) throw refused(real, 'it is not a directory');
  return real;
}

function realAsFarAsItExists(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT', 'ENOTDIR') || dirname(path) === path) throw error;
    return join(realAsFarAsItExists(dirname(path)), basename(path));
  }
}

function isAtOrBelow(path: string, directory: string): boolean {
  const wanted = statOf(directory);
  for (let at = path; ; at = dirname(at)) {
    if (at === directory || isSameFile(statOf(at), wanted)) return true;
    if (dirname(at) === at) return false;
  }
}

function isSame(one: string, other: string): boolean {
  if (one === other) return true;
  return isSameFile(statOf(one), statOf(other));
}

function statOf(path: string): BigIntStats | undefined {
  return statSync(path, { bigint: true, throwIfNoEntry: false });
}

function isSameFile(a: BigIntStats | undefined, b: BigIntStats | undefined): boolean {
  return a !== undefined && b !== undefined && a.dev === b.dev && a.ino === b.ino;
}

function refused(root: string, why: string): GsessError {
  return new GsessError('root-refused', `Cannot snapshot '${root}': ${why}`, {
    hint: 'Start in the directory of one project, or name it with --root.',
    data: { root },
  });
}
