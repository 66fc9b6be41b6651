// Finds the git repository around a directory, and what is checked out there, by plain reads: the git program is never run in a
// project, and nothing of it is written. What looks odd (a `.git` file that leads nowhere, refs in a format of later years)
// gives less of an answer, not an error.

import { lstatSync, type Stats, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { GsessError } from '../errors.ts';
import { readPlainFile } from './plain-file.ts';

export interface GitLocation {
  /** Belongs to this work tree alone: holds its HEAD and index. */
  readonly gitDirectory: string;
  /** Shared by all work trees of the repository: holds objects, refs, config and `info/exclude`. */
  readonly commonDirectory: string;
  /** The top of the work tree; undefined inside a bare repository. */
  readonly workTree: string | undefined;
}

export interface CurrentBranch {
  /** Without `refs/heads/`; absent if HEAD is detached. */
  readonly branch?: string;
  /** The id of the commit; absent on a branch without one. */
  readonly head?: string;
}

const POINTER_BYTES_MAX = 64 * 1024;
const PACKED_REFS_BYTES_MAX = 256 * 1024 * 1024;
const SYMBOLIC_REFS_MAX = 5;
const COMMIT_ID = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/** Walks up from a directory to the repository it is in; stops, as git does, where another file system begins. */
export function gitLocation(directory: string): GitLocation | undefined {
  const start = statusOf(directory);
  if (start?.isDirectory() === false) return undefined;
  const device = start?.dev;
  for (let path = resolve(directory); ; path = dirname(path)) {
    if (statusOf(path)?.dev !== device) return undefined;
    const dotGit = join(path, '.git');
    const status = lstatSync(dotGit, { throwIfNoEntry: false });
    if (status?.isFile()) {
      // git goes no further up than a `.git` file, be it sound or not.
      return locationAt(gitDirectoryNamedIn(dotGit), path);
    }
    const location = status === undefined ? undefined : locationAt(dotGit, path);
    if (location !== undefined) return location;
    const bare = locationAt(path, undefined);
    if (bare !== undefined) return bare;
    if (dirname(path) === path) return undefined;
  }
}

/** Tells the branch and the commit that a work tree is at, as far as files say so. */
export function currentBranch(location: GitLocation): CurrentBranch {
  const { gitDirectory, commonDirectory } = location;
  const head = readPointer(join(gitDirectory, 'HEAD'));
  const target = head === undefined ? undefined : symbolicTarget(head);
  if (target === undefined) return head !== undefined && COMMIT_ID.test(head) ? { head } : {};
  // The reftable format leaves a HEAD of this name behind, for readers that do not know better.
  if (target === 'refs/heads/.invalid') return {};
  const id = commitAt(commonDirectory, target);
  const branch = target.startsWith('refs/heads/') ? target.slice('refs/heads/'.length) : undefined;
  return { ...(branch !== undefined && { branch }), ...(id !== undefined && { head: id }) };
}

function locationAt(
  gitDirectory: string | undefined,
  workTree: string | undefined,
): GitLocation | undefined {
  if (gitDirectory === undefined) return undefined;
  const head = readPointer(join(gitDirectory, 'HEAD'));
  if (head === undefined) return undefined;
  if (symbolicTarget(head) === undefined && !COMMIT_ID.test(head)) return undefined;
  const named = readPointer(join(gitDirectory, 'commondir'));
  const commonDirectory = named === undefined ? gitDirectory : resolve(gitDirectory, named);
  for (const needed of ['objects', 'refs']) {
    if (statusOf(join(commonDirectory, needed))?.isDirectory() !== true) return undefined;
  }
  return { gitDirectory, commonDirectory, workTree };
}

function gitDirectoryNamedIn(dotGit: string): string | undefined {
  const content = readPointer(dotGit);
  return content?.startsWith('gitdir: ')
    ? resolve(dirname(dotGit), content.slice('gitdir: '.length))
    : undefined;
}

function symbolicTarget(content: string): string | undefined {
  const target = /^ref:\s*(refs\/.+)$/.exec(content)?.[1];
  return target?.split('/').includes('..') ? undefined : target;
}

function commitAt(commonDirectory: string, ref: string): string | undefined {
  let name = ref;
  for (let followed = 0; followed < SYMBOLIC_REFS_MAX; followed += 1) {
    const content = readPointer(join(commonDirectory, name));
    if (content === undefined) return packedCommit(commonDirectory, name);
    if (COMMIT_ID.test(content)) return content;
    const target = symbolicTarget(content);
    if (target === undefined) return undefined;
    name = target;
  }
  return undefined;
}

function packedCommit(commonDirectory: string, name: string): string | undefined {
  const packed = readText(join(commonDirectory, 'packed-refs'), PACKED_REFS_BYTES_MAX);
  const at = packed === undefined ? -1 : `${packed}\n`.indexOf(` ${name}\n`);
  if (packed === undefined || at === -1) return undefined;
  const id = packed.slice(packed.lastIndexOf('\n', at) + 1, at);
  return COMMIT_ID.test(id) ? id : undefined;
}

/** The one line of a small file that points somewhere. */
function readPointer(path: string): string | undefined {
  return readText(path, POINTER_BYTES_MAX)?.replace(/[\r\n]+$/, '');
}

/** A repository that may not be read is none to us: this is asked of every directory up to the topmost. */
function readText(path: string, bytesMax: number): string | undefined {
  try {
    return readPlainFile(path, { bytesMax, followLinks: true })?.toString();
  } catch (error) {
    if (error instanceof GsessError && error.code === 'io-failed') return undefined;
    throw error;
  }
}

function statusOf(path: string): Stats | undefined {
  return statSync(path, { throwIfNoEntry: false });
}
