// Runs a program in the foreground of the user's terminal: the pager, git, an agent. While it runs the keyboard is its own, so an
// interrupt is left to it; gsess waits and takes over its exit status.

import { type ChildProcess, spawn } from 'node:child_process';
import process from 'node:process';

export interface ForegroundOptions {
  readonly cwd?: string;
  /** The whole environment of the program. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** What it writes is for its user's eyes alone, whatever the umask. */
  readonly isPrivate?: boolean;
  /** Given to it on its standard input, in place of ours. */
  readonly input?: string;
  /** Called once it runs. */
  readonly onStart?: (pid: number) => void;
  /** Signals sent to us alone are handed on to it, as far as the terminal does not send it them itself. */
  readonly handsOnSignals?: boolean;
}

const PRIVATE_UMASK = 0o077;
const SIGNALS = ['SIGINT', 'SIGQUIT'] as const;
const HANDED_ON = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
const SIGNAL_STATUS: Readonly<Record<string, number>> = {
  SIGHUP: 129,
  SIGINT: 130,
  SIGQUIT: 131,
  SIGKILL: 137,
  SIGTERM: 143,
};

/** Resolves to the exit status of the program, 128 and more if a signal ended it; rejects if it cannot be started. */
export async function runForeground(
  program: string,
  args: readonly string[],
  options: ForegroundOptions,
): Promise<number> {
  const { cwd, environment, input, isPrivate = false } = options;
  const giveBack = leaveSignalsToChild();
  let child: ChildProcess | undefined;
  // Before it starts: a signal that comes meanwhile would end us and leave it alone.
  const stopHanding = options.handsOnSignals
    ? handOnSignals((signal) => void child?.kill(signal))
    : undefined;
  try {
    return await new Promise<number>((resolve, reject) => {
      const umask = isPrivate ? process.umask(PRIVATE_UMASK) : undefined;
      const started = spawn(program, args, {
        ...(cwd === undefined ? {} : { cwd }),
        env: environment,
        stdio: [input === undefined ? 'inherit' : 'pipe', 'inherit', 'inherit'],
      });
      if (umask !== undefined) process.umask(umask);
      child = started;
      started.once('error', reject);
      if (started.pid !== undefined) options.onStart?.(started.pid);
      started.once('close', (code, signal) => resolve(code ?? SIGNAL_STATUS[signal ?? ''] ?? 128));
      // A pager that is left early stops reading; that is no failure.
      started.stdin?.on('error', () => started.stdin?.destroy());
      started.stdin?.end(input);
    });
  } finally {
    stopHanding?.();
    giveBack();
  }
}

/** Who is on a terminal gets its interrupts from it, being in the foreground as we are. */
function handOnSignals(handOn: (signal: NodeJS.Signals) => void): () => void {
  const signals = process.stdin.isTTY === true ? HANDED_ON : [...HANDED_ON, ...SIGNALS];
  for (const signal of signals) process.on(signal, handOn);
  return () => {
    for (const signal of signals) process.removeListener(signal, handOn);
  };
}

function leaveSignalsToChild(): () => void {
  const wait = () => undefined;
  const before = SIGNALS.map((signal) => ({ signal, listeners: process.listeners(signal) }));
  for (const signal of SIGNALS) {
    process.removeAllListeners(signal);
    process.on(signal, wait);
  }
  return () => {
    for (const { signal, listeners } of before) {
      process.removeListener(signal, wait);
      for (const listener of listeners) process.on(signal, listener);
    }
  };
}
