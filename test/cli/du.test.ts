import { randomBytes } from 'node:crypto';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { forkSession } from '../../src/session/fork-session.ts';
import { purgeSession, purgeTarget } from '../../src/session/purge-session.ts';
import { type StoreUsage, storeUsage } from '../../src/session/store-usage.ts';
import { gitText } from '../support/git-oracle.ts';
import { makeLoose } from '../support/loose-store.ts';
import { commandRunner } from '../support/run-command.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { checkpointAt, readerOf, withThreeTurns } from '../support/session-verbs.ts';

const du = suite('gsess du');
const OTHER = '22222222-2222-4222-8222-222222222222';

async function withTwo(use: (first: SessionDriver, second: SessionDriver) => Promise<void>) {
  await withThreeTurns(async (driver, directory) => {
    const { now } = driver.surroundings;
    const other = await startSession(directory, { nativeId: OTHER, surroundings: { now } });
    other.write('large.bin', randomBytes(1_000_000));
    await other.prompt('a large file');
    other.remove('large.bin');
    await other.prompt('without it');
    await use(driver, other);
  });
}

const bytesOf = ({ sessions }: StoreUsage, id: string) =>
  sessions.find((session) => session.id === id)?.unique ?? 0;

du('tells by session what only it holds, and every byte of an object belongs somewhere', () =>
  withTwo(async (driver, other) => {
    const { store } = driver;
    makeLoose(store.repository.directory);
    const usage = await storeUsage(store);
    assert.equal(
      usage.sessions.map(({ id }) => id),
      [other.session, driver.session],
      'the largest first',
    );
    const [large] = usage.sessions;
    assert.ok((large?.parts.files ?? 0) >= 1_000_000 && (large?.parts.transcripts ?? 0) > 0);
    assert.ok(bytesOf(usage, driver.session) < 1_000_000);
    const given = usage.sessions.reduce((sum, { unique }) => sum + unique, 0);
    const all = given + usage.shared + usage.operations + usage.unreached;
    assert.is(all, usage.packs.bytes + usage.loose.bytes, 'all loose');
    assert.ok(usage.bytes >= all);
  }),
);

du('what it says is what erasing gives back; what a fork shares is nobody’s own', () =>
  withTwo(async (driver, other) => {
    const { store } = driver;
    const before = await storeUsage(store);
    const { session, project: here } = other;
    const checkpoint = checkpointAt(other, `${session}@1`);
    const fork = await forkSession(store, { checkpoint, session, here, readerOf });
    const shared = await storeUsage(store);
    assert.ok(bytesOf(shared, session) < 50_000 && shared.shared > 1_000_000);
    const row = shared.sessions.find(({ id }) => id === fork.session);
    assert.ok((row?.shared ?? 0) > 1_000_000);
    for (const id of [fork.session, session]) {
      const target = purgeTarget(store, id);
      assert.ok(target);
      const expected = bytesOf(await storeUsage(store), id);
      const { bytes } = await purgeSession(store, target, { withTags: false });
      assert.ok(bytes >= expected, `${bytes} of ${expected} came back`);
    }
    assert.ok(bytesOf(before, session) > 1_000_000);
    assert.equal(
      (await storeUsage(store)).sessions.map(({ id }) => id),
      [driver.session],
    );
  }),
);

du('knows what is deleted, and works on what git has packed', () =>
  withTwo(async (driver, other) => {
    const gsess = commandRunner(driver);
    await gsess.json(['delete', other.session, '--yes']);
    gitText(driver.store.repository.directory, ['gc', '--quiet']);
    const usage = (await gsess.json(['du'])) as StoreUsage;
    const gone = usage.sessions.find(({ deleted }) => deleted);
    assert.is(gone?.id, other.session);
    assert.ok(usage.trash >= 1_000_000);
    const { stdout } = await gsess(['du']);
    assert.match(stdout, /^ *1.0 MB .* 22222222 +without it \(deleted\)$/m);
    const all = (await gsess.json(['du', '--all'])) as StoreUsage[];
    assert.is(all.length, 1);
    assert.match((await gsess(['du', '--all'])).stdout, /in 1 store\n$/);
  }),
);

du.run();
