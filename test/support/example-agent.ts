// The agent of docs/examples as people run it: a process of its own, in a project of a sealed user, talking to a model of ours.

import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { type SealedUser, WITHOUT_COVERAGE } from './run-gsess.ts';

export const EXAMPLE = fileURLToPath(new URL('../../../docs/examples/agent.mjs', import.meta.url));

export interface RunningAgent {
  /** Resolves when it has printed this text, from here on. */
  printed(text: string): Promise<void>;
  tell(line: string): void;
  kill(): void;
  /** What it said on both streams, once it has ended. */
  readonly ended: Promise<string>;
}

export function startExample(
  user: SealedUser,
  {
    model,
    args,
    project = user.project,
  }: {
    readonly model: string;
    readonly args: readonly string[];
    readonly project?: string;
  },
): RunningAgent {
  const child = spawn(process.execPath, [EXAMPLE, ...args], {
    cwd: project,
    env: { ...user.environment, ...WITHOUT_COVERAGE, MODEL_URL: model },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A killed process does not read its input to the end.
  child.stdin.on('error', () => child.kill('SIGKILL'));
  let said = '';
  let heard = 0;
  const waiting = new Set<() => void>();
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
      for (const check of waiting) check();
    });
  }
  const ended = new Promise<string>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', () => resolve(said));
  });
  const printed = (text: string) =>
    new Promise<void>((resolve, reject) => {
      const check = () => {
        const at = said.indexOf(text, heard);
        if (at < 0) return;
        heard = at + text.length;
        waiting.delete(check);
        resolve();
      };
      waiting.add(check);
      check();
      ended.then(() => reject(new Error(`it ended without saying '${text}': ${said}`)), reject);
    });
  return {
    printed,
    tell: (line) => child.stdin.write(`${line}\n`),
    kill: () => child.kill('SIGKILL'),
    ended,
  };
}
