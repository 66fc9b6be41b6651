// The git settings of the user, read from git's own files without running git: a file given first counts less. Files that the user
// includes are followed, by condition too, to the depth that git allows. Only settings are looked at; nothing named in them is run.

import { realpathSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { type ConfigEntry, parseGitConfig } from '../git/git-config.ts';
import { rawPath } from '../git/raw-path.ts';
import { readPlainFile } from './plain-file.ts';
import { compileWildmatch, foldCase } from './wildmatch.ts';

export interface UserDirectories {
  readonly home: string;
  readonly xdgConfigHome?: string | undefined;
  /** The configuration for all users of the machine, such as `/etc/gitconfig`. */
  readonly systemConfig?: string | undefined;
}

/** What the condition of an `includeIf` is about; undefined outside of any repository. */
export interface Surrounding {
  readonly gitDirectory: string;
  readonly branch?: string | undefined;
}

const CONFIG_BYTES_MAX = 16 * 1024 * 1024;
const INCLUDE_DEPTH_MAX = 10;

/** Reads the user's git settings, included ones at the place of their inclusion; of several the last counts. */
export function readUserGitConfig(
  user: UserDirectories,
  surrounding: Surrounding | undefined,
): ConfigEntry[] {
  const files = [
    ...(user.systemConfig === undefined ? [] : [user.systemConfig]),
    join(xdgGitDirectory(user), 'config'),
    join(user.home, '.gitconfig'),
  ];
  return files.flatMap((path) => followIncludes(path, { user, surrounding, depth: 0 }));
}

/** Reads one configuration file and none that it includes. */
export function readGitConfigFile(path: string): ConfigEntry[] {
  const content = readPlainFile(path, { bytesMax: CONFIG_BYTES_MAX, followLinks: true });
  if (content === undefined) return [];
  try {
    return parseGitConfig(content.toString());
  } catch (cause) {
    throw new GsessError('settings-invalid', `Cannot read the git configuration '${path}'`, {
      hint: 'Correct the file; git itself refuses to work with it.',
      data: { path },
      cause,
    });
  }
}

/** Git's directory in `$XDG_CONFIG_HOME`, or where that is by default. */
export function xdgGitDirectory({ home, xdgConfigHome }: UserDirectories): string {
  const isSet = xdgConfigHome !== undefined && xdgConfigHome !== '';
  return join(isSet ? xdgConfigHome : join(home, '.config'), 'git');
}

/** Puts the home directory for `~`; undefined for what only git can know (`~name`, `%(prefix)`) or for an empty value. */
export function expandPath(value: string, home: string): string | undefined {
  if (value === '~' || value.startsWith('~/')) return join(home, value.slice(1));
  return value === '' || value.startsWith('~') || value.startsWith('%(') ? undefined : value;
}

interface Inclusion {
  readonly user: UserDirectories;
  readonly surrounding: Surrounding | undefined;
  readonly depth: number;
}

function followIncludes(path: string, inclusion: Inclusion): ConfigEntry[] {
  if (inclusion.depth > INCLUDE_DEPTH_MAX) {
    throw new GsessError(
      'settings-invalid',
      `The git configuration '${path}' is included too deep`,
      {
        hint: 'Look for files that include each other.',
        data: { path },
      },
    );
  }
  return readGitConfigFile(path).flatMap((entry) => {
    const isInclude = entry.section === 'include' && entry.subsection === '';
    const isConditional = entry.section === 'includeif' && holds(entry.subsection, path, inclusion);
    if (entry.key !== 'path' || !(isInclude || isConditional)) return [entry];
    const target = expandPath(entry.value, inclusion.user.home);
    if (target === undefined) return [entry];
    const included = isAbsolute(target) ? target : join(dirname(path), target);
    return [entry, ...followIncludes(included, { ...inclusion, depth: inclusion.depth + 1 })];
  });
}

/** `hasconfig:` is not known here: it would need the settings of the project first. */
function holds(condition: string, path: string, { user, surrounding }: Inclusion): boolean {
  if (surrounding === undefined) return false;
  const colon = condition.indexOf(':');
  const kind = condition.slice(0, colon);
  const wanted = condition.slice(colon + 1);
  if (kind === 'onbranch') {
    const pattern = wanted.endsWith('/') ? `${wanted}**` : wanted;
    return surrounding.branch !== undefined && matches(pattern, surrounding.branch, false);
  }
  if (kind !== 'gitdir' && kind !== 'gitdir/i') return false;
  let pattern = expandPath(wanted, realPath(user.home)) ?? wanted;
  if (pattern.startsWith('./')) pattern = dirname(realPath(path)) + pattern.slice(1);
  if (!isAbsolute(pattern)) pattern = `**/${pattern}`;
  if (wanted.endsWith('/')) pattern = pattern.endsWith('/') ? `${pattern}**` : `${pattern}/**`;
  return matches(pattern, surrounding.gitDirectory, kind === 'gitdir/i');
}

/** The directory of the repository is a real path, so what it is compared with has to be one too. */
function realPath(path: string): string {
  try {
    return realpathSync.native(path);
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return path;
    throw error;
  }
}

function matches(pattern: string, text: string, ignoreCase: boolean): boolean {
  const matcher = compileWildmatch(rawPath(pattern), ignoreCase);
  const raw = rawPath(text);
  return matcher?.(ignoreCase ? foldCase(raw) : raw) === true;
}
