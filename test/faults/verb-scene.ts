// A verb in its scene: what is on disk before it, what is expected of it, and the judgement of whatever an attempt at it left.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { manifestOf } from '../support/disk-manifest.ts';
import type { SessionDriver } from '../support/session-driver.ts';
import { Disk } from './disk.ts';
import type { DiskImage } from './disk-image.ts';
import {
  type Expectation,
  elsewhereOf,
  filesAtTip,
  reachableCommits,
  storeOf,
  tryAgain,
  unsoundness,
  violationsAfter,
  violationsNow,
} from './invariants.ts';
import { layScene, startAttempt } from './scene.ts';
import type { SweepReport } from './sweep-report.ts';
import { VERBS, type VerbName } from './verbs.ts';

/** A state of the disk that something left. */
export interface LeftState {
  readonly title: string;
  readonly image: DiskImage;
  /** Whether the verb was acknowledged. */
  readonly mustBeDone?: boolean;
}

/** Whoever judges comes after the verb and, if that was swept too, its repair. */
const JUDGE = 3;

export class VerbScene {
  readonly name: VerbName;
  readonly disk: Disk;
  readonly expected: Expectation;
  readonly scene: DiskImage;
  readonly #judged = new Set<string>();
  readonly #asked = new Map<string, string[]>();

  private constructor(
    place: { readonly name: VerbName; readonly disk: Disk },
    scene: DiskImage,
    expected: Expectation,
  ) {
    this.name = place.name;
    this.disk = place.disk;
    this.scene = scene;
    this.expected = expected;
  }

  static async lay(parent: string, name: VerbName): Promise<VerbScene> {
    const directory = join(parent, 'user');
    mkdirSync(directory);
    const verb = VERBS[name];
    await layScene(directory, verb);
    const disk = new Disk(directory);
    const scene = disk.take();
    disk.willChange();
    const driver = await startAttempt(directory, 1);
    const store = storeOf(driver);
    const before = manifestOf(driver.project);
    const elsewhere = elsewhereOf(driver);
    const acknowledged = store === undefined ? [] : reachableCommits(store);
    await verb.run(driver);
    const after = manifestOf(driver.project);
    if (!verb.isDone(driver)) throw new Error(`${name} does not do what it is known by`);
    const tree = filesAtTip(driver);
    // What the verb is there to remove may be gone at any moment of it.
    const kept = reachableCommits(driver.store);
    const lasting = new Set([...acknowledged].filter((id) => kept.has(id)));
    const expected = { before, after, elsewhere, tree, acknowledged: lasting };
    return new VerbScene({ name, disk }, scene, expected);
  }

  get verb() {
    return VERBS[this.name];
  }

  /**
   * Counts a state, and unless it was judged before puts it back, checks it, lets the user go on, and checks again. Returns whether it
   * was a new one.
   */
  async judge({ title, image, mustBeDone = false }: LeftState, report: SweepReport) {
    report.faults += 1;
    const key = `${image.digest()} ${mustBeDone}`;
    if (this.#judged.has(key)) return false;
    this.#judged.add(key);
    report.states += 1;
    this.disk.put(image);
    const found = await this.#violations(image, mustBeDone);
    report.violations.push(...found.map((text) => `${this.name}, ${title}: ${text}`));
    return true;
  }

  async #violations(image: DiskImage, mustBeDone: boolean): Promise<string[]> {
    const { verb, expected } = this;
    try {
      const driver = await startAttempt(this.disk.directory, JUDGE);
      const now = [...this.#unsoundness(driver, image), ...violationsNow(driver, expected)];
      if (mustBeDone && !verb.isDone(driver)) now.push('I2: what was acknowledged is not there');
      await tryAgain(driver, verb);
      const after = violationsAfter(driver, verb, expected);
      return [...now, ...after, ...this.#unsoundness(driver, this.disk.take())];
    } catch (error) {
      this.disk.willChange();
      return [`I4: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
    }
  }

  /** Most attempts end alike, and stock git is asked once about each state of all that it looks at. */
  #unsoundness(driver: SessionDriver, image: DiskImage): string[] {
    const digest = image.digest((path) => SEEN_BY_GIT.test(path));
    const known = this.#asked.get(digest);
    if (known !== undefined) return known;
    const found = unsoundness(driver);
    this.#asked.set(digest, found);
    return found;
  }
}

/** What is in a store but not in its `gsess/`. */
const SEEN_BY_GIT = /^data\/projects\/[^/]+\.git\/(?!gsess\/)/;
