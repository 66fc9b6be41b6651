// What is in the project's git but not on disk because git was told to leave it away: by a sparse checkout, or by marking single paths
// skip-worktree or assume-unchanged. To a snapshot such a path looks deleted; a restore elsewhere, or after the sparse checkout has
// ended, must not take it for that. Git's index is read, never written, and git is not run.

import { lstatSync, statSync } from 'node:fs';
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

/** What git leaves away, and what the answer rests on; plain data, to be kept with the stat cache. */
export interface CheckedOut {
  /** Of the index; it is read again only when it is another one. */
  readonly index: string;
  /**
   * The topmost paths that are not on disk because git leaves them away. The path '' alone where they cannot be told, or are too many:
   * anything that is not there may be such a path.
   */
  readonly absent: readonly RawPath[];
  /** What git would leave away as well, but is there. */
  readonly present: readonly RawPath[];
}

const NOTHING: CheckedOut = { index: '', absent: [], present: [] };

/** Looks at a root, given by its real path; `before` is what was seen the last time. */
export function lookAtCheckout(
  root: string,
  before?: CheckedOut,
  location = gitLocation(root),
): CheckedOut {
  if (location?.workTree === undefined) return NOTHING;
  const index = stateOfIndex(location);
  const rawRoot = rawPath(root);
  if (before !== undefined && before.index === index && isStillSo(rawRoot, before)) return before;
  const passedOver = readPassedOver(location);
  if (passedOver === undefined) {
    return { index, absent: isSparse(location) ? ['' as RawPath] : [], present: [] };
  }
  const base = rawPath(relative(location.workTree, root).split(sep).join('/'));
  const { absent, present } = sortOut(rawRoot, belowBase(passedOver, base));
  return { index, absent: absent.length > PATHS_MAX ? ['' as RawPath] : absent, present };
}

/** Git replaces the file whenever it writes it. */
function stateOfIndex({ gitDirectory }: GitLocation): string {
  const stat = statSync(join(gitDirectory, 'index'), { throwIfNoEntry: false });
  if (stat === undefined) return 'none';
  const { ino, size, mtimeMs, ctimeMs } = stat;
  return [ino, size, mtimeMs, ctimeMs].join(' ');
}

function isStillSo(root: RawPath, { absent, present }: CheckedOut): boolean {
  return (
    present.every((path) => isOnDisk(joinRaw(root, path))) &&
    absent.every((path) => path !== '' && !isOnDisk(joinRaw(root, path)))
  );
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

function sortOut(root: RawPath, paths: readonly RawPath[]): Omit<CheckedOut, 'index'> {
  const absent = new Set<RawPath>();
  const there = new Set<RawPath>();
  const topmostAbsent = (path: RawPath): RawPath | undefined => {
    for (let slash = path.indexOf('/'); ; slash = path.indexOf('/', slash + 1)) {
      const upTo = (slash < 0 ? path : path.slice(0, slash)) as RawPath;
      if (absent.has(upTo)) return upTo;
      if (!there.has(upTo)) {
        if (!isOnDisk(joinRaw(root, upTo))) return upTo;
        there.add(upTo);
      }
      if (slash < 0) return undefined;
    }
  };
  const present: RawPath[] = [];
  for (const path of paths) {
    const top = topmostAbsent(path);
    if (top === undefined) present.push(path);
    else absent.add(top);
  }
  return { absent: [...absent], present };
}

function isOnDisk(path: RawPath): boolean {
  try {
    return lstatSync(pathBytes(path), { throwIfNoEntry: false }) !== undefined;
  } catch (error) {
    // What cannot be looked at is listed by the walk, with its reason.
    return accessFault(error) !== 'gone';
  }
}
