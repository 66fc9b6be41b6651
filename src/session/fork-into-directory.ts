// A fork with files of its own: the files of the checkpoint are written into a new directory, which becomes the fork's root. The fork
// exists only once they are there; a crash before leaves a directory with some files in it and no session, of which a note tells. No git
// worktree is made.

import { existsSync, mkdirSync, readdirSync, realpathSync, rmdirSync } from 'node:fs';
import { basename } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { applyRestore } from '../worktree/restore.ts';
import { checkRoot } from '../worktree/root.ts';
import type { Checkpoint } from './checkpoint.ts';
import { planFiles, refuseImpossible } from './file-plan.ts';
import { noteFork } from './fork-note.ts';
import { type Fork, type ForkRequest, forkSession } from './fork-session.ts';
import { parseName } from './name.ts';
import { checkNameIsFree } from './rename-session.ts';
import { bindRoot } from './root-index.ts';
import { snapshotFiles } from './root-snapshot.ts';
import { filesOf } from './session-change.ts';
import type { Store } from './store.ts';

export interface ForkWithFiles extends Fork {
  readonly root: string;
  readonly files: number;
}

/** Makes the directory, its files and the fork; throws `guard` for a directory that is not empty or lies in the root. */
export async function forkIntoDirectory(
  store: Store,
  request: Omit<ForkRequest, 'root'> & { readonly directory: string },
): Promise<ForkWithFiles> {
  const { checkpoint, directory } = request;
  if (request.name !== undefined) checkNameIsFree(store, parseName(request.name, 'session'));
  if (checkpoint.files === 'none') {
    throw new GsessError('guard', `Checkpoint '${checkpoint.id}' holds no files`, {
      hint: `Fork without '--worktree': it has the conversation alone.`,
    });
  }
  const made = makeDirectory(directory);
  let endNote: (() => void) | undefined;
  try {
    const root = rootIn(store, directory, request.here);
    // Not before: what is in the way may be what a killed fork left, and has a note already.
    endNote = noteFork(store, root);
    const files = await store.withRoot(root, 'fork', () => writeFiles(store, checkpoint, root));
    const { dataDirectory } = store.surroundings;
    bindRoot(dataDirectory, { root, store: basename(store.repository.directory) });
    const fork = await forkSession(store, { ...request, root });
    return { ...fork, root, files };
  } catch (error) {
    if (made !== undefined) removeIfEmpty(directory);
    throw error;
  } finally {
    endNote?.();
  }
}

/** The first directory that had to be made, if any. */
function makeDirectory(directory: string): string | undefined {
  try {
    return mkdirSync(directory, { recursive: true });
  } catch (cause) {
    if (!isSystemError(cause, 'EEXIST', 'ENOTDIR')) throw cause;
    throw new GsessError('guard', `Not a directory: '${directory}'`, { cause });
  }
}

function rootIn(store: Store, directory: string, here: string): string {
  const root = checkRoot(directory, { ...store.surroundings, store: store.repository.directory });
  const realHere = existsSync(here) ? realpathSync(here) : here;
  if (root === realHere || root.startsWith(`${realHere}/`)) {
    throw new GsessError('guard', `'${root}' is inside '${realHere}', whose files are captured`, {
      hint: 'Take a directory outside of it.',
    });
  }
  if (readdirSync(root).length > 0) {
    throw new GsessError('guard', `'${root}' is not empty`, {
      hint: 'Take a directory that does not exist yet.',
    });
  }
  return root;
}

/** From nothing to the files of the checkpoint; returns how many there are. */
async function writeFiles(store: Store, checkpoint: Checkpoint, root: string): Promise<number> {
  const batch = store.batch();
  const present = snapshotFiles(store, root, { batch });
  const target = filesOf(store, checkpoint);
  const plan = planFiles(store, batch, { root, present, target, checkpoint });
  const contents = refuseImpossible(batch, root, plan);
  batch.discard();
  await applyRestore({ root, objects: store.objects, plan, contents });
  return plan.create.length;
}

function removeIfEmpty(directory: string): void {
  try {
    rmdirSync(directory);
  } catch (error) {
    if (!isSystemError(error, 'ENOTEMPTY', 'ENOENT', 'EEXIST')) throw error;
  }
}
