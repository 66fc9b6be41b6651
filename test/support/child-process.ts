// Runs a compiled module of the tests as a process of its own, for whatever can only be seen between processes: locks, lost
// updates, sudden death.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export interface ChildOutcome {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Child {
  readonly pid: number;
  /** Ends the process at once, without a chance to tidy up. */
  kill(): void;
  /** Resolves when the process has printed this text. */
  printed(text: string): Promise<void>;
  /** Writes to its standard input. */
  tell(text: string): void;
  readonly outcome: Promise<ChildOutcome>;
}

/** Starts `node module args…`; `module` is the URL of a compiled file; in our own environment unless told. */
export function startChild(
  module: URL,
  args: readonly string[],
  environment?: Readonly<Record<string, string>>,
): Child {
  const child = spawn(process.execPath, [fileURLToPath(module), ...args], {
    ...(environment === undefined ? {} : { env: environment }),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A process that was killed does not read any more.
  child.stdin.on('error', () => child.kill('SIGKILL'));
  let stdout = '';
  let stderr = '';
  const waiting = new Set<() => void>();
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    for (const check of waiting) check();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const outcome = new Promise<ChildOutcome>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal, stdout, stderr }));
  });
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        if (stdout.includes(text)) resolve();
      };
      waiting.add(check);
      check();
      outcome.then(() => reject(new Error(`ended without printing "${text}": ${stderr}`)), reject);
    });
  return {
    pid: child.pid ?? 0,
    kill: () => child.kill('SIGKILL'),
    tell: (text) => child.stdin.write(text),
    printed,
    outcome,
  };
}

/** Starts one process for each list of arguments, waits for all, and throws the first complaint. */
export async function runChildren(
  module: URL,
  argumentLists: readonly (readonly string[])[],
): Promise<ChildOutcome[]> {
  const outcomes = await Promise.all(argumentLists.map((args) => startChild(module, args).outcome));
  for (const { code, signal, stderr } of outcomes) {
    if (code !== 0) throw new Error(`child ended with ${code ?? signal}: ${stderr}`);
  }
  return outcomes;
}
