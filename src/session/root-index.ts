// Which store a directory belongs to, where git cannot tell: the directory of a fork made with `--worktree`, a project that was
// moved, and another name of a project, as a bind mount gives it. One small file each below `<data>/roots`, named by the hash of the
// path, holding the path, after a NUL what else it is called, and the name of the store's directory. Losing one loses no session:
// `gsess` in the directory just no longer finds the store by itself.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { makeStoreDirectory, writeDurably } from '../git/durable-file.ts';
import { isStoreName } from './store-name.ts';

export interface RootBinding {
  /** The directory that was bound. */
  readonly at: string;
  /** What its root is called: the same, unless it is another name of a directory known before. */
  readonly root: string;
  /** The name of the store's directory below `projects`. */
  readonly store: string;
}

/** Binds a directory, by its real path, durably. */
export function bindRoot(
  dataDirectory: string,
  { root, at = root, store }: Omit<RootBinding, 'at'> & { readonly at?: string },
): void {
  makeStoreDirectory(join(dataDirectory, 'roots'));
  const names = at === root ? root : `${at}\0${root}`;
  writeDurably(pathOf(dataDirectory, at), `${names}\n${store}\n`);
}

/** Forgets the binding of a directory. */
export function unbindRoot(dataDirectory: string, root: string): void {
  rmSync(pathOf(dataDirectory, root), { force: true });
}

/** What tells one directory from another that comes to stand at the same path; undefined where there is none. */
export function identityOf(path: string): string | undefined {
  const stat = statSync(path, { throwIfNoEntry: false });
  return stat === undefined ? undefined : `${stat.dev}:${stat.ino}`;
}

/** The binding of a directory or of the nearest one above it. */
export function findRoot(dataDirectory: string, directory: string): RootBinding | undefined {
  if (!existsSync(join(dataDirectory, 'roots'))) return undefined;
  for (let at = directory; ; at = dirname(at)) {
    const found = readBinding(pathOf(dataDirectory, at), at);
    if (found !== undefined) return found;
    if (dirname(at) === at) return undefined;
  }
}

function readBinding(path: string, at: string): RootBinding | undefined {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return undefined;
    throw error;
  }
  // The name of the store has no line break, the path may have.
  const end = text.lastIndexOf('\n', text.length - 2);
  const store = text.slice(end + 1, -1);
  const [bound, root = at] = text.slice(0, Math.max(0, end)).split('\0');
  const isWhole = bound === at && isStoreName(store);
  // The mount may have gone, or lead elsewhere by now.
  const holds = root === at || identityOf(root) === identityOf(at);
  return isWhole && holds ? { at, root, store } : undefined;
}

function pathOf(dataDirectory: string, root: string): string {
  const hash = createHash('sha256').update(root, 'utf8').digest('hex').slice(0, 16);
  return join(dataDirectory, 'roots', hash);
}
