// Git's lock on one ref: the file `<ref>.lock`, made only if it does not exist, holding the new value, renamed over the ref to
// publish it. Stock git honours ours and we honour its. But git's lock does not say who made it, so one left by a killed process
// would stand for ever. Ours is therefore first written whole to `gsess/ref-locks/`, and only then linked to its place: whoever
// next holds the store-wide lock finds it there, and removes the `.lock` that is the very same file.
//
// Everything here needs the store-wide lock of `ref-store.ts`. A lock made by stock git is never touched.

import { linkSync, lstatSync, renameSync, rmdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { directoryNames } from './directory-names.ts';
import { makeStoreDirectory, syncDirectory, syncIfThere, writeSynced } from './durable-file.ts';
import { removeFile } from './remove-file.ts';

/** Stock git removes directories of refs that became empty, at any moment. */
const DIRECTORY_TRIES_MAX = 5;

export class RefLocks {
  readonly #gitDirectory: string;
  readonly #directory: string;

  constructor(gitDirectory: string) {
    this.#gitDirectory = gitDirectory;
    this.#directory = join(gitDirectory, 'gsess', 'ref-locks');
  }

  /** Undoes what a killed process left: its locks, and the files they were prepared in. */
  removeLeftovers(): void {
    for (const file of directoryNames(this.#directory)) {
      const prepared = join(this.#directory, file);
      const lockPath = `${join(this.#gitDirectory, decodeName(file))}.lock`;
      if (isSameFile(prepared, lockPath)) {
        removeFile(lockPath);
        syncIfThere(dirname(lockPath));
      }
      removeFile(prepared);
    }
  }

  /** Prepares a lock with this new value for the ref (or `HEAD`, or `packed-refs`); `sync` must follow before it is taken. */
  prepare(name: string, content: string): RefLock {
    makeStoreDirectory(this.#directory);
    const prepared = join(this.#directory, encodeName(name));
    writeSynced(prepared, content);
    return new RefLock(name, prepared, join(this.#gitDirectory, name));
  }

  /** Makes sure that no `.lock` can outlive a power cut without the prepared file by which it is recognised. */
  sync(): void {
    syncDirectory(this.#directory);
  }
}

/** One ref's lock, from prepared to published or released. */
export class RefLock {
  readonly name: string;
  /** The ref's own file. */
  readonly path: string;
  readonly #prepared: string;
  #taken = false;

  constructor(name: string, prepared: string, path: string) {
    this.name = name;
    this.path = path;
    this.#prepared = prepared;
  }

  get lockPath(): string {
    return `${this.path}.lock`;
  }

  /** Takes the lock, or returns false while someone else has it. */
  take(): boolean {
    for (let tries = 1; ; tries += 1) {
      try {
        linkSync(this.#prepared, this.lockPath);
        this.#taken = true;
        return true;
      } catch (error) {
        if (isSystemError(error, 'EEXIST')) return false;
        if (isSystemError(error, 'ENOTDIR')) throw directoryConflict(this.name, error);
        if (!isSystemError(error, 'ENOENT') || tries === DIRECTORY_TRIES_MAX) throw error;
      }
      this.#makeParent();
    }
  }

  #makeParent(): void {
    try {
      makeStoreDirectory(dirname(this.path));
    } catch (error) {
      if (!isSystemError(error, 'EEXIST', 'ENOTDIR')) throw error;
      throw directoryConflict(this.name, error);
    }
  }

  /** Makes the prepared value the ref's value. Durable once the directory is synced. */
  publish(): void {
    if (!removeEmptyDirectories(this.path)) throw directoryConflict(this.name);
    renameSync(this.lockPath, this.path);
    this.#taken = false;
  }

  /** Removes the ref's own file and the lock, durably; an empty directory of that name is none. */
  remove(): void {
    const stat = lstatSync(this.path, { throwIfNoEntry: false });
    if (stat !== undefined && !stat.isDirectory()) removeFile(this.path);
    this.release();
    syncDirectory(dirname(this.path));
  }

  /** Replaces the file by another content, durably. The lock stays. */
  replace(content: Uint8Array): void {
    const next = `${this.#prepared}.new`;
    writeSynced(next, content);
    renameSync(next, this.path);
    syncDirectory(dirname(this.path));
  }

  /** Gives the lock back without a change; false when it was published or released before. */
  release(): boolean {
    const wasTaken = this.#taken;
    if (wasTaken) removeFile(this.lockPath);
    this.#taken = false;
    return wasTaken;
  }

  /** Removes the prepared file. Not before a sync has made sure that the `.lock` is gone, or a power cut could bring it back unknown. */
  forget(): void {
    removeFile(this.#prepared);
  }
}

/** Gives back what is still held, and removes the files the locks were prepared in. */
export function releaseAll(locks: readonly RefLock[]): void {
  const unsynced = new Set(locks.flatMap((lock) => (lock.release() ? dirname(lock.path) : [])));
  for (const directory of unsynced) syncIfThere(directory);
  for (const lock of locks) lock.forget();
}

/** The error for a ref whose name is a directory for another, or the other way round. */
export function directoryConflict(name: string, cause?: unknown): GsessError {
  return new GsessError(
    'name-invalid',
    `cannot make the ref "${name}": another ref's name lies above or below it`,
    { hint: 'Choose another name, or delete the other ref first.', data: { name }, cause },
  );
}

/** Removes the directories above a deleted ref's file that hold nothing any more; `refs/` and those right below it stay. */
export function removeEmptyParents(gitDirectory: string, name: string): void {
  const components = name.split('/').slice(0, -1);
  for (let depth = components.length; depth > 2; depth -= 1) {
    if (!removeIfEmpty(join(gitDirectory, ...components.slice(0, depth)))) return;
  }
}

/** Clears the way for a file where only empty directories are left. Returns false if something is in them. */
function removeEmptyDirectories(path: string): boolean {
  if (!lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) return true;
  for (const name of directoryNames(path)) {
    const child = join(path, name);
    if (!lstatSync(child, { throwIfNoEntry: false })?.isDirectory()) return false;
    if (!removeEmptyDirectories(child)) return false;
  }
  return removeIfEmpty(path);
}

function removeIfEmpty(path: string): boolean {
  try {
    rmdirSync(path);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return true;
    if (isSystemError(error, 'ENOTEMPTY', 'EEXIST')) return false;
    throw error;
  }
}

function isSameFile(one: string, other: string): boolean {
  const first = lstatSync(one, { bigint: true, throwIfNoEntry: false });
  const second = lstatSync(other, { bigint: true, throwIfNoEntry: false });
  return first !== undefined && first.ino === second?.ino && first.dev === second.dev;
}

function encodeName(name: string): string {
  return name.replaceAll('%', '%25').replaceAll('/', '%2F');
}

function decodeName(file: string): string {
  return file.replaceAll('%2F', '/').replaceAll('%25', '%');
}
