// Why a store must not be used as it lies there: somebody else could change it, or what looks like a part of it is a link, through
// which writing would go elsewhere. Only looks.

import { existsSync, lstatSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { OTHERS_MAY_WRITE } from './wide-modes.ts';

const ANYBODY_MAY_WRITE = 0o002;
/** In such a directory only its owner renames or removes an entry. */
const STICKY = 0o1000;

const DIRECTORIES = [
  'objects',
  'objects/info',
  'objects/pack',
  'refs',
  'refs/heads',
  'refs/tags',
  'refs/gsess',
  'refs/gsess/base',
  'refs/gsess/journal',
  'refs/gsess/ops',
  'refs/gsess/trash',
  'gsess',
  'gsess/cache',
  'gsess/live',
  'gsess/locks',
  'gsess/locks/refs',
  'gsess/ref-locks',
];
const FILES = ['HEAD', 'config', 'packed-refs'];

/** What is wrong with a directory that is there; undefined if nothing is. Without ids of users only links are looked for. */
export function storeDirectoryFault(
  directory: string,
  userId: number | undefined,
): string | undefined {
  const stat = lstatSync(directory);
  if (stat.isSymbolicLink()) return 'it is a symbolic link';
  if (userId !== undefined) {
    if (stat.uid !== userId) return 'it belongs to another user';
    if ((stat.mode & OTHERS_MAY_WRITE) !== 0) return 'others may write to it';
  }
  return surroundingFault(dirname(directory), userId) ?? linkedPart(directory);
}

/**
 * Whoever may rename what the store lies in could put another one into its place. The directory need not exist yet. A link above
 * is its owner's wish, as of those who keep parts of their home elsewhere; where it leads is looked at in the same way.
 */
export function surroundingFault(
  directory: string,
  userId: number | undefined,
): string | undefined {
  if (userId === undefined) return undefined;
  // Whoever owns '/' can change everything; in a container that may be nobody known.
  const trusted = new Set([userId, 0, lstatSync('/').uid]);
  for (const path of pathsAbove(directory)) {
    const stat = lstatSync(path, { throwIfNoEntry: false });
    if (stat === undefined) continue;
    if (!trusted.has(stat.uid)) return `'${path}' above it belongs to another user`;
    if (stat.isSymbolicLink()) continue;
    const isOpen = (stat.mode & ANYBODY_MAY_WRITE) !== 0 && (stat.mode & STICKY) === 0;
    if (isOpen) return `anybody may write to '${path}' above it`;
  }
  return undefined;
}

/** The directory and all above it, by its own path and by its real one. */
function pathsAbove(directory: string): Set<string> {
  const paths = new Set<string>();
  const climb = (from: string): void => {
    for (let path = from; !paths.has(path); path = dirname(path)) paths.add(path);
  };
  climb(directory);
  if (existsSync(directory)) climb(realpathSync.native(directory));
  return paths;
}

function linkedPart(directory: string): string | undefined {
  const isLink = (part: string) =>
    lstatSync(join(directory, part), { throwIfNoEntry: false })?.isSymbolicLink() === true;
  const part = [...DIRECTORIES, ...FILES].find(isLink);
  return part && `'${part}' in it is a symbolic link`;
}
