// A verb in its scene: what is on disk before it, what is expected of it, and the judgement of whatever an attempt at it left.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { manifestOf } from '../support/disk-manifest.ts';
import type { SessionDriver } from '../support/session-driver.ts';
import { DiskImage } from './disk-image.ts';
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
import { VERBS, type VerbName } from './verbs.ts';

export class VerbScene {
  readonly name: VerbName;
  readonly directory: string;
  readonly expected: Expectation;
  readonly scene: DiskImage;
  readonly #judged = new Map<string, string[]>();

  private constructor(
    place: { readonly name: VerbName; readonly directory: string },
    scene: DiskImage,
    expected: Expectation,
  ) {
    this.name = place.name;
    this.directory = place.directory;
    this.scene = scene;
    this.expected = expected;
  }

  static async lay(parent: string, name: VerbName): Promise<VerbScene> {
    const directory = join(parent, 'user');
    mkdirSync(directory);
    const verb = VERBS[name];
    await layScene(directory, verb);
    const scene = DiskImage.take(directory);
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
    return new VerbScene({ name, directory }, scene, expected);
  }

  get verb() {
    return VERBS[this.name];
  }

  /** Checks what is on disk now, lets the user go on, and checks that. */
  async judge(attempt: number, { mustBeDone = false } = {}): Promise<string[]> {
    const driver = await startAttempt(this.directory, attempt);
    try {
      const now = [...this.#unsoundness(driver), ...violationsNow(driver, this.expected)];
      if (mustBeDone && !this.verb.isDone(driver))
        now.push('I2: what was acknowledged is not there');
      await tryAgain(driver, this.verb);
      return [
        ...now,
        ...violationsAfter(driver, this.verb, this.expected),
        ...this.#unsoundness(driver),
      ];
    } catch (error) {
      return [`I4: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
    }
  }

  /** Most attempts end alike, and stock git is asked once about each end. */
  #unsoundness(driver: SessionDriver): string[] {
    const digest = DiskImage.take(driver.surroundings.dataDirectory).digest();
    const known = this.#judged.get(digest);
    if (known !== undefined) return known;
    const found = unsoundness(driver);
    this.#judged.set(digest, found);
    return found;
  }
}
