// Reads a small file that decides something (an ignore file, a `HEAD`), without being led astray: only a plain file, never what
// a link leads to unless that is asked for, never a pipe or a device that would block, and no more than a stated size. That a
// file is not there is an answer; that it cannot be read is an error.

import { closeSync, constants, fstatSync, lstatSync, openSync, readFileSync } from 'node:fs';
import { GsessError, isSystemError } from '../errors.ts';
import { displayPath, type RawPath } from '../git/raw-path.ts';

export interface PlainFileLimits {
  readonly bytesMax: number;
  readonly followLinks?: boolean;
}

const ABSENT = [
  'ENOENT',
  'ENOTDIR',
  'ELOOP',
  'EMLINK',
  'ENXIO',
  'ENODEV',
  'EINVAL',
  'ENAMETOOLONG',
];

/** Reads the file; undefined if there is none there, or something that is not a plain file. */
export function readPlainFile(path: string | Buffer, limits: PlainFileLimits): Buffer | undefined {
  let descriptor: number;
  try {
    // There is none nearly always, and an error takes longer to come.
    if (lstatSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
    const follow = limits.followLinks === true ? 0 : constants.O_NOFOLLOW;
    descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | follow);
  } catch (error) {
    if (isSystemError(error, ...ABSENT)) return undefined;
    throw unreadable(path, error);
  }
  try {
    const status = fstatSync(descriptor);
    if (!status.isFile()) return undefined;
    if (status.size > limits.bytesMax) throw tooLarge(path, status.size, limits.bytesMax);
    return readFileSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function unreadable(path: string | Buffer, cause: unknown): GsessError {
  const name = readable(path);
  return new GsessError('io-failed', `Cannot read '${name}'`, { data: { path: name }, cause });
}

function tooLarge(path: string | Buffer, size: number, bytesMax: number): GsessError {
  const name = readable(path);
  return new GsessError('io-failed', `'${name}' has ${size} bytes, more than ${bytesMax}`, {
    data: { path: name, size, bytesMax },
  });
}

function readable(path: string | Buffer): string {
  return typeof path === 'string' ? path : displayPath(path.toString('latin1') as RawPath);
}
