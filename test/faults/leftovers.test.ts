// What dead runs left behind, by the thousand, and what can be rebuilt, gone or garbage.

import {
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { sweepStore } from '../../src/session/sweep-store.ts';
import { assertStoreIsSound, startSession } from '../support/session-driver.ts';
import { withThreeTurns } from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

/** `npm run test:faults` plants 50,000. */
const COUNT = Number(process.env['GSESS_TEST_LEFTOVERS'] ?? 1000);
const PLACES = [
  'objects/tmp_obj_',
  'objects/pack/tmp_pack_',
  'objects/pack/tmp_idx_',
  'gsess/cache/tmp-',
];

const leftovers = suite('what dead runs left');

leftovers(`CR-17: ${COUNT} temporary files of dead runs are swept, those of live ones stay`, () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory, { surroundings: { now: () => Date.now() } });
    await driver.prompt('begin');
    const { store } = driver;
    const hoursAgo = Date.now() / 1000 - 2 * 60 * 60;
    for (let number = 0; number < COUNT; number += 1) {
      const place = PLACES[number % PLACES.length] ?? '';
      const name = `${place}${number.toString(16).padStart(16, '0')}`;
      const path = join(store.repository.directory, name);
      writeFileSync(path, 'torn');
      utimesSync(path, hoursAgo, hoursAgo);
    }
    // Begun long ago, and still being written.
    const live = join(store.repository.directory, 'objects/pack/tmp_pack_ffffffffffffffff');
    const descriptor = openSync(live, 'w');
    utimesSync(live, hoursAgo, hoursAgo);
    writeSync(descriptor, 'more');
    const startedAt = performance.now();
    assert.is(sweepStore(store), COUNT);
    const ms = performance.now() - startedAt;
    assert.ok(ms < 1000 + COUNT, `${Math.round(ms)} ms`);
    closeSync(descriptor);
    const left = readdirSync(store.repository.directory, { recursive: true, encoding: 'utf8' });
    assert.equal(
      left.filter((path) => /(^|\/)tmp[-_]/.test(path)),
      ['objects/pack/tmp_pack_ffffffffffffffff'],
    );
    rmSync(live);
    await driver.turn('done');
    assertStoreIsSound(store);
  }),
);

leftovers(
  'CR-17: a store that was begun and never finished is swept with them, a young one is not',
  () =>
    withTemporaryDirectory(async (directory) => {
      const driver = await startSession(directory, { surroundings: { now: () => Date.now() } });
      await driver.prompt('begin');
      const stores = dirname(driver.store.repository.directory);
      const [old, young] = ['.gsess-new-0000000000000001', '.gsess-new-0000000000000002'];
      for (const name of [old, young]) mkdirSync(join(stores, name, 'refs'), { recursive: true });
      const hoursAgo = Date.now() / 1000 - 2 * 60 * 60;
      utimesSync(join(stores, old), hoursAgo, hoursAgo);
      assert.is(sweepStore(driver.store), 1);
      assert.equal(
        readdirSync(stores).filter((name) => name.startsWith('.')),
        [young],
      );
    }),
);

/** Everything that gsess rebuilds, below the data directory. */
function derivedFiles(data: string): string[] {
  return readdirSync(data, { recursive: true, encoding: 'utf8' })
    .filter((path) => /\/gsess\/cache\/|^native\/.|^roots\/.|\/gsess\/live\/./.test(path))
    .filter((path) => lstatSync(join(data, path)).isFile())
    .sort();
}

for (const [how, spoil] of [
  ['gone', (path: string) => rmSync(path)],
  ['empty', (path: string) => writeFileSync(path, '')],
  [
    'garbage',
    (path: string) => writeFileSync(path, Buffer.from('\0\xff{[garbage'.repeat(99), 'latin1')),
  ],
] as const) {
  leftovers(`CR-18: what can be rebuilt, ${how}: results are the same, and nothing is said`, () =>
    withThreeTurns(async (driver) => {
      const data = driver.surroundings.dataDirectory;
      const { store } = driver;
      store.leases.hold(driver.session, driver.surroundings.processes.self);
      const derived = derivedFiles(data);
      assert.ok(derived.length >= 3, derived.join(' '));
      const before = store.sessions();
      await driver.event({ subject: 'as it is' });
      const files = store.files(store.tipOf(driver.session));
      for (const path of derived) spoil(join(data, path));
      assert.equal(
        driver.store.sessions().map(({ id }) => id),
        before.map(({ id }) => id),
      );
      await driver.prompt('after it');
      const { store: after, session } = driver;
      assert.is(after.files(after.tipOf(session)), files);
      assert.is(after.sessions().length, 1, 'the same session, found again');
      const cache = derived.find((path) => path.endsWith('.stat')) ?? '';
      assert.ok(existsSync(join(data, cache)), 'the cache is there again');
    }),
  );
}

leftovers('CR-18: what can be rebuilt, without its directories: they are made again', () =>
  withThreeTurns(async (driver) => {
    const data = driver.surroundings.dataDirectory;
    for (const path of derivedFiles(data)) {
      rmSync(dirname(join(data, path)), { recursive: true, force: true });
    }
    await driver.prompt('after it');
    assert.is(driver.store.sessions().length, 1);
  }),
);

leftovers.run();
