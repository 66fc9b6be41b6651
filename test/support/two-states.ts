// Files of any kind, put into a project whose session is driven by a test, and two states of them taken there and back. Names, links
// and contents are bytes, given as latin1 strings.

import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as assert from 'uvu/assert';
import { bytesPath, differences, type Manifest } from './disk-manifest.ts';
import { assertStoreIsSound, type SessionDriver } from './session-driver.ts';
import { filesOf, restoreTo, takeBack } from './session-verbs.ts';

export type PlantedEntry =
  | string
  | { readonly link: string }
  | { readonly run: string }
  | 'directory'
  | 'fifo'
  | null;

/** Puts the entries there, over whatever is; null takes one away. */
export function plantIn(root: string, entries: Readonly<Record<string, PlantedEntry>>): void {
  for (const [path, planted] of Object.entries(entries)) {
    const place = bytesPath(root, path);
    rmSync(place, { recursive: true, force: true });
    if (planted === null) continue;
    mkdirSync(bytesPath(root, path.includes('/') ? dirname(path) : ''), { recursive: true });
    if (planted === 'directory') mkdirSync(place);
    else if (planted === 'fifo') execFileSync('mkfifo', [place.toString()]);
    else if (typeof planted === 'string') writeFileSync(place, Buffer.from(planted, 'latin1'));
    else if ('link' in planted) symlinkSync(Buffer.from(planted.link, 'latin1'), place);
    else writeFileSync(place, Buffer.from(planted.run, 'latin1'), { mode: 0o755 });
  }
}

/** A turn in which the files become something else. */
export async function playTurn(driver: SessionDriver, effect: () => void): Promise<Manifest> {
  await driver.prompt('work');
  effect();
  await driver.turn('done');
  return filesOf(driver);
}

/** Captures two states as turns 1 and 2, then goes there and back by restore, undo and redo; compares all of it each time. */
export async function assertBothWays(
  driver: SessionDriver,
  states: readonly [() => void, () => void],
): Promise<readonly [Manifest, Manifest]> {
  const one = await playTurn(driver, states[0]);
  const two = await playTurn(driver, states[1]);
  const is = (expected: Manifest, how: string) =>
    assert.equal(differences(expected, filesOf(driver)), [], how);
  await restoreTo(driver, '@1', { conversation: false });
  is(one, 'restored to the first');
  await takeBack(driver, 'undo');
  is(two, 'undone');
  await takeBack(driver, 'redo');
  is(one, 'redone');
  await restoreTo(driver, '@2', { conversation: false });
  is(two, 'restored to the second');
  assertStoreIsSound(driver.store);
  return [one, two];
}
