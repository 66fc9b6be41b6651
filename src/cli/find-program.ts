// Finds a program of the user's by name, as a shell would, but never relative to a directory that somebody else chose, nor in the
// project: what a project ships is not run because it is called `git` or `less`.

import { accessSync, constants, realpathSync, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import { isSystemError } from '../errors.ts';

/** The absolute path of the program; entries of the search path that are relative, or inside the project, are passed over. */
export function findProgram(
  name: string,
  searchPath: string | undefined,
  project: string | readonly string[],
): string | undefined {
  return directoriesOf(searchPath, project)
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

/** The search path without those entries, for a program that starts others. */
export function safeSearchPath(
  searchPath: string | undefined,
  project: string | readonly string[],
): string {
  return directoriesOf(searchPath, project).join(delimiter);
}

/** Which of these are a project's alone: the home directory, and what holds it, is where the user's own programs are. */
export function withoutHome(directories: readonly string[], home: string): string[] {
  return directories.filter((directory) => !isInside(home, directory));
}

function directoriesOf(
  searchPath: string | undefined,
  project: string | readonly string[],
): string[] {
  const projects = typeof project === 'string' ? [project] : project;
  const isOutside = (directory: string) =>
    projects.every((shut) => !isInside(directory, shut) && !isInside(realPathOf(directory), shut));
  return (searchPath ?? '')
    .split(delimiter)
    .filter((directory) => isAbsolute(directory) && isOutside(directory));
}

function isInside(directory: string, project: string): boolean {
  return (
    directory === project || directory.startsWith(project.endsWith(sep) ? project : project + sep)
  );
}

function realPathOf(directory: string): string {
  try {
    return realpathSync(directory);
  } catch (error) {
    if (isSystemError(error, ...UNREACHABLE)) return directory;
    throw error;
  }
}

const UNREACHABLE = ['ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG'];

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (isSystemError(error, ...UNREACHABLE)) {
      return false;
    }
    throw error;
  }
}
