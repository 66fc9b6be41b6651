// What a crash of a verb can leave, at every one of its calls, and what becomes of that. The verb runs once, in a child that stops before
// each call that changes something; what is on disk at that moment is what a kill there would leave, and is kept. A second run stops
// halfway through each write. States that no program could tell apart are looked at once.
//
// Each state is then put back, checked, repaired by what the user would do next, and checked again. The repair may crash too:
// it is swept in the same way, from each distinct state.

import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CHANGING_CALLS } from '../support/fault-calls.ts';
import { type Fault, FaultControl } from '../support/fault-shim.ts';
import { DiskImage } from './disk-image.ts';
import type { VerbScene } from './verb-scene.ts';

const CHILD = fileURLToPath(new URL('./attempt-child.js', import.meta.url));
/** Nothing that a crash leaves tells whether these were made. */
const WITHOUT_TRACE = new Set(['fsync', 'utimes']);
const TRACED_CALLS = CHANGING_CALLS.filter((call) => !WITHOUT_TRACE.has(call));

export interface SweepReport {
  /** Calls at which something went wrong. */
  faults: number;
  /** Distinct states that were looked at. */
  states: number;
  readonly violations: string[];
}

export interface CrashSweepOptions {
  /** How many of the states to look at: all unless told. */
  readonly each?: number;
  /** From how many of the states the repair is swept too; none unless told. */
  readonly repairs?: number;
}

interface CrashState {
  readonly title: string;
  readonly image: DiskImage;
}

/** Sweeps kills and torn writes over the verb, and over the repair of what they leave. */
export async function sweepCrashes(
  scene: VerbScene,
  { each = Number.POSITIVE_INFINITY, repairs = 0 }: CrashSweepOptions,
): Promise<SweepReport> {
  const report: SweepReport = { faults: 0, states: 0, violations: [] };
  const known = new Set<string>();
  const states = spread(crashStates(scene, { from: scene.scene, attempt: 1 }), each);
  const distinct: CrashState[] = [];
  for (const state of states) if (await look(scene, state, { known, report })) distinct.push(state);
  for (const state of spread(distinct, repairs)) {
    for (const { title, image } of crashStates(scene, { from: state.image, attempt: 2 })) {
      const both = { title: `${state.title}, then ${title}`, image };
      await look(scene, both, { known, report });
    }
  }
  return report;
}

/** Some of them, at equal distances. */
export function spread<T>(all: readonly T[], count: number): T[] {
  if (count >= all.length) return [...all];
  return Array.from(
    { length: count },
    (_, index) => all[Math.floor((index * all.length) / count)]!,
  );
}

async function look(
  scene: VerbScene,
  { title, image }: CrashState,
  { known, report }: { readonly known: Set<string>; readonly report: SweepReport },
): Promise<boolean> {
  report.faults += 1;
  const digest = image.digest();
  if (known.has(digest)) return false;
  known.add(digest);
  report.states += 1;
  image.putBack(scene.directory);
  const found = await scene.judge(3);
  report.violations.push(...found.map((text) => `${scene.name}, ${title}: ${text}`));
  return true;
}

function crashStates(
  scene: VerbScene,
  start: { readonly from: DiskImage; readonly attempt: number },
): CrashState[] {
  const killed: Fault = { action: 'stop', at: 1, persistent: true, calls: TRACED_CALLS };
  const torn: Fault = { action: 'stop', at: 1, persistent: true, halfway: true, calls: ['write'] };
  return [
    ...statesAt(scene, start, killed).map((image, index, all) => ({
      title: index === all.length - 1 ? 'at its end' : `killed before call ${index + 1}`,
      image,
    })),
    ...statesAt(scene, start, torn)
      .slice(0, -1)
      .map((image, index) => ({ title: `torn in write ${index + 1}`, image })),
  ];
}

/** The disk at each stop of one attempt, and at its end. */
function statesAt(
  { directory, name }: VerbScene,
  { from, attempt }: { readonly from: DiskImage; readonly attempt: number },
  fault: Fault,
): DiskImage[] {
  from.putBack(directory);
  const control = FaultControl.create(join(directory, '..'), { roots: [directory] });
  if (control === undefined) throw new Error('faults cannot be made here');
  control.order(fault);
  const child = spawn(process.execPath, [CHILD, directory, name, String(attempt)], {
    env: { PATH: process.env['PATH'] ?? '', ...control.environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const images: DiskImage[] = [];
  while (control.stopsSync(child.pid ?? 0)) {
    images.push(DiskImage.take(directory));
    control.go();
  }
  control.close();
  return [...images, DiskImage.take(directory)];
}
