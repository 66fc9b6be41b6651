// Recognises a project by the identity of its directory (device and inode) where its path has no store: it was moved or renamed, and
// the path that the store knows is gone; or that path is still there and this is another name of it, as a bind mount gives it. A copy
// has another identity and is a project of its own.

import { basename, dirname, join } from 'node:path';
import { GsessError } from '../errors.ts';
import { directoryNames } from '../git/directory-names.ts';
import { openRepository } from '../git/repository.ts';
import type { Project } from './project.ts';
import { bindRoot, identityOf } from './root-index.ts';
import type { Surroundings } from './surroundings.ts';

/** Finds the store that the project has under another path and binds it to this one; undefined if there is none. */
export function adoptMovedProject(
  project: Project,
  surroundings: Surroundings,
): Project | undefined {
  const { dataDirectory } = surroundings;
  const projects = join(dataDirectory, 'projects');
  const candidates = identities(project, surroundings.home);
  for (const name of directoryNames(projects)) {
    const storeDirectory = join(projects, name);
    const known = name.endsWith('.git') ? identityIn(storeDirectory, surroundings) : undefined;
    if (known === undefined) continue;
    const at = candidates.get(known.identity);
    if (at === undefined) continue;
    const present = identityOf(known.path);
    // Something else stands there by now, so which of the two went on as the project cannot be told.
    if (present !== undefined && present !== known.identity) continue;
    const path = present === undefined ? at : known.path;
    bindRoot(dataDirectory, { at, root: path, store: basename(storeDirectory) });
    if (present === undefined) {
      surroundings.onWarning?.(
        `this project was at '${known.path}'; its sessions are bound to '${at}' from now on`,
      );
    }
    const isWhole = project.root === project.path;
    return { ...project, path, root: isWhole ? path : project.root, storeDirectory };
  }
  return undefined;
}

/** Of the project's directory; where no repository says which that is, of those above it too. */
function identities({ path, git }: Project, home: string): Map<string, string> {
  const found = new Map<string, string>();
  for (let at = path; at !== home && at !== dirname(at); at = dirname(at)) {
    const identity = identityOf(at);
    if (identity !== undefined) found.set(identity, at);
    if (git !== undefined) break;
  }
  return found;
}

function identityIn(
  storeDirectory: string,
  surroundings: Surroundings,
): { readonly identity: string; readonly path: string } | undefined {
  try {
    const { config } = openRepository(storeDirectory, surroundings);
    const path = config['gsess.project'];
    const identity = config['gsess.identity'];
    return path === undefined || identity === undefined ? undefined : { identity, path };
  } catch (error) {
    // A store that cannot be opened is told of where it is asked for, not here.
    if (error instanceof GsessError) return undefined;
    throw error;
  }
}
