// What becomes of an open pack when whoever opened its store drops it.

import { readdirSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { ObjectStore } from '../../src/git/object-store.ts';
import { packBatch, withBareRepository } from '../support/bare-repository.ts';
import { skipHere } from '../support/skip-here.ts';

const DESCRIPTORS = '/proc/self/fd';

const x = suite('dropped packs');

function openPacksBelow(directory: string): number {
  return readdirSync(DESCRIPTORS).filter((name) => targetOf(name).startsWith(directory)).length;
}

function targetOf(name: string): string {
  try {
    return readlinkSync(join(DESCRIPTORS, name));
  } catch {
    // The one that listed them.
    return '';
  }
}

function collectedAtOnce(): () => void {
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}

x('are closed although nobody closed their store', () =>
  withBareRepository(async ({ directory }) => {
    if (process.platform !== 'linux') return skipHere('which files a process has open');
    const batch = packBatch(new ObjectStore(directory));
    const id = batch.put('blob', Buffer.from('kept in a pack\n'));
    batch.flush();
    const reads = () => new ObjectStore(directory).read(id);
    for (let round = 0; round < 50; round += 1) reads();
    const before = openPacksBelow(directory);
    assert.ok(before > 10, `${before} were open, so this shows nothing`);
    const collect = collectedAtOnce();
    for (let round = 0; round < 20 && openPacksBelow(directory) > 2; round += 1) {
      collect();
      await pause(5);
    }
    assert.ok(openPacksBelow(directory) <= 2, `${openPacksBelow(directory)} are still open`);
  }),
);

x.run();
