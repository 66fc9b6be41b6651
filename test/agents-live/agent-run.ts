// One run of a real agent: a process in a group of its own, watched until it ends or is killed with all it started.

import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { type Reply, resolvePaths, scriptedPrompt } from './model-script.ts';

/** How a run ended. */
export interface Turn {
  readonly sessionId: string;
  /** The final text. */
  readonly said: string;
  /** Undefined where it was killed. */
  readonly status: number | undefined;
  readonly stderr: string;
}

export interface Ended {
  readonly stdout: string;
  readonly stderr: string;
  /** Null where it was killed. */
  readonly status: number | null;
}

export interface RunningAgent {
  readonly pid: number;
  readonly done: Promise<Turn>;
  /** Kills it with no chance to write anything. A command it runs may live on, in a process group of its own. */
  kill(): Promise<void>;
}

export interface AgentSetup {
  readonly program: string;
  readonly home: string;
  readonly project: string;
  readonly environment: Readonly<Record<string, string>>;
}

export function spawnAgent(
  program: string,
  args: readonly string[],
  { cwd, environment }: { readonly cwd: string; readonly environment: AgentSetup['environment'] },
): ChildProcessWithoutNullStreams {
  return spawn(program, args, {
    cwd,
    env: { ...environment, PWD: cwd },
    stdio: ['pipe', 'pipe', 'pipe'],
    // A group of its own, so that its hooks are killed with it.
    detached: true,
  });
}

export function running(
  child: ChildProcessWithoutNullStreams,
  msMax: number,
  turnOf: (ended: Ended) => Turn,
): RunningAgent {
  const { pid } = child;
  if (pid === undefined) throw new Error('the agent could not be started');
  const output = { stdout: '', stderr: '' };
  child.stdout.on('data', (piece) => {
    output.stdout += String(piece);
  });
  child.stderr.on('data', (piece) => {
    output.stderr += String(piece);
  });
  const done = new Promise<Turn>((resolveTurn, reject) => {
    const late = setTimeout(() => {
      killGroup(pid);
      reject(new Error(`the agent did not end within ${msMax / 1000} s: ${output.stderr}`));
    }, msMax);
    child.once('error', reject);
    child.once('close', (status) => {
      clearTimeout(late);
      resolveTurn(turnOf({ ...output, status }));
    });
  });
  const kill = async () => {
    killGroup(pid);
    await done;
  };
  return { pid, done, kill };
}

/** Kills the processes of a group, all at once. */
export function killGroup(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

/** What is typed: a script for the model with its paths made absolute, or a plain prompt. */
export function promptOf(
  script: string | readonly Reply[],
  { text, cwd }: { readonly text: string | undefined; readonly cwd: string },
): string {
  if (typeof script === 'string') return script;
  return scriptedPrompt(
    text ?? 'Please do this.',
    resolvePaths(script, (path) => resolve(cwd, path)),
  );
}
