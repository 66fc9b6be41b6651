// Times a whole process, from before it is started until it has ended.

import { spawnSync } from 'node:child_process';

export interface TimedProcess {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Milliseconds; throws unless it exits 0. What it prints is read and thrown away. */
export function timeProcess({ command, args, cwd, env, input = '' }: TimedProcess): number {
  const since = performance.now();
  const { status, error, stderr } = spawnSync(command, args, { cwd, env, input });
  const took = performance.now() - since;
  if (error !== undefined) throw error;
  if (status !== 0) throw new Error(`${command} ${args.join(' ')} exited ${status}: ${stderr}`);
  return took;
}

/** Node doing nothing: what every program in it costs at least. */
export function timeBareNode(place: Pick<TimedProcess, 'cwd' | 'env'>): number {
  return timeProcess({ command: process.execPath, args: ['-e', '0'], ...place });
}
