// Which store a directory belongs to, where git cannot tell: the directory of a fork made with `--worktree`, and a project that was
// moved. One small file each below `<data>/roots`, named by the hash of the path, holding the path and the name of the store's
// directory. Losing one loses no session: `gsess` in the directory just no longer finds the store by itself.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { makePrivateDirectory, writeDurably } from '../git/durable-file.ts';
import { isStoreName } from './store-name.ts';

export interface RootBinding {
  readonly root: string;
  /** The name of the store's directory below `projects`. */
  readonly store: string;
}

/** Binds a directory, by its real path, durably. */
export function bindRoot(dataDirectory: string, { root, store }: RootBinding): void {
  makePrivateDirectory(join(dataDirectory, 'roots'));
  writeDurably(pathOf(dataDirectory, root), `${root}\n${store}\n`);
}

/** The binding of a directory or of the nearest one above it. */
export function findRoot(dataDirectory: string, directory: string): RootBinding | undefined {
  if (!existsSync(join(dataDirectory, 'roots'))) return undefined;
  for (let root = directory; ; root = dirname(root)) {
    const found = readBinding(pathOf(dataDirectory, root), root);
    if (found !== undefined) return found;
    if (dirname(root) === root) return undefined;
  }
}

function readBinding(path: string, root: string): RootBinding | undefined {
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
  const isWhole = text.slice(0, Math.max(0, end)) === root && isStoreName(store);
  return isWhole ? { root, store } : undefined;
}

function pathOf(dataDirectory: string, root: string): string {
  const hash = createHash('sha256').update(root, 'utf8').digest('hex').slice(0, 16);
  return join(dataDirectory, 'roots', hash);
}
