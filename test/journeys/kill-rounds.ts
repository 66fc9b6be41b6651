// Kills `gsess hook claude` at a random moment, again and again, while a session and its project grow, and asks stock git each time
// what became of it. A ledger remembers what was acknowledged: a hook that exited 0 and kept no failure.
//
// Most rounds go on in one store. Every fifth begins a project of its own, so that the making of a store is killed too.

import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { assertFsckClean, git } from '../support/git-oracle.ts';
import { HookScript } from '../support/hook-agent.ts';
import { GSESS_PROGRAM, type SealedUser, WITHOUT_COVERAGE } from '../support/run-gsess.ts';
import { type Random, seededRandom } from '../support/seeded-random.ts';
import {
  checkpointsOf,
  failuresOf,
  leftoversIn,
  storesOf,
  transcriptAt,
  treeOfDirectory,
} from '../support/user-store.ts';

export interface KillReport {
  rounds: number;
  /** Killed before the hook had ended. */
  killed: number;
  /** Killed, and its checkpoint is there all the same: it died after its commit. */
  survived: number;
  /** Temporary files that wait for a sweep now. */
  temporary: number;
  /** Rounds in which something was not as promised, and what. */
  readonly failures: string[];
}

interface Scene {
  readonly user: SealedUser;
  readonly random: Random;
  readonly script: HookScript;
  readonly project: string;
  /** The tree of the project at each event, by the event's subject. */
  readonly trees: Map<string, string>;
  readonly acknowledged: Set<string>;
}

const FRESH_PROJECT_EVERY = 5;
const MS_AT_FIRST = 200;

export class KillRounds {
  readonly report: KillReport = { rounds: 0, killed: 0, survived: 0, temporary: 0, failures: [] };
  readonly #user: SealedUser;
  readonly #random: Random;
  readonly #main: Scene;
  /** How long a hook takes here, followed as it goes. */
  #hookMs = MS_AT_FIRST;

  constructor(user: SealedUser, seed: number) {
    this.#user = user;
    this.#random = seededRandom(seed);
    this.#main = this.#scene('main');
  }

  async play(rounds: number): Promise<void> {
    for (let round = 1; round <= rounds; round += 1) {
      const isFresh = round % FRESH_PROJECT_EVERY === 0;
      const scene = isFresh ? this.#scene(`fresh-${this.report.rounds}`) : this.#main;
      this.report.rounds += 1;
      try {
        await this.#playOne(scene);
      } catch (error) {
        const said = error instanceof Error ? error.message : String(error);
        this.report.failures.push(`round ${this.report.rounds}: ${said}`);
      }
    }
  }

  #scene(name: string): Scene {
    const project = join(this.#user.project, name);
    mkdirSync(project);
    git(project, ['init', '-q']);
    for (let index = 0; index < 60; index += 1) {
      writeFileSync(join(project, `at-first-${index}`), `${name} ${index}\n`);
    }
    const digits = String(storesOf(this.#user).length + this.report.rounds).padStart(12, '0');
    const nativeId = `aaaaaaaa-0000-4000-8000-${digits}`;
    return {
      user: this.#user,
      random: this.#random,
      script: new HookScript(this.#user, { nativeId, cwd: project }),
      project,
      trees: new Map(),
      acknowledged: new Set(),
    };
  }

  async #playOne(scene: Scene): Promise<void> {
    const random = this.#random;
    changeFiles(scene, this.report.rounds);
    const part = random.chance(0.5) ? 2 / 3 + random.below(400) / 1000 : random.below(1000) / 1000;
    const subject = `round ${this.report.rounds} killed`;
    const killed = await runHook(scene, { subject, killAfterMs: part * this.#hookMs });
    if (!killed.ended) this.report.killed += 1;
    if (killed.ended) this.#acknowledge(scene, subject);
    for (const store of storesOf(this.#user)) assertFsckClean(store);

    changeFiles(scene, this.report.rounds);
    const next = `round ${this.report.rounds} whole`;
    const whole = await runHook(scene, { subject: next });
    this.#acknowledge(scene, next);
    this.#hookMs = (3 * this.#hookMs + whole.ms) / 4;
    const checkpoints = checkLedger(scene);
    if (!killed.ended && checkpoints.some((found) => found.endsWith(subject))) {
      this.report.survived += 1;
    }
    this.report.temporary = checkLeftovers(this.#user);
  }

  #acknowledge(scene: Scene, subject: string): void {
    const [failure] = failuresOf(this.#user);
    if (failure !== undefined) throw new Error(`a hook failed: ${JSON.stringify(failure)}`);
    scene.acknowledged.add(subject);
  }
}

/** Adds, changes and removes a few files; now and then so many that they go into a pack. */
function changeFiles({ project, random }: Scene, round: number): void {
  const many = random.chance(0.2);
  for (let index = 0; index < (many ? 40 : 3); index += 1) {
    const path = join(project, `d${random.below(6)}`, `f${random.below(many ? 500 : 20)}`);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, `${round} ${index} ${'x'.repeat(random.below(3000))}\n`);
  }
  const directory = join(project, `d${random.below(6)}`);
  rmSync(directory, { recursive: true, force: true });
  // Git has no empty directories, which makes it no judge of those.
  const root = readdirSync(project);
  const victim = root[random.below(root.length)];
  if (victim?.startsWith('at-first-') === true) rmSync(join(project, victim));
}

interface HookRun {
  readonly ended: boolean;
  readonly ms: number;
}

async function runHook(
  scene: Scene,
  { subject, killAfterMs }: { readonly subject: string; readonly killAfterMs?: number },
): Promise<HookRun> {
  const { script, user, project, trees } = scene;
  const shadow = join(user.directory, 'tmp', `${basename(project)}.shadow`);
  trees.set(subject, treeOfDirectory(project, shadow));
  const payload = script.payload('UserPromptSubmit', { prompt: subject });
  const startedAt = performance.now();
  const child = spawn(process.execPath, [GSESS_PROGRAM, 'hook', 'claude'], {
    cwd: project,
    env: { ...user.environment, ...WITHOUT_COVERAGE },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  // A killed process does not read its input to the end.
  child.stdin.on('error', () => child.kill('SIGKILL'));
  child.stdin.end(JSON.stringify(payload));
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (piece) => {
      said += String(piece);
    });
  }
  const timer =
    killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const status = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(timer);
  const ms = performance.now() - startedAt;
  script.appendPrompt(subject);
  script.appendReply({ type: 'text', text: `${subject}: done` });
  const wasKilled = status === null && killAfterMs !== undefined;
  if (!wasKilled && (status !== 0 || said !== '')) {
    throw new Error(`the hook of '${subject}' ended with ${status} and said '${said}'`);
  }
  return { ended: !wasKilled, ms };
}

/** Everything acknowledged is on the branch once, with the files of its moment; what was killed is there whole or not at all. */
function checkLedger(scene: Scene): string[] {
  const { script, trees, acknowledged, user, project } = scene;
  const store = storesOf(user).find((path) => basename(path).startsWith(`${basename(project)}-`));
  if (store === undefined) throw new Error(`no store of '${project}'`);
  assertFsckClean(store);
  const checkpoints = checkpointsOf(store, script.nativeId);
  const subjects = checkpoints.map(({ subject }) => subject.replace(/^prompt \d+: /, ''));
  for (const subject of acknowledged) {
    const times = subjects.filter((found) => found === subject).length;
    if (times !== 1) throw new Error(`'${subject}' was acknowledged and is there ${times} times`);
  }
  for (const [index, { files }] of checkpoints.entries()) {
    const subject = subjects[index] ?? '';
    const tree = trees.get(subject);
    if (tree !== files) throw new Error(`'${subject}' holds ${files}, the disk was ${tree}`);
  }
  const turns = checkpoints.map(({ subject }) => subject.split(':')[0]);
  const expected = turns.map((_, index) => `prompt ${turns.length - index}`);
  if (turns.join() !== expected.join()) throw new Error(`turns are not in order: ${turns.join()}`);
  checkTranscript(scene, { store, commit: checkpoints[0]?.commit ?? '' });
  return subjects;
}

/** The newest checkpoint holds what the transcript was when its event came: all but the two records of its own turn. */
function checkTranscript(
  { script }: Scene,
  { store, commit }: { readonly store: string; readonly commit: string },
): void {
  const lines = script
    .transcript()
    .toString()
    .split(/(?<=\n)/);
  const expected = lines.slice(0, -2).join('');
  const held = expected === '' ? '' : transcriptAt(store, commit, script.nativeId).toString();
  if (held !== expected) {
    throw new Error(`the transcript has ${expected.length} bytes, the checkpoint ${held.length}`);
  }
}

/** After a hook that went well, no lock is left, and nothing temporary that a sweep would not know. */
function checkLeftovers({ data }: SealedUser): number {
  const { locks, temporary } = leftoversIn(data);
  if (locks.length > 0) throw new Error(`locks were left: ${locks.join(', ')}`);
  const unknown = temporary.filter(
    (path) => !/(^|\/)tmp(-|_(obj|pack|idx|rev|bitmap)_)\w+(\/|$)/.test(path),
  );
  if (unknown.length > 0) throw new Error(`left where no sweep finds it: ${unknown.join(', ')}`);
  return temporary.length;
}
