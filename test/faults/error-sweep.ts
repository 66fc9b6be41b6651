// A verb to which the system refuses a call, at every one of its calls, once or from then on: no space, a disk that fails, no right, too
// many open files. It runs in this process, which must be under fault control, so that a hundred attempts cost no hundred starts. What
// it left is then judged as a crash is; what it said must be true.

import { readdirSync, readlinkSync, statSync, utimesSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../../src/errors.ts';
import {
  type CallName,
  CHANGING_CALLS,
  OPENING_CALLS,
  READING_CALLS,
} from '../support/fault-calls.ts';
import type { ErrnoName, FaultControl } from '../support/fault-shim.ts';
import type { SessionDriver } from '../support/session-driver.ts';
import { filesAtTip } from './invariants.ts';
import type { Start } from './rehearse.ts';
import { startAttempt } from './scene.ts';
import { newReport, type SweepReport, spread } from './sweep-report.ts';
import type { VerbScene } from './verb-scene.ts';

interface ErrorMode {
  readonly errno: ErrnoName;
  readonly persistent: boolean;
  readonly calls: readonly CallName[];
}

const SPACE_CALLS: readonly CallName[] = [
  ...(['open', 'write', 'rename', 'link', 'symlink', 'mkdir', 'fsync'] as const),
];
const RIGHT_CALLS: readonly CallName[] = [
  ...(['open', 'rename', 'link', 'symlink', 'unlink', 'rmdir', 'mkdir', 'chmod'] as const),
];

const ERROR_MODES: Readonly<Record<string, ErrorMode>> = {
  'no space, once': { errno: 'ENOSPC', persistent: false, calls: SPACE_CALLS },
  'no space from then on': { errno: 'ENOSPC', persistent: true, calls: SPACE_CALLS },
  'a disk error, once': { errno: 'EIO', persistent: false, calls: CHANGING_CALLS },
  'disk errors from then on': { errno: 'EIO', persistent: true, calls: CHANGING_CALLS },
  'a read error, once': { errno: 'EIO', persistent: false, calls: READING_CALLS },
  'no right, once': { errno: 'EACCES', persistent: false, calls: RIGHT_CALLS },
  'no right from then on': { errno: 'EACCES', persistent: true, calls: RIGHT_CALLS },
  'too many open files, once': { errno: 'EMFILE', persistent: false, calls: OPENING_CALLS },
  'too many open files from then on': { errno: 'EMFILE', persistent: true, calls: OPENING_CALLS },
};

/** What is attempted again and again, and from which state. */
export interface Attempts {
  readonly title: string;
  readonly start: Start;
  run(driver: SessionDriver): Promise<unknown>;
}

/** Refuses calls to the attempts, in each mode so many of them, and judges what that leaves. */
export async function sweepErrors(
  scene: VerbScene,
  control: FaultControl,
  attempts: Attempts,
  each = Number.POSITIVE_INFINITY,
): Promise<SweepReport> {
  const report = newReport();
  const modes = Object.entries(ERROR_MODES);
  for (const [index, [name, mode]] of modes.entries()) {
    const total = await callsOf(scene, control, attempts, mode);
    const numbers = Array.from({ length: total }, (_, number) => number + 1);
    // Where not every call is refused in every mode, other calls are in each.
    for (const at of spread(numbers, each, index / modes.length)) {
      const title = `${attempts.title}${name} at ${at}`;
      const found = await attempt(scene, control, attempts, { ...mode, at });
      report.violations.push(...found.map((text) => `${scene.name}, ${title}: ${text}`));
      await scene.judge({ title, image: scene.disk.take() }, report);
    }
  }
  return report;
}

/**
 * The attempt from its state, as a process of its own would begin it: this one remembers pack indexes by their times, and a call that one
 * attempt makes and another does not could not be refused by its number.
 */
async function begin(
  { disk }: VerbScene,
  { from, attempt }: Start,
  warnings: string[] = [],
): Promise<SessionDriver> {
  disk.put(from);
  for (const path of readdirSync(disk.directory, { recursive: true, encoding: 'utf8' })) {
    if (!path.endsWith('.idx')) continue;
    const place = join(disk.directory, path);
    const { atime, mtime } = statSync(place);
    utimesSync(place, atime, mtime);
  }
  return await startAttempt(disk.directory, attempt, warnings);
}

async function callsOf(
  scene: VerbScene,
  control: FaultControl,
  { start, run }: Attempts,
  { calls }: ErrorMode,
): Promise<number> {
  const driver = await begin(scene, start);
  control.count(calls);
  await run(driver);
  const { seen } = control;
  control.count([]);
  return seen;
}

/** Returns what was wrong with the answer. */
async function attempt(
  scene: VerbScene,
  control: FaultControl,
  { start, run }: Attempts,
  fault: ErrorMode & { readonly at: number },
): Promise<string[]> {
  const warnings: string[] = [];
  const driver = await begin(scene, start, warnings);
  const descriptors = openDescriptors();
  control.order({ action: 'fail', ...fault });
  let answer: unknown = 'done';
  try {
    await run(driver);
  } catch (error) {
    answer = error;
  }
  const { fired } = control;
  control.count([]);
  const left = openDescriptors() - descriptors;
  // It did what it could and said what it could not; now that the disk is well again, the user asks once more.
  const isPartial = warnings.some((text) => text.includes('could not be read'));
  if (isPartial && !scene.verb.isDone(driver)) await run(driver);
  return [
    ...(fired > 0 ? [] : ['the call was not made']),
    ...(answer === 'done' ? falsehoods(scene, driver) : []),
    ...(answer === 'done' || isSaid(answer) ? [] : [`unclear: ${String(answer)}`]),
    ...(left > 0 ? [`${left} descriptors left open`] : []),
  ];
}

/** What is not as it was said to be, where the verb said that it was done. */
function falsehoods({ verb, name, expected }: VerbScene, driver: SessionDriver): string[] {
  if (!verb.isDone(driver)) return ['said to be done, and is not'];
  if (name !== 'save' && name !== 'begin') return [];
  const tree = filesAtTip(driver);
  return tree === undefined || tree === expected.tree ? [] : ['said to hold all files'];
}

/** An error of ours, or one of the system with its code; anything else is a mistake in the program. */
function isSaid(error: unknown): boolean {
  return error instanceof Error && typeof (error as NodeJS.ErrnoException).code === 'string';
}

/** Packs are not counted: an open store keeps those it has read from. */
function openDescriptors(): number {
  const places = readdirSync('/proc/self/fd').map((name) => {
    try {
      return readlinkSync(`/proc/self/fd/${name}`);
    } catch (error) {
      // That of this very listing.
      if (isSystemError(error, 'ENOENT')) return 'x.pack';
      throw error;
    }
  });
  return places.filter((place) => !/\.pack( \(deleted\))?$/.test(place)).length;
}
