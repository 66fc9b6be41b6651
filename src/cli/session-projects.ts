// Which project a session of an agent belongs to, by the directory that its transcript tells. Only looks.

import { existsSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { locateProject, type Project, storeDirectoryOf } from '../session/project.ts';
import type { Context } from './context.ts';

/** What was begun below a directory without a repository is that directory's, as soon as it has a store. */
export function isOfProject(here: Project, { storeDirectory, root, git }: Project): boolean {
  if (storeDirectory === here.storeDirectory) return true;
  return git === undefined && root.startsWith(`${here.root}/`);
}

/** Finds projects by directories, each once. One that is gone is a project by its path. */
export function projectFinder({
  surroundings,
}: Context): (cwd: string | undefined) => Project | undefined {
  const known = new Map<string, Project>();
  return (cwd) => {
    if (cwd === undefined || !isAbsolute(cwd) || resolve(cwd) !== cwd) return undefined;
    const project =
      known.get(cwd) ??
      (existsSync(cwd) ? locateProject(cwd, surroundings) : goneProject(cwd, surroundings));
    known.set(cwd, project);
    return project;
  };
}

function goneProject(path: string, { dataDirectory }: { readonly dataDirectory: string }): Project {
  const storeDirectory = storeDirectoryOf(path, dataDirectory);
  return { path, root: path, git: undefined, storeDirectory };
}
