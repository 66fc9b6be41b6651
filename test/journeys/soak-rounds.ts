// Rounds of random work, each ended by SIGKILL at a random moment, against a ledger: what was acknowledged must be reachable for ever.
// The work is done by `soak-child.ts`, by one or two of them at once; the next are started while the last round is judged.
//
// After each round git follows everything that is new to its last object, and what was reachable after the round before must be so
// still. Every few rounds, and at the end, `git fsck` reads the whole store, and the whole ledger is gone through.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { capture } from '../../src/session/capture.ts';
import { collectGarbage } from '../../src/session/collect-garbage.ts';
import { type Child, startChild } from '../support/child-process.ts';
import { assertFsckClean, git, gitOutcome, gitText } from '../support/git-oracle.ts';
import { type Random, seededRandom } from '../support/seeded-random.ts';
import { sealedSurroundings } from '../support/session-driver.ts';
import { leftoversIn, storesOf } from '../support/user-store.ts';

export interface SoakReport {
  rounds: number;
  acknowledged: number;
  readonly verbs: Map<string, number>;
  /** How often a verb refused, by verb and code. */
  readonly refusals: Map<string, number>;
  /** Rounds in which something was not as promised, and what. */
  readonly failures: string[];
}

const CHILD = new URL('./soak-child.js', import.meta.url);
const WORK_MS_MAX = 400;
/** Now and then longer, so that collecting garbage comes to its end too. */
const LONG_WORK_MS_MAX = 3_000;
const FSCK_EVERY = 25;
/** Refs whose last value nobody is promised: the operation under way, and a snapshot that the next replaces. */
const PASSING = ['refs/gsess/journal/', 'refs/gsess/base/'];

export class SoakRounds {
  readonly report: SoakReport = {
    rounds: 0,
    acknowledged: 0,
    verbs: new Map(),
    refusals: new Map(),
    failures: [],
  };
  readonly #directory: string;
  readonly #random: Random;
  readonly #ledger = new Map<string, string>();
  #tips: string[] = [];
  #next: Child[];

  constructor(directory: string, seed: number) {
    this.#directory = directory;
    this.#random = seededRandom(seed);
    for (const name of ['project', 'home', 'data', 'tmp']) {
      mkdirSync(join(directory, name), { recursive: true });
    }
    writeFileSync(join(directory, 'project', 'at-first.txt'), 'at first\n');
    this.#next = this.#start();
  }

  async play(rounds: number): Promise<void> {
    for (let round = 1; round <= rounds; round += 1) {
      this.report.rounds += 1;
      await this.#judged(() => this.#playOne());
    }
  }

  /** Ends the last children and looks at everything once more. */
  async finish(): Promise<void> {
    for (const child of this.#next) child.kill();
    await Promise.all(this.#next.map(({ outcome }) => outcome));
    await this.#judged(async () => {
      // What the last kill left is found by whoever comes next to the same work.
      const surroundings = sealedSurroundings(this.#directory, { now: () => Date.now() });
      const cwd = join(this.#directory, 'project');
      const nativeId = 'eeeeeeee-0000-4000-8000-000000000003';
      const event = { agent: 'claude', nativeId, cwd, kind: 'prompt', subject: 'end' } as const;
      const { store } = await capture(event, surroundings);
      await collectGarbage(store);
      this.#judgeAll(this.#store);
      const { locks } = leftoversIn(join(this.#directory, 'data'));
      if (locks.length > 0) throw new Error(`locks were left: ${locks.join(', ')}`);
    });
  }

  async #judged(play: () => Promise<void>): Promise<void> {
    try {
      await play();
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      this.report.failures.push(`round ${this.report.rounds}: ${said}`);
    }
  }

  get #store(): string {
    const [store = ''] = storesOf({ data: join(this.#directory, 'data') });
    return store;
  }

  #start(): Child[] {
    const count = this.#random.chance(0.3) ? 2 : 1;
    return Array.from({ length: count }, () =>
      startChild(CHILD, [this.#directory, String(this.#random.below(2 ** 31))]),
    );
  }

  async #playOne(): Promise<void> {
    const children = this.#next;
    await Promise.all(children.map((child) => child.printed('ready\n')));
    for (const child of children) child.tell('go\n');
    const collects = this.#random.chance(0.05) && this.#store !== '';
    await pause(this.#random.below(this.#random.chance(0.1) ? LONG_WORK_MS_MAX : WORK_MS_MAX));
    if (collects) gitOutcome(this.#store, ['gc', '--quiet', '--prune=now']);
    for (const child of children) child.kill();
    const outcomes = await Promise.all(children.map(({ outcome }) => outcome));
    this.#next = this.#start();
    const fresh = outcomes.flatMap(({ stdout }) => this.#take(stdout));
    if (this.#store !== '') this.#judge(this.#store, fresh);
  }

  /** Enters what was acknowledged into the ledger and returns the ids; a line that the kill cut short was not. */
  #take(stdout: string): string[] {
    const { report } = this;
    return stdout
      .split('\n')
      .slice(1, -1)
      .flatMap((line) => {
        const [what, verb = '', ...ids] = line.split(' ');
        if (what === 'refused') countUp(report.refusals, `${verb} ${ids[0]}`);
        if (what === 'failed') throw new Error(line);
        if (what !== 'ack') return [];
        report.acknowledged += 1;
        countUp(report.verbs, verb);
        for (const id of ids) this.#ledger.set(id, `${verb} in round ${report.rounds}`);
        return ids;
      });
  }

  #judge(store: string, fresh: readonly string[]): void {
    if (this.report.rounds % FSCK_EVERY === 0) {
      this.#judgeAll(store);
      return;
    }
    const tips = tipsOf(store);
    const input = [...tips, ...this.#tips.map((tip) => `^${tip}`), ''].join('\n');
    const found = gitText(store, ['rev-list', '--objects', '--stdin'], { input });
    const added = new Set(found.split('\n').map((line) => line.slice(0, 40)));
    const known = new Set([...added, ...tips, ...this.#tips]);
    this.#wantAll(fresh.filter((id) => !known.has(id) && !isReachable(store, id, tips)));
    wantNoneMissing(store, [...added]);
    const lost = [...this.#tips, ...tips.map((tip) => `^${tip}`), ''].join('\n');
    const gone = gitText(store, ['rev-list', '--objects', '--stdin'], { input: lost });
    if (gone !== '') throw new Error(`no longer reachable: ${gone.split('\n')[0]}`);
    this.#tips = tips;
  }

  #judgeAll(store: string): void {
    assertFsckClean(store);
    const tips = tipsOf(store);
    const input = [...tips, ''].join('\n');
    const all = new Set(
      gitText(store, ['rev-list', '--objects', '--stdin'], { input })
        .split('\n')
        .map((line) => line.slice(0, 40)),
    );
    this.#wantAll([...this.#ledger.keys()].filter((id) => !all.has(id)));
    this.#tips = tips;
  }

  #wantAll(missing: readonly string[]): void {
    const [id] = missing;
    if (id === undefined) return;
    throw new Error(
      `${missing.length} acknowledged are not reachable: ${id} (${this.#ledger.get(id)})`,
    );
  }
}

function countUp(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

function tipsOf(store: string): string[] {
  const refs = gitText(store, ['for-each-ref', '--format=%(objectname) %(refname)']);
  return refs.split('\n').flatMap((line) => {
    const [id = '', name = ''] = line.split(' ');
    return id === '' || PASSING.some((prefix) => name.startsWith(prefix)) ? [] : [id];
  });
}

function isReachable(store: string, id: string, tips: readonly string[]): boolean {
  const input = [id, ...tips.map((tip) => `^${tip}`), ''].join('\n');
  return gitText(store, ['rev-list', '--objects', '--stdin'], { input }) === '';
}

function wantNoneMissing(store: string, ids: readonly string[]): void {
  const input = ids
    .filter((id) => id !== '')
    .map((id) => `${id}\n`)
    .join('');
  const said = git(store, ['cat-file', '--batch-check'], { input }).toString();
  const missing = said.split('\n').find((line) => line.endsWith(' missing'));
  if (missing !== undefined) throw new Error(`an object is missing: ${missing}`);
}
