// The settings that a repository has for itself and for one of its work trees, read without git. What they include is not followed.

import { join } from 'node:path';
import { type ConfigEntry, configValue } from '../git/git-config.ts';
import type { GitLocation } from './git-location.ts';
import { readGitConfigFile } from './user-git-config.ts';

/** In the order of git: of several values the last counts. */
export function readRepositoryConfig(location: GitLocation): ConfigEntry[] {
  const { gitDirectory, commonDirectory } = location;
  const own = readGitConfigFile(join(commonDirectory, 'config'));
  const perWorkTree = isSet(own, 'extensions.worktreeconfig')
    ? readGitConfigFile(join(gitDirectory, 'config.worktree'))
    : [];
  return [...own, ...perWorkTree];
}

/** Whether a setting that is true or false is true. */
export function isSet(settings: readonly ConfigEntry[], name: string): boolean {
  const value = configValue(settings, name);
  return value !== undefined && /^(?:true|yes|on|[+-]?0*[1-9]\d*)$/i.test(value);
}
