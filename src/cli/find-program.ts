// Finds a program of the user's by name, as a shell would, but never relative to a directory that somebody else chose.

import { accessSync, constants, statSync } from 'node:fs';
import { delimiter, isAbsolute, join, sep } from 'node:path';
import { isSystemError } from '../errors.ts';

/** The absolute path of the program; entries of the search path that are relative, or inside `project`, are passed over. */
export function findProgram(
  name: string,
  searchPath: string | undefined,
  project: string,
): string | undefined {
  return (searchPath ?? '')
    .split(delimiter)
    .filter((directory) => isAbsolute(directory) && !isInside(directory, project))
    .map((directory) => join(directory, name))
    .find(isExecutable);
}

function isInside(directory: string, project: string): boolean {
  return (
    directory === project || directory.startsWith(project.endsWith(sep) ? project : project + sep)
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'EPERM', 'ELOOP', 'ENAMETOOLONG')) {
      return false;
    }
    throw error;
  }
}
