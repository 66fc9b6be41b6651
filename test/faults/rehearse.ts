// One run of an attempt in a child that stops before each call that changes something, and halfway through each write. What is on disk
// then is what a kill there would leave.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHANGING_CALLS, type LoggedCall } from '../support/fault-calls.ts';
import { type Fault, FaultControl } from '../support/fault-shim.ts';
import type { DiskImage } from './disk-image.ts';
import type { VerbScene } from './verb-scene.ts';

export interface Stop {
  readonly title: string;
  readonly image: DiskImage;
}

export interface Rehearsal {
  /** In their order; the last is at the end. */
  readonly stops: readonly Stop[];
  /** Those that succeeded. */
  readonly calls: readonly LoggedCall[];
}

export interface Start {
  readonly from: DiskImage;
  /** 1 is the verb, later ones are what the user does after a crash. */
  readonly attempt: number;
}

const CHILD = fileURLToPath(new URL('./attempt-child.js', import.meta.url));
/** Nothing that a crash leaves tells whether these were made. */
const WITHOUT_TRACE = new Set(['fsync', 'utimes']);
const STOPS: Fault = {
  action: 'stop',
  at: 1,
  persistent: true,
  halfway: true,
  calls: CHANGING_CALLS.filter((call) => !WITHOUT_TRACE.has(call)),
};

/** Looks at every `stride`th stop, and at the end. */
export async function rehearse(
  { disk, name }: VerbScene,
  { from, attempt }: Start,
  stride = 1,
): Promise<Rehearsal> {
  const { directory } = disk;
  disk.put(from);
  const log = 'calls and data';
  const control = FaultControl.create(join(directory, '..'), { roots: [directory], log });
  if (control === undefined) throw new Error('faults cannot be made here');
  control.order(STOPS);
  const child = spawn(process.execPath, [CHILD, directory, name, String(attempt)], {
    env: { PATH: process.env['PATH'] ?? '', ...control.environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'close');
  const stops: Stop[] = [];
  let last = 0;
  for (let number = 1; control.stopsSync(child.pid ?? 0); number += 1) {
    const { seen } = control;
    const title = seen === last ? `torn in call ${seen}` : `killed before call ${seen}`;
    if (number % stride === 0) stops.push({ title, image: disk.take() });
    last = seen;
    control.go();
  }
  const [code] = await ended;
  if (code !== 0) throw new Error(`attempt ${attempt} at ${name} ended with ${code}`);
  const calls = control.log().filter(({ result }) => result >= 0);
  control.close();
  return { stops: [...stops, { title: 'at its end', image: disk.take() }], calls };
}
