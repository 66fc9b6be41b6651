// What a project's git ignores apart from its `.gitignore` files: `info/exclude`, the user's `core.excludesFile`, and whether case
// counts. Found by reading git's files; git is never run. Settings of the project itself may name a file of patterns, and
// no more than that is taken from them; what they include is not followed.

import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { GsessError } from '../errors.ts';
import { type ConfigEntry, configValue } from '../git/git-config.ts';
import { pathBytes, type RawPath, rawPath } from '../git/raw-path.ts';
import { currentBranch, type GitLocation, gitLocation } from './git-location.ts';
import type { IgnoreRulesOptions } from './ignore-rules.ts';
import { readPlainFile } from './plain-file.ts';
import { isSet, readRepositoryConfig } from './repository-config.ts';
import {
  expandPath,
  readUserGitConfig,
  type UserDirectories,
  xdgGitDirectory,
} from './user-git-config.ts';

/** All that `IgnoreRules` needs to know about a root, but for the secret patterns. */
export type ProjectExcludes = Omit<IgnoreRulesOptions, 'secrets'>;

/** As much as git itself accepts, from 2.45 on. */
const IGNORE_FILE_BYTES_MAX = 100 * 1024 * 1024;

/**
 * Finds the rules for a root, given by its real path. Outside of any repository its own `.gitignore` files and the user's file
 * count all the same. Throws `snapshot-failed` if a file that may exclude something cannot be read.
 */
export function readProjectExcludes(
  root: string,
  user: UserDirectories,
  location = gitLocation(root),
): ProjectExcludes {
  return orSnapshotFailed(root, () => {
    if (location?.workTree !== undefined) {
      return inRepository({ root, location, workTree: location.workTree, user });
    }
    const settings = readUserGitConfig(user, undefined);
    return describe({ top: root, base: '' as RawPath, settings, user });
  });
}

function inRepository({ root, location, workTree, user }: RootInRepository): ProjectExcludes {
  const { gitDirectory, commonDirectory } = location;
  const surrounding = {
    gitDirectory,
    // Hardly any settings depend on it.
    get branch() {
      return currentBranch(location).branch;
    },
  };
  const settings = [...readUserGitConfig(user, surrounding), ...readRepositoryConfig(location)];
  const base = rawPath(relative(workTree, root).split(sep).join('/'));
  const found = describe({ top: workTree, base, settings, user });
  return { ...found, infoExclude: readExcludes(join(commonDirectory, 'info', 'exclude')) };
}

interface RootInRepository {
  readonly root: string;
  readonly location: GitLocation;
  readonly workTree: string;
  readonly user: UserDirectories;
}

interface Project {
  readonly top: string;
  readonly base: RawPath;
  readonly settings: readonly ConfigEntry[];
  readonly user: UserDirectories;
}

function describe({ top, base, settings, user }: Project): ProjectExcludes {
  const named = configValue(settings, 'core.excludesfile');
  const path =
    named === undefined ? join(xdgGitDirectory(user), 'ignore') : expandPath(named, user.home);
  const excludesFile =
    path === undefined ? undefined : readExcludes(isAbsolute(path) ? path : resolve(top, path));
  const ignoreCase = isSet(settings, 'core.ignorecase');
  return { read: ignoreFilesOnDisk(top), base, excludesFile, ignoreCase };
}

/** The ignore files as they stand on disk below the top of the work tree. A link to one is not followed, as in git. */
function ignoreFilesOnDisk(top: string): (path: RawPath) => Buffer | undefined {
  return (path) =>
    orSnapshotFailed(top, () => {
      const bytes = pathBytes(path);
      const isText = typeof bytes === 'string';
      const file = isText ? join(top, bytes) : Buffer.concat([Buffer.from(`${top}/`), bytes]);
      return readPlainFile(file, { bytesMax: IGNORE_FILE_BYTES_MAX });
    });
}

function orSnapshotFailed<T>(directory: string, look: () => T): T {
  try {
    return look();
  } catch (cause) {
    if (!(cause instanceof GsessError)) throw cause;
    throw new GsessError(
      'snapshot-failed',
      `Cannot tell what git ignores in '${directory}': ${cause.message}`,
      { ...(cause.hint !== undefined && { hint: cause.hint }), data: cause.data, cause },
    );
  }
}

function readExcludes(path: string): Buffer | undefined {
  return readPlainFile(path, { bytesMax: IGNORE_FILE_BYTES_MAX, followLinks: true });
}
