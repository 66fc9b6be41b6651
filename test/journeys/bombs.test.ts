// Objects that claim far more than they take on the disk: no verb makes what they claim, and `verify` names them.

import { deflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  copyDelta,
  entryHeader,
  plantLoose,
  plantPack,
  referenceDelta,
  zeroBomb,
} from '../support/bomb-store.ts';
import { forgeBlob, forgeCheckpoint, forgeTree } from '../support/forged-checkpoint.ts';
import { runMeasured } from '../support/peak-memory.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { startSession } from '../support/session-driver.ts';

const bombs = suite('objects that claim too much');

const GIB = 1024 ** 3;
const MEMORY_BYTES_MAX = 300 * 1024 * 1024;
const MILLISECONDS_MAX = 30_000;
const idOf = (digit: string) => digit.repeat(40);

interface Scene {
  readonly user: SealedUser;
  readonly store: string;
  readonly session: string;
}

function withScene(use: (scene: Scene) => void): Promise<void> {
  return withSealedUser(async (user) => {
    const driver = await startSession(user.directory);
    driver.write('a.txt', 'one\n');
    await driver.prompt('begin');
    await driver.turn('done');
    use({ user, store: driver.store.repository.directory, session: driver.session });
  });
}

/** Runs the verbs that would make one of the objects, or all; returns what `verify` says. */
function assertStopped(
  { user, store, session }: Scene,
  ids: readonly string[],
  mode = '100644',
): string {
  const entries = ids.map((id) => ({ mode, name: `bomb-${id}`, id }));
  const files = forgeTree(store, entries);
  const forged = forgeCheckpoint(store, session, { files });
  for (const words of [
    ['restore', forged, '--files', '--yes'],
    ['verify', '--json'],
  ]) {
    const { status, peakBytes, milliseconds, stdout, stderr } = runMeasured(user, words);
    assert.is(status, 1, `gsess ${words.join(' ')}: ${stdout}${stderr}`);
    const took = `gsess ${words.join(' ')} took ${Math.round(peakBytes / 1e6)} MB`;
    assert.ok(peakBytes < MEMORY_BYTES_MAX, took);
    assert.ok(milliseconds < MILLISECONDS_MAX, `${took} and ${milliseconds} ms`);
    if (words[0] === 'verify') return stdout;
  }
  return '';
}

bombs('HI-10: an object that inflates to 5 GB from 5 MB is not inflated, loose or packed', () =>
  withScene((scene) => {
    const { store } = scene;
    const [loose, packed, more, less] = ['a', 'b', 'c', 'd'].map(idOf) as [
      ...[string, string, string, string],
    ];
    const data = zeroBomb('', 5 * GIB);
    assert.ok(data.length < 6_000_000);
    plantLoose(store, loose, zeroBomb(`blob ${5 * GIB}\0`, 5 * GIB));
    const entry = Buffer.concat([entryHeader('blob', 5 * GIB), data]);
    plantPack(store, [{ id: packed, bytes: () => entry }]);
    plantLoose(store, more, zeroBomb('blob 10\0', 2 * GIB));
    plantLoose(store, less, deflateSync(Buffer.from(`blob ${400 * 1024 * 1024}\0short`)));
    const told = assertStopped(scene, [loose, packed, more, less]);
    assert.match(told, `Cannot read object ${loose}: it claims to be a blob of ${5 * GIB} bytes`);
    for (const id of [packed, more, less]) assert.match(told, id);
  }),
);

bombs('HI-10: deltas that make more and more, or make each other, are given up', () =>
  withScene((scene) => {
    const { store } = scene;
    const [base, grown, huge, one, other] = ['1', '2', '3', '4', '5'].map(idOf) as [
      ...[string, string, string, string, string],
    ];
    const blob = Buffer.alloc(65_536, 'x');
    const whole = Buffer.concat([entryHeader('blob', blob.length), deflateSync(blob)]);
    const loop = copyDelta(65_536, 65_536);
    plantPack(store, [
      { id: base, bytes: () => whole },
      { id: grown, bytes: () => referenceDelta(base, copyDelta(65_536, GIB)) },
      { id: huge, bytes: () => referenceDelta(grown, copyDelta(GIB, 4 * GIB)) },
      { id: one, bytes: () => referenceDelta(other, loop) },
      { id: other, bytes: () => referenceDelta(one, loop) },
    ]);
    const told = assertStopped(scene, [grown, huge, one, other]);
    for (const id of [grown, huge, one, other]) assert.match(told, id);
  }),
);

bombs(
  'HI-10: a directory of a million entries is not read, and neither is a commit of gigabytes',
  () =>
    withScene((scene) => {
      const { store } = scene;
      const blob = Buffer.from(forgeBlob(store, 'x\n'), 'hex');
      const entry = Buffer.concat([Buffer.from('100644 0000000\0'), blob]);
      const tree = Buffer.alloc(entry.length * 1_000_000, entry);
      for (let index = 0; index < 1_000_000; index += 1) {
        tree.write(String(index).padStart(7, '0'), index * entry.length + 7, 'latin1');
      }
      plantLoose(
        store,
        idOf('e'),
        deflateSync(Buffer.concat([Buffer.from(`tree ${tree.length}\0`), tree]), { level: 1 }),
      );
      plantLoose(store, idOf('f'), zeroBomb(`commit ${3 * GIB}\0`, 3 * GIB));
      const told = assertStopped(scene, [idOf('e')], '40000');
      assert.match(told, 'it claims to be a tree of 35000000 bytes');
      assert.match(told, `it claims to be a commit of ${3 * GIB} bytes`);
    }),
);

bombs.run();
