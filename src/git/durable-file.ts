// Writes files so that "written" means "still there after the power went". A file is prepared under a temporary name in its own
// directory, synced, given its name in one step, and the directory is synced; whoever reads sees the old file or the new one,
// never a part. A crash leaves at most a temporary file, which `sweepTemporary` removes once it is old. Modes are set
// explicitly, so the umask neither opens a file nor locks us out of it.
//
// Must not be used inside `refs/`, where git takes every file for a ref. Needs hard links for `createDurably`.

import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  fchmodSync,
  fsync,
  fsyncSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { GsessError, isSystemError } from '../errors.ts';
import { directoryNames } from './directory-names.ts';

export interface DurableOptions {
  /** Permission bits of the new file, whatever the umask; 0600 unless told. */
  readonly mode?: number;
}

const syncLater = promisify(fsync);

/** Ours, and those git's own writers leave in `objects/`. */
const TEMPORARY_NAME = /^tmp(-|_(obj|pack|idx|rev|bitmap)_)\w+$/;

/** A new name in this directory that `sweepTemporary` recognises, and not one of git's own (`tmp_…`), which `git prune` removes at once. */
export function temporaryPath(directory: string, prefix = 'tmp-'): string {
  return join(directory, `${prefix}${randomBytes(8).toString('hex')}`);
}

/** Makes the directory and its missing parents with mode 0700, each entered durably in its parent. Existing ones are left as they are. */
export function makePrivateDirectory(path: string): void {
  try {
    mkdirSync(path, 0o700);
  } catch (error) {
    if (isSystemError(error, 'EEXIST') && statSync(path).isDirectory()) return;
    if (!isSystemError(error, 'ENOENT') || dirname(path) === path) throw error;
    makePrivateDirectory(dirname(path));
    makePrivateDirectory(path);
    return;
  }
  chmodSync(path, 0o700);
  syncDirectory(dirname(path));
}

/** The same for a directory of the store's own, which is never a link: what is written into it would go elsewhere. */
export function makeStoreDirectory(path: string): void {
  // It is there nearly always, and trying to make it would cost an error.
  if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
  makePrivateDirectory(path);
  if (!lstatSync(path).isSymbolicLink()) return;
  throw new GsessError('store-unsafe', `'${path}' is a symbolic link`, {
    hint: 'Find out who put it there, then remove it: gsess makes the directory anew.',
    data: { path },
  });
}

/** Makes the names in a directory durable. File systems that cannot sync a directory are taken to keep names without it. */
export function syncDirectory(path: string | Buffer): void {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, 'r');
    fsyncSync(descriptor);
  } catch (error) {
    if (!isSystemError(error, 'EINVAL', 'EISDIR', 'EPERM', 'ENOTSUP')) throw error;
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** The same; many at once cost little more than one. */
export async function syncDirectoryLater(path: string | Buffer): Promise<void> {
  const descriptor = openSync(path, 'r');
  try {
    await syncLater(descriptor);
  } catch (error) {
    if (!isSystemError(error, 'EINVAL', 'EISDIR', 'EPERM', 'ENOTSUP')) throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Syncs a directory that stock git may have tidied away since; what was in it, git had synced elsewhere or found empty. */
export function syncIfThere(directory: string): void {
  try {
    syncDirectory(directory);
  } catch (error) {
    if (!isSystemError(error, 'ENOENT')) throw error;
  }
}

/** Writes a new file at exactly this path and syncs its bytes, not its name. Passes EEXIST out; removes what it could not finish. */
export function writeSynced(path: string, bytes: Uint8Array | string, mode = 0o600): void {
  const descriptor = openSync(path, 'wx', mode);
  try {
    fchmodSync(descriptor, mode);
    writeFileSync(descriptor, bytes);
    fsyncSync(descriptor);
  } catch (error) {
    rmSync(path, { force: true });
    throw error;
  } finally {
    closeSync(descriptor);
  }
}

/** Replaces the file in one step, durably. */
export function writeDurably(
  path: string,
  bytes: Uint8Array | string,
  { mode = 0o600 }: DurableOptions = {},
): void {
  const temporary = temporaryPath(dirname(path));
  writeSynced(temporary, bytes, mode);
  try {
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncDirectory(dirname(path));
}

/** Creates the file whole and durable, or passes EEXIST out and leaves what is there. */
export function createDurably(
  path: string,
  bytes: Uint8Array | string,
  { mode = 0o600 }: DurableOptions = {},
): void {
  const temporary = temporaryPath(dirname(path));
  writeSynced(temporary, bytes, mode);
  try {
    linkSync(temporary, path);
  } finally {
    rmSync(temporary, { force: true });
  }
  syncDirectory(dirname(path));
}

/** Removes temporary files and directories directly in this one that are older than this, and returns how many. */
export function sweepTemporary(directory: string, olderThanMs: number, now: number): number {
  const old = oldTemporaries(directory, olderThanMs, now);
  for (const path of old) rmSync(path, { recursive: true, force: true });
  return old.length;
}

/** Those that `sweepTemporary` would remove. */
export function oldTemporaries(directory: string, olderThanMs: number, now: number): string[] {
  return directoryNames(directory).flatMap((name) => {
    if (!TEMPORARY_NAME.test(name)) return [];
    const path = join(directory, name);
    const stat = lstatSync(path, { throwIfNoEntry: false });
    return stat === undefined || now - stat.mtimeMs <= olderThanMs ? [] : [path];
  });
}
