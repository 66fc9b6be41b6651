// Reads one file as it was at one moment. A file that is written to while it is read is read again a few times; after that the
// last bytes are taken and said to be unsteady. Never waits on a pipe, never follows a link, never reads past the limit.

import { closeSync, constants, fstatSync, openSync, readSync, type Stats } from 'node:fs';
import { GsessError, isExhaustion, isSystemError } from '../errors.ts';
import type { SkipReason } from './skipped.ts';

/** 'replaced': it is no longer a regular file, look again. */
export type ReadOutcome =
  | {
      readonly kind: 'read';
      readonly content: Buffer;
      readonly stat: Stats;
      readonly isSteady: boolean;
    }
  | { readonly kind: 'too-large'; readonly stat: Stats }
  | { readonly kind: 'gone' }
  | { readonly kind: 'replaced' }
  | { readonly kind: 'refused'; readonly reason: SkipReason };

const READ_ATTEMPTS_MAX = 4;

/** Missing where there is no such thing as a link or a pipe. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

export interface ReadLimits {
  readonly bytesMax: number;
  /** Called after each part of the file; throws to end the reading. */
  readonly onPart?: () => void;
  /** Where the content may be put if it fits: it then stands there until the next reading. */
  readonly scratch?: Buffer;
  /** Takes over each descriptor that was read through; without it they are closed. */
  readonly hold?: (descriptor: number) => void;
}

/** So much of a file is read at once. */
const PART_BYTES = 4 * 1024 * 1024;

/** Reads the file that was seen with this stat. */
export function readSteadily(path: string | Buffer, seen: Stats, limits: ReadLimits): ReadOutcome {
  let expected = seen;
  for (let attempt = 1; ; attempt += 1) {
    const outcome = readOnce(path, expected, limits);
    if (outcome.kind !== 'read' || outcome.isSteady || attempt === READ_ATTEMPTS_MAX)
      return outcome;
    expected = outcome.stat;
  }
}

function readOnce(path: string | Buffer, expected: Stats, limits: ReadLimits): ReadOutcome {
  let descriptor: number | undefined;
  try {
    descriptor = openSync(path, OPEN_FLAGS);
    const content = readUpTo(descriptor, expected.size, limits);
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) return { kind: 'replaced' };
    if (stat.size > limits.bytesMax) return { kind: 'too-large', stat };
    const isSteady = content.length === expected.size && isUntouched(expected, stat);
    return { kind: 'read', content, stat, isSteady };
  } catch (error) {
    if (isSystemError(error, 'ELOOP', 'ENXIO', 'EISDIR')) return { kind: 'replaced' };
    const reason = accessFault(error);
    return reason === 'gone' ? { kind: 'gone' } : { kind: 'refused', reason };
  } finally {
    if (descriptor !== undefined) (limits.hold ?? closeSync)(descriptor);
  }
}

/** Reads the bytes the file should have; fewer if it ends before. */
function readUpTo(descriptor: number, size: number, { onPart, scratch }: ReadLimits): Buffer {
  const isRoomy = scratch !== undefined && size <= scratch.length;
  const content = isRoomy ? scratch.subarray(0, size) : Buffer.allocUnsafe(size);
  let length = 0;
  while (length < size) {
    const wanted = Math.min(size - length, PART_BYTES);
    const read = readSync(descriptor, content, length, wanted, null);
    if (read === 0) return content.subarray(0, length);
    length += read;
    if (length < size) onPart?.();
  }
  return content;
}

/** Tells whether the same file shows no sign of having been written to. */
export function isUntouched(before: Stats, after: Stats): boolean {
  return (
    before.ino === after.ino &&
    before.dev === after.dev &&
    before.mode === after.mode &&
    before.size === after.size &&
    before.mtimeMs === after.mtimeMs &&
    before.ctimeMs === after.ctimeMs
  );
}

/**
 * What an error says about the one entry it came from. Running out of descriptors or memory says nothing about the entry, and to
 * list each file as unreadable would be untrue, so that is thrown.
 */
export function accessFault(error: unknown): SkipReason | 'gone' {
  if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return 'gone';
  if (isSystemError(error, 'ENAMETOOLONG')) return 'path-too-long';
  if (isExhaustion(error)) {
    throw new GsessError(
      'snapshot-failed',
      'Cannot read the files: the system has run out of means',
      {
        hint: 'Close programs that hold many files open, then try again.',
        cause: error,
      },
    );
  }
  if (!(error instanceof Error && 'syscall' in error)) throw error;
  return 'unreadable';
}
