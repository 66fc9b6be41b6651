// Kills the agent of docs/examples at a random moment of a turn, again and again, and takes its session up each time. What the model was
// asked with had been appended before, so all of it must be in the session afterwards; what was cut off must be answered, once; and the
// store must be sound. Every tenth round begins a project of its own, so that the making of a store is killed too.

import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStore } from '../../src/index.ts';
import { startExample } from '../support/example-agent.ts';
import { assertFsckClean } from '../support/git-oracle.ts';
import type { SealedUser } from '../support/run-gsess.ts';
import {
  type ModelMessage,
  type ScriptedModel,
  startScriptedModel,
  unansweredCall,
} from '../support/scripted-model.ts';
import { type Random, seededRandom } from '../support/seeded-random.ts';
import { storesOf } from '../support/user-store.ts';

export interface EmbeddingReport {
  rounds: number;
  /** Killed before the turn was over. */
  killed: number;
  /** Sessions that had calls without a result. */
  cutOff: number;
  readonly failures: string[];
}

const FRESH_PROJECT_EVERY = 10;
const TURN_MS_AT_FIRST = 400;

export class EmbeddingRounds {
  readonly report: EmbeddingReport = { rounds: 0, killed: 0, cutOff: 0, failures: [] };
  readonly #user: SealedUser;
  readonly #random: Random;
  readonly #model: ScriptedModel;
  #project = '';
  /** How long a turn takes here, followed as it goes. */
  #turnMs = TURN_MS_AT_FIRST;

  private constructor(user: SealedUser, random: Random, model: ScriptedModel) {
    this.#user = user;
    this.#random = random;
    this.#model = model;
  }

  static async with<T>(
    { user, seed }: { readonly user: SealedUser; readonly seed: number },
    use: (rounds: EmbeddingRounds) => Promise<T>,
  ): Promise<T> {
    const model = await startScriptedModel();
    try {
      return await use(new EmbeddingRounds(user, seededRandom(seed), model));
    } finally {
      await model.close();
    }
  }

  async play(): Promise<void> {
    if (this.report.rounds % FRESH_PROJECT_EVERY === 0) {
      this.#project = join(this.#user.project, `p${this.report.rounds}`);
      mkdirSync(this.#project);
    }
    this.report.rounds += 1;
    try {
      await this.#playOne(`write a b; c ${this.report.rounds}; d e f`);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      this.report.failures.push(`round ${this.report.rounds}: ${said}`);
    }
  }

  async #playOne(prompt: string): Promise<void> {
    const asked = this.#model.requests.length;
    const wasKilled = await this.#killInTurn(prompt);
    if (wasKilled) this.report.killed += 1;
    const refusal = this.#model.refusals[0];
    if (refusal !== undefined) throw new Error(`the model refused: ${refusal}`);
    const acknowledged = this.#model.requests.slice(asked).at(-1);
    const taken = await this.#takeUp();
    if (taken === null) {
      if (acknowledged !== undefined) throw new Error('the session is gone');
      return;
    }
    if (taken.orphans > 0) this.report.cutOff += 1;
    expectBeginning(taken.messages, acknowledged ?? []);
    const open = unansweredCall(taken.messages);
    if (open !== undefined) throw new Error(`after resuming, ${open}`);
    const unmarked = this.#writtenBy(prompt).filter((path) => !taken.before.includes(path));
    if (unmarked.length > 0) throw new Error(`no checkpoint before ${unmarked.join()} was written`);
    for (const store of storesOf(this.#user)) assertFsckClean(store);
  }

  /** Whether the kill came before the turn was over. */
  async #killInTurn(prompt: string): Promise<boolean> {
    const args = this.report.rounds % FRESH_PROJECT_EVERY === 1 ? [] : ['--continue'];
    const agent = startExample(this.#user, {
      model: this.#model.url,
      args,
      project: this.#project,
    });
    await agent.printed('> ');
    const startedAt = performance.now();
    agent.tell(prompt);
    const over = agent.printed(`done: ${prompt}`).then(
      () => 'over',
      () => 'killed',
    );
    const moment = this.#random.below(1000) / 1000;
    const timer = setTimeout(() => agent.kill(), moment * 1.1 * this.#turnMs);
    const end = await over;
    const isOver = end === 'over';
    this.#turnMs = isOver ? (this.#turnMs + performance.now() - startedAt) / 2 : this.#turnMs * 1.1;
    clearTimeout(timer);
    agent.kill();
    await agent.ended;
    return !isOver;
  }

  /** The files that the turn got as far as writing. */
  #writtenBy(prompt: string): string[] {
    return readdirSync(this.#project).filter((path) =>
      readFileSync(join(this.#project, path), 'utf8').endsWith(`of ${prompt}\n`),
    );
  }

  /** As the next process of the agent would, but for a word. */
  async #takeUp(): Promise<{
    readonly messages: readonly ModelMessage[];
    readonly orphans: number;
    /** The files that there are checkpoints before the writing of, since the last prompt. */
    readonly before: readonly string[];
  } | null> {
    const store = await openStore<ModelMessage>({
      directory: this.#project,
      agent: 'example',
      environment: this.#user.environment,
    });
    try {
      const taken = await store.resume('latest');
      if (taken === null) return null;
      const turn = taken.session.turns;
      const marks = (await store.checkpoints(taken.session.id)) ?? [];
      const before = marks
        .filter((mark) => mark.kind === 'tool' && mark.turn === turn)
        .map(({ subject }) => subject.replace('before write_file ', ''));
      return { messages: taken.messages, orphans: taken.orphans.length, before };
    } finally {
      await store.close();
    }
  }
}

/** Everything that was acknowledged stands at the beginning, as it was. */
function expectBeginning(
  messages: readonly ModelMessage[],
  acknowledged: readonly ModelMessage[],
): void {
  for (const [index, expected] of acknowledged.entries()) {
    const found = JSON.stringify(messages[index]);
    if (found !== JSON.stringify(expected)) {
      throw new Error(`message ${index} was ${JSON.stringify(expected)}, now it is ${found}`);
    }
  }
}
