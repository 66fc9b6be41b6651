// A `gsess watch` that runs beside an agent without hooks, and what it has told so far.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { gsessProgram, type World, waitFor } from './world.ts';

export class Watching {
  readonly #child: ChildProcess;
  #printed = '';

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.stdout?.on('data', (piece) => {
      this.#printed += String(piece);
    });
  }

  /** Comes back once it watches. */
  static async start({ project, environment }: World, agent: string): Promise<Watching> {
    const child = spawn(process.execPath, [gsessProgram, 'watch', agent, '--json'], {
      cwd: project,
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const watching = new Watching(child);
    let said = '';
    child.stderr.on('data', (piece) => {
      said += String(piece);
    });
    await waitFor('gsess to watch', () => said.includes('Watching ') || child.exitCode !== null);
    if (child.exitCode !== null) throw new Error(`gsess watch ended: ${said}`);
    return watching;
  }

  /** How many checkpoints of a kind it made. */
  count(kind: string): number {
    const lines = this.#printed.split('\n').slice(0, -1);
    return lines.filter((line) => (JSON.parse(line) as { kind: string }).kind === kind).length;
  }

  /** Interrupts it, and gives its exit status once it has captured what waited. */
  async end(): Promise<number | null> {
    const ended = once(this.#child, 'exit');
    this.#child.kill('SIGINT');
    await ended;
    return this.#child.exitCode;
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }
}
