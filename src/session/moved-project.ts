// Recognises a project whose directory was moved or renamed: it has no store under its new path, and a store knows it by the identity
// of the directory (device and inode) under a path where it is no longer. A copy has another identity and is a project of its own.

import { existsSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GsessError } from '../errors.ts';
import { directoryNames } from '../git/directory-names.ts';
import { openRepository } from '../git/repository.ts';
import type { Project } from './project.ts';
import { bindRoot } from './root-index.ts';
import type { Surroundings } from './surroundings.ts';

/** What tells one directory from another that comes to stand at the same path. */
export function directoryIdentity(path: string): string {
  const { dev, ino } = statSync(path);
  return `${dev}:${ino}`;
}

/** Finds the store that the project had under its old path and binds it to the new one; undefined if there is none. */
export function adoptMovedProject(
  project: Project,
  surroundings: Surroundings,
): Project | undefined {
  const { dataDirectory } = surroundings;
  const projects = join(dataDirectory, 'projects');
  const identity = directoryIdentity(project.path);
  for (const name of directoryNames(projects)) {
    const storeDirectory = join(projects, name);
    if (!name.endsWith('.git') || !wasThere(storeDirectory, { identity, surroundings })) continue;
    bindRoot(dataDirectory, { root: project.path, store: basename(storeDirectory) });
    return { ...project, storeDirectory };
  }
  return undefined;
}

function wasThere(
  storeDirectory: string,
  { identity, surroundings }: { readonly identity: string; readonly surroundings: Surroundings },
): boolean {
  try {
    const { config } = openRepository(storeDirectory, surroundings);
    const path = config['gsess.project'];
    return config['gsess.identity'] === identity && path !== undefined && !existsSync(path);
  } catch (error) {
    // A store that cannot be opened is told of where it is asked for, not here.
    if (error instanceof GsessError) return false;
    throw error;
  }
}
