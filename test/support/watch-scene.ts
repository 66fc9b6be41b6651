// Watching, look by look, in this process: an agent that only writes its transcript, files that change, and a clock that is moved by
// hand.

import { agentEntry } from '../../src/agents/registry.ts';
import { Output } from '../../src/cli/output.ts';
import { SessionWatch, type WatchedCheckpoint } from '../../src/cli/session-watch.ts';
import type { Checkpoint } from '../../src/session/checkpoint.ts';
import { locateProject } from '../../src/session/project.ts';
import { transcriptOf } from '../../src/session/session-record.ts';
import type { Store } from '../../src/session/store.ts';
import { FakeStream } from './fake-stream.ts';
import { contextOf } from './run-command.ts';
import { assertStoreIsSound, type SessionDriver } from './session-driver.ts';

export class Clock {
  #now = Date.UTC(2025, 0, 2, 3, 4, 5);

  readonly now = (): number => this.#now;

  pass(ms: number): void {
    this.#now += ms;
  }
}

export class WatchScene {
  readonly made: WatchedCheckpoint[] = [];
  readonly #driver: Pick<SessionDriver, 'project' | 'surroundings'>;
  readonly #clock: Clock;
  readonly #agent: string;
  readonly #stderr = new FakeStream();
  #watch: SessionWatch | undefined;

  constructor(
    driver: Pick<SessionDriver, 'project' | 'surroundings'>,
    clock: Clock,
    agent = 'claude',
  ) {
    this.#driver = driver;
    this.#clock = clock;
    this.#agent = agent;
  }

  /** What was said to the user beside the checkpoints. */
  get said(): string {
    return this.#stderr.written;
  }

  /** A watcher that is started now; one that was at work is forgotten, as if it had been killed. */
  async start(): Promise<void> {
    const { project: cwd, surroundings } = this.#driver;
    const output = new Output({
      stdout: new FakeStream(),
      stderr: this.#stderr,
      json: false,
      colour: false,
    });
    const context = contextOf({ project: cwd, surroundings }, output, { session: undefined });
    const project = locateProject(cwd, surroundings);
    const agents = [await agentEntry(this.#agent).load()];
    const tell = async (made: WatchedCheckpoint) => void this.made.push(made);
    this.#watch = new SessionWatch(context, {
      project,
      agents,
      tell,
      warn: (text) => output.warn(text),
    });
    await this.look(0);
  }

  /** Time passes, and it looks; what it captured, as `kind: subject`. */
  async look(ms = 1000): Promise<string[]> {
    this.#clock.pass(ms);
    const before = this.made.length;
    await this.#watch?.look({ lists: true });
    return this.made.slice(before).map(({ checkpoint }) => tell(checkpoint));
  }

  async finish(): Promise<string[]> {
    const before = this.made.length;
    await this.#watch?.finish();
    return this.made.slice(before).map(({ checkpoint }) => tell(checkpoint));
  }
}

export function tell({ kind, subject }: Checkpoint): string {
  return `${kind}: ${subject}`;
}

/** How much of a transcript the newest checkpoint of the session holds. */
export function keptBytes(driver: SessionDriver, store: Store = driver.store): number {
  const [tip] = driver.log();
  if (tip === undefined) return 0;
  assertStoreIsSound(store);
  return transcriptOf(store.record(tip), driver.nativeId)?.bytes ?? 0;
}
