// What stands at a path below a root at this moment, without following a link on the way there. The content is read and hashed:
// only that tells whether the store has these bytes.

import { lstatSync, readlinkSync, type Stats } from 'node:fs';
import { isSystemError } from '../errors.ts';
import { hashObject } from '../git/object-id.ts';
import { directoryOf, joinRaw, pathBytes, type RawPath } from '../git/raw-path.ts';
import { codeOfStat, DIRECTORY, LINK, modeOfCode } from './entry-code.ts';
import { isPlainWay } from './plain-way.ts';
import { accessFault, isUntouched, type ReadLimits, readSteadily } from './steady-read.ts';
import type { EntryState } from './tree-diff.ts';

/** 'unknown': something that cannot be read or is no file, link or directory, or a file that is being written. */
export type DiskState = 'absent' | 'directory' | 'unknown' | EntryState;

export interface Observation {
  readonly state: DiskState;
  readonly stat?: Stats;
  /** The file or link above the path because of which it is absent. */
  readonly insteadOf?: RawPath;
}

/** Looks at the path; reads its content, and leaves it open where `hold` takes that over. `root` is absolute. */
export function observe(root: RawPath, path: RawPath, hold?: ReadLimits['hold']): Observation {
  const seen = lookAt(root, path);
  const { stat } = seen;
  if (stat === undefined) return seen;
  const code = codeOfStat(stat);
  if (code === undefined) return { state: 'unknown', stat };
  if (code === DIRECTORY) return { state: 'directory', stat };
  const onDisk = pathBytes(joinRaw(root, path));
  const content = code === LINK ? readTarget(onDisk) : readContent(onDisk, stat, hold);
  const mode = modeOfCode(code);
  if (content === undefined || mode === undefined) return { state: 'unknown', stat };
  return { state: { mode, id: hashObject('blob', content) }, stat };
}

/** Looks at the path without reading what is there: 'unknown' stands for anything but a directory. */
export function lookAt(root: RawPath, path: RawPath): Observation {
  if (!isDeepAndPlain(root, path)) {
    for (let slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', slash + 1)) {
      const above = path.slice(0, slash) as RawPath;
      const stat = lstatOf(root, above);
      if (typeof stat === 'string') return { state: stat };
      if (!stat.isDirectory()) return { state: 'absent', insteadOf: above };
    }
  }
  const stat = lstatOf(root, path);
  if (typeof stat === 'string') return { state: stat };
  return { state: stat.isDirectory() ? 'directory' : 'unknown', stat };
}

/** Below this many directories, looking at each costs no more. */
const DEEP = 8;

function isDeepAndPlain(root: RawPath, path: RawPath): boolean {
  let depth = 0;
  for (let at = path.indexOf('/'); at >= 0 && depth < DEEP; at = path.indexOf('/', at + 1)) {
    depth += 1;
  }
  return depth === DEEP && isPlainWay(joinRaw(root, directoryOf(path)));
}

export function isSameState(a: DiskState, b: DiskState): boolean {
  if (typeof a === 'string' || typeof b === 'string') return a === b && a !== 'unknown';
  return a.mode === b.mode && a.id === b.id;
}

/** What may not be looked at is there, for all that is known. */
function lstatOf(root: RawPath, path: RawPath): Stats | 'absent' | 'unknown' {
  try {
    return lstatSync(pathBytes(joinRaw(root, path)), { throwIfNoEntry: false }) ?? 'absent';
  } catch (error) {
    const fault = accessFault(error);
    if (fault === 'path-too-long') throw error;
    return fault === 'gone' ? 'absent' : 'unknown';
  }
}

function readTarget(onDisk: string | Buffer): Buffer | undefined {
  try {
    return readlinkSync(onDisk, 'buffer');
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'EINVAL')) return undefined;
    throw error;
  }
}

function readContent(
  onDisk: string | Buffer,
  stat: Stats,
  hold: ReadLimits['hold'],
): Buffer | undefined {
  const limits = { bytesMax: Number.POSITIVE_INFINITY, ...(hold && { hold }) };
  const outcome = readSteadily(onDisk, stat, limits);
  if (outcome.kind !== 'read' || !outcome.isSteady) return undefined;
  return isUntouched(stat, outcome.stat) ? outcome.content : undefined;
}
