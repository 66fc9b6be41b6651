// Which project a directory belongs to, and where its store is. A project is the directory of the git repository that the
// directory lies in (so all its worktrees share one store, and deleting or renewing `.git` changes nothing), else the directory
// itself or the nearest one above it that has a store. The store is never inside the project.

import { createHash } from 'node:crypto';
import { existsSync, realpathSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { type GitLocation, gitLocation } from '../worktree/git-location.ts';
import { findRoot } from './root-index.ts';

export interface Project {
  /** The real path that identifies the project. */
  readonly path: string;
  /** The directory whose files are snapshotted from here: the top of the work tree, else the project's path. */
  readonly root: string;
  readonly git: GitLocation | undefined;
  readonly storeDirectory: string;
}

/** Finds the project of a directory, which must exist. Makes nothing. */
export function locateProject(
  directory: string,
  places: { readonly dataDirectory: string; readonly home: string },
): Project {
  const { dataDirectory, home } = places;
  const real = realDirectory(directory);
  const git = gitLocation(real);
  const bound = findRoot(dataDirectory, real);
  const top = git?.workTree;
  // A repository below a bound directory is nearer than that directory.
  if (bound !== undefined && (top === undefined || !isBelow(top, bound.at))) {
    const { root, store } = bound;
    return { path: root, root, git, storeDirectory: join(dataDirectory, 'projects', store) };
  }
  // A repository of the home directory itself (for dotfiles) is not the project of everything in it.
  if (git === undefined || top === undefined || home === top || isBelow(home, top)) {
    const path = nearestWithStore(real, places) ?? real;
    return { path, root: path, git, storeDirectory: storeDirectoryOf(path, dataDirectory) };
  }
  const { commonDirectory } = git;
  const path = basename(commonDirectory) === '.git' ? dirname(commonDirectory) : commonDirectory;
  return { path, root: top, git, storeDirectory: storeDirectoryOf(path, dataDirectory) };
}

function isBelow(path: string, directory: string): boolean {
  return path.startsWith(directory === '/' ? '/' : `${directory}/`) && path !== directory;
}

/** `<data>/projects/<name>-<8 hex>.git`: the name for people, the digits of the path's hash for identity. */
export function storeDirectoryOf(projectPath: string, dataDirectory: string): string {
  const name =
    basename(projectPath)
      .replace(/\.git$/, '')
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-+|-+$/g, '')
      .slice(0, 40) || 'project';
  return join(dataDirectory, 'projects', `${name}-${shortHash(projectPath)}.git`);
}

/** Eight hexadecimal digits that tell one path from another in a file or ref name. */
export function shortHash(path: string): string {
  return createHash('sha256').update(path, 'utf8').digest('hex').slice(0, 8);
}

/** What was said in the home directory must not swallow every project below it. */
function nearestWithStore(
  directory: string,
  { dataDirectory, home }: { readonly dataDirectory: string; readonly home: string },
): string | undefined {
  for (let path = directory; path !== home && path !== dirname(path); path = dirname(path)) {
    if (existsSync(storeDirectoryOf(path, dataDirectory))) return path;
  }
  return undefined;
}

function realDirectory(directory: string): string {
  try {
    return realpathSync.native(directory);
  } catch (cause) {
    if (isSystemError(cause, 'ENOENT', 'ENOTDIR')) {
      throw new GsessError('not-found', `No such directory: '${directory}'`, { cause });
    }
    throw cause;
  }
}
