import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { verifyStore } from '../../src/git/verify.ts';
import { collectGarbage } from '../../src/session/collect-garbage.ts';
import { gatherObjects } from '../../src/session/gather-objects.ts';
import { purgeSession, purgeTarget } from '../../src/session/purge-session.ts';
import type { Store } from '../../src/session/store.ts';
import { verifySessions } from '../../src/session/verify-sessions.ts';
import { copyDirectory } from '../support/copy-directory.ts';
import { stopAtCall } from '../support/kill-at-call.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { withThreeTurns } from '../support/session-verbs.ts';
import { findTexts } from '../support/store-bytes.ts';

const interrupted = suite('gc and purge, interrupted');
const OTHER = '22222222-2222-4222-8222-222222222222';
/** How far apart the calls are at which it is stopped. */
const STRIDE = 29;

/** Carries `act` out on a fresh copy of the store again and again, stopped one stride later each time, and looks at what is left. */
async function sweep(
  driver: SessionDriver,
  act: (store: Store) => Promise<unknown>,
  look: (store: Store, isDone: boolean) => Promise<void>,
): Promise<number> {
  const { dataDirectory } = driver.surroundings;
  const copy = `${dataDirectory}-copy`;
  copyDirectory(dataDirectory, copy);
  let stops = 0;
  for (let call = 1, isDone = false; !isDone; call += STRIDE) {
    rmSync(dataDirectory, { recursive: true });
    copyDirectory(copy, dataDirectory);
    const { store } = driver;
    isDone = await stopAtCall(call, async () => void (await act(store)));
    // What is held by this process, which lives, a dead one would have let go.
    rmSync(join(store.repository.directory, 'gsess', 'locks'), { recursive: true, force: true });
    await look(driver.store, isDone);
    stops += 1;
  }
  return stops;
}

function packsIn({ objects }: Store): number {
  const names = readdirSync(join(objects.objectsDirectory, 'pack'));
  return names.filter((name) => name.endsWith('.pack')).length;
}

async function assertWhole(store: Store): Promise<void> {
  assert.equal((await verifyStore(store.repository)).problems, []);
  assert.equal(verifySessions(store), []);
}

interrupted('a gathering of packs that is stopped at any call has lost nothing either', () =>
  withThreeTurns(async (driver) => {
    const before = driver.store.objects.allIds();
    await sweep(
      driver,
      (store) => gatherObjects(store),
      async (store) => {
        await assertWhole(store);
        assert.is(await gatherObjects(store), undefined);
        assert.equal(store.objects.allIds(), before);
        assert.is(packsIn(store), 1);
      },
    );
  }),
);

interrupted('a gc that is stopped at any call has lost nothing, and the next one finishes', () =>
  withThreeTurns(async (driver) => {
    const stops = await sweep(
      driver,
      (store) => collectGarbage(store, { pruneGraceMs: 0 }),
      async (store) => {
        await assertWhole(store);
        const { objects, skipped } = await collectGarbage(store, { pruneGraceMs: 0 });
        assert.equal(
          [objects?.after.packs, objects?.after.loose, objects?.left, skipped],
          [1, 0, 0, []],
        );
      },
    );
    assert.ok(stops > 3, `${stops} stops`);
  }),
);

interrupted(
  'a purge that is stopped at any call has touched nothing yet, or is finished by the next gc',
  () =>
    withThreeTurns(async (driver, directory) => {
      const { now } = driver.surroundings;
      const other = await startSession(directory, { nativeId: OTHER, surroundings: { now } });
      other.write('x.txt', 'UNREADABLE\n');
      await other.prompt('UNSPEAKABLE');
      other.remove('x.txt');
      await other.turn('UNANSWERED');
      const stops = await sweep(
        driver,
        async (store) => {
          const target = purgeTarget(store, other.session);
          if (target !== undefined) await purgeSession(store, target, { withTags: false });
        },
        async (store, isDone) => {
          await assertWhole(store);
          const { directory: gitDirectory } = store.repository;
          const isBegun = isDone || existsSync(join(gitDirectory, 'gsess', 'purge.json'));
          if (!isBegun) assert.ok(store.tip(other.session), 'not begun: it is all there');
          await collectGarbage(store);
          const left = findTexts(driver.surroundings.dataDirectory, [
            'UNSPEAKABLE',
            'UNREADABLE',
            other.session,
          ]);
          if (isBegun) assert.equal(left, []);
          await assertWhole(driver.store);
        },
      );
      assert.ok(stops > 3, `${stops} stops`);
    }),
);

interrupted.run();
