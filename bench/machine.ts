// What the figures were measured on, and whether it was quiet.

import { spawnSync } from 'node:child_process';
import { availableParallelism, cpus, totalmem } from 'node:os';

const BUSY_SHARE_MAX = 0.15;
const LOOK_MS = 100;
/** Git packs a hundred thousand files it committed for a minute or two. */
const QUIET_WAIT_MS = 180_000;

export interface Machine {
  readonly node: string;
  readonly git: string;
  readonly processor: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly platform: string;
}

export function machine(): Machine {
  const git = spawnSync('git', ['--version'], { encoding: 'utf8' });
  if (git.status !== 0) throw new Error('The figures need git on the PATH');
  return {
    node: process.version,
    git: git.stdout.trim().replace('git version ', ''),
    processor: cpus()[0]?.model ?? 'unknown',
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
  };
}

export function machineText(): string {
  const { node, git, processor, cores, memoryGb, platform } = machine();
  return `Node ${node}, git ${git}, ${cores} × ${processor}, ${memoryGb} GB, ${platform}`;
}

/** Waits until the processors have little else to do; false if they kept being busy. */
export async function waitUntilQuiet(): Promise<boolean> {
  const until = performance.now() + QUIET_WAIT_MS;
  do {
    const before = processorTimes();
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    const after = processorTimes();
    const busy = (after.busy - before.busy) / (after.all - before.all || 1);
    if (busy <= BUSY_SHARE_MAX) return true;
  } while (performance.now() < until);
  return false;
}

function processorTimes(): { readonly busy: number; readonly all: number } {
  let [busy, all] = [0, 0];
  for (const { times } of cpus()) {
    const used = times.user + times.nice + times.sys + times.irq;
    busy += used;
    all += used + times.idle;
  }
  return { busy, all };
}
