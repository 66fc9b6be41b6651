// What is in the project's git but not on disk because git was told to leave it away: by a sparse checkout, or by marking single paths
// skip-worktree or assume-unchanged. To a snapshot such a path looks deleted; a restore elsewhere, or after the sparse checkout has
// ended, must not take it for that. Git's index is read, never written, and git is not run.

import { lstatSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { GsessError } from '../errors.ts';
import { joinRaw, pathBytes, type RawPath, rawPath } from '../git/raw-path.ts';
import { pathsGitPassesOver } from './git-index.ts';
import { type GitLocation, gitLocation } from './git-location.ts';
import { readPlainFile } from './plain-file.ts';
import { isSet, readRepositoryConfig } from './repository-config.ts';
import { accessFault } from './steady-read.ts';

const INDEX_BYTES_MAX = 512 * 1024 * 1024;
/** More are not listed one by one. */
const PATHS_MAX = 10_000;

/**
 * The topmost paths below a root, given by its real path, that are not on disk because git leaves them away. The path '' alone where
 * they cannot be told, or are too many: anything that is not there may be such a path.
 */
export function notCheckedOut(root: string): readonly RawPath[] {
  const location = gitLocation(root);
  if (location?.workTree === undefined) return [];
  const passedOver = readPassedOver(location);
  if (passedOver === undefined) return isSparse(location) ? ['' as RawPath] : [];
  if (passedOver.length === 0) return [];
  const base = rawPath(relative(location.workTree, root).split(sep).join('/'));
  const absent = topmostAbsent(rawPath(root), belowBase(passedOver, base));
  return absent.length > PATHS_MAX ? ['' as RawPath] : absent;
}

/** Undefined if the index cannot be read or understood; one that is split in two files is not. */
function readPassedOver({ gitDirectory }: GitLocation): RawPath[] | undefined {
  const path = join(gitDirectory, 'index');
  try {
    const index = readPlainFile(path, { bytesMax: INDEX_BYTES_MAX, followLinks: true });
    return index === undefined ? [] : pathsGitPassesOver(index);
  } catch (error) {
    if (error instanceof GsessError && error.code === 'io-failed') return undefined;
    throw error;
  }
}

function isSparse(location: GitLocation): boolean {
  return isSet(readRepositoryConfig(location), 'core.sparsecheckout');
}

function belowBase(paths: readonly RawPath[], base: RawPath): readonly RawPath[] {
  if (base === '') return paths;
  const prefix = `${base}/`;
  return paths
    .filter((path) => path.startsWith(prefix))
    .map((path) => path.slice(prefix.length) as RawPath);
}

function topmostAbsent(root: RawPath, paths: readonly RawPath[]): RawPath[] {
  const absent = new Set<RawPath>();
  const present = new Set<RawPath>();
  for (const path of paths) {
    for (let slash = path.indexOf('/'); ; slash = path.indexOf('/', slash + 1)) {
      const upTo = (slash < 0 ? path : path.slice(0, slash)) as RawPath;
      if (absent.has(upTo)) break;
      if (!present.has(upTo)) {
        if (!isOnDisk(joinRaw(root, upTo))) {
          absent.add(upTo);
          break;
        }
        present.add(upTo);
      }
      if (slash < 0) break;
    }
  }
  return [...absent];
}

function isOnDisk(path: RawPath): boolean {
  try {
    return lstatSync(pathBytes(path), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // What cannot be looked at is listed by the walk, with its reason.
    return accessFault(error) !== 'gone';
  }
}
