// Starts the built gsess beside the test, for whatever is seen only while it runs: it may be stopped at a call by the orders of a
// `FaultControl`, killed, or met by another.

import { spawn } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import {
  GSESS_PROGRAM,
  type GsessOutcome,
  type SealedUser,
  WITHOUT_COVERAGE,
} from './run-gsess.ts';

export interface RunningGsess {
  readonly pid: number;
  /** Ends it at once, even while it stands still. */
  kill(): void;
  readonly outcome: Promise<GsessOutcome>;
  /** What it has said to its user so far, beside its results. */
  readonly said: () => string;
  /** Whether it is still running after this time. */
  isRunningAfter(ms: number): Promise<boolean>;
}

export interface StartOptions {
  readonly cwd?: string;
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export function startGsess(
  user: SealedUser,
  args: readonly string[],
  { cwd = user.project, input = '', environment = {} }: StartOptions = {},
): RunningGsess {
  const child = spawn(process.execPath, [GSESS_PROGRAM, ...args], {
    cwd,
    env: { ...user.environment, ...WITHOUT_COVERAGE, ...environment },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // One that is killed does not read its input to the end.
  child.stdin.on('error', () => child.kill('SIGKILL'));
  child.stdin.end(input);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece) => {
    stdout += String(piece);
  });
  child.stderr.on('data', (piece) => {
    stderr += String(piece);
  });
  const outcome = new Promise<GsessOutcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve({ status, stdout, stderr }));
  });
  return {
    pid: child.pid ?? 0,
    kill: () => child.kill('SIGKILL'),
    outcome,
    said: () => stderr,
    isRunningAfter: (ms) => Promise.race([pause(ms, true), outcome.then(() => false)]),
  };
}
