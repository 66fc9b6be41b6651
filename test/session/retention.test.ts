// Which sessions leave the list by themselves, and that everybody is told and can have them back.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { collectGarbage } from '../../src/session/collect-garbage.ts';
import { expiringSessions } from '../../src/session/expiring-sessions.ts';
import { retiredSessions, retireSessions } from '../../src/session/retire-sessions.ts';
import { noteRetired } from '../../src/session/retired-note.ts';
import type { SessionSummary } from '../../src/session/session-summary.ts';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { createTag } from '../../src/session/tag.ts';
import { addSessions, type MadeSession, placeTip, putTip } from '../support/many-sessions.ts';
import { processes } from '../support/process-table.ts';
import { commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const DAY_MS = 24 * 60 * 60_000;
const NOW = Date.UTC(2026, 0, 1);

type Case = Partial<SessionSummary> & {
  /** Days since something was said in it. */
  readonly age: number;
  readonly isTagged?: boolean;
  /** Days since its newest checkpoint. */
  readonly looked?: number;
};

/** The numbers of those that go, and why, of sessions given newest first. */
function expiring(
  cases: readonly Case[],
  settings: { readonly maxSessions?: number; readonly retentionDays?: number },
): string[] {
  const sessions = cases.map(
    ({ age, name = null, live = false }, index) =>
      ({
        id: String(index),
        name,
        live,
        updatedAt: new Date(NOW - age * DAY_MS).toISOString(),
      }) as SessionSummary,
  );
  const caseOf = ({ id }: SessionSummary) => cases[Number(id)] as Case;
  const found = expiringSessions(sessions, {
    now: NOW,
    settings: { maxSessions: null, retentionDays: null, ...settings },
    isTagged: (session) => caseOf(session).isTagged === true,
    lastCheckpointAt: (session) => {
      const { age, looked = age } = caseOf(session);
      return NOW - looked * DAY_MS;
    },
  });
  return found.map(({ session, reason }) => `${session.id} ${reason}`);
}

const rule = suite('what leaves the list');

rule('is nothing unless it is set', () => {
  assert.equal(expiring([{ age: 10_000 }, { age: 20_000 }], {}), []);
});

rule('is what was not used for longer than retentionDays', () => {
  const cases = [{ age: 1 }, { age: 29.9 }, { age: 30.1 }, { age: 40, looked: 20 }];
  assert.equal(expiring(cases, { retentionDays: 30 }), ['2 retentionDays']);
});

rule('is what is beyond maxSessions, the newest counted first', () => {
  const cases = [{ age: 2 }, { age: 3 }, { age: 4 }, { age: 5 }];
  assert.equal(expiring(cases, { maxSessions: 2 }), ['2 maxSessions', '3 maxSessions']);
  const both = { maxSessions: 3, retentionDays: 3 };
  assert.equal(expiring(cases, both), ['2 retentionDays', '3 retentionDays']);
});

rule('is never what has a name or a tag, runs, or was used within a day', () => {
  const cases = [
    { age: 0.5 },
    { age: 0.9 },
    { age: 90, looked: 0.5 },
    { age: 90, name: 'kept' },
    { age: 90, isTagged: true },
    { age: 90, live: true },
    { age: 90 },
  ];
  assert.equal(expiring(cases, { maxSessions: 1 }), ['6 maxSessions']);
  assert.equal(expiring(cases, { retentionDays: 1 }), ['6 retentionDays']);
});

rule('is nothing of the future, nor what has no date', () => {
  assert.equal(expiring([{ age: -3 }, { age: -9 }], { maxSessions: 1, retentionDays: 1 }), []);
  assert.equal(expiring([{ age: 2 }, { age: 3, looked: Number.NaN }], { maxSessions: 1 }), []);
});

interface Scene {
  readonly driver: SessionDriver;
  readonly made: readonly MadeSession[];
  setDay(day: number): void;
  set(settings: Partial<typeof DEFAULT_SETTINGS>): void;
  /** Does something once, when the clock is looked at next. */
  onClock(act: () => void): void;
}

/** A session of day 40, and six of day 0 that nobody used since. */
function withSessions(use: (scene: Scene) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    let at = NOW + 40 * DAY_MS;
    let meanwhile: (() => void) | undefined;
    const now = () => {
      const act = meanwhile;
      meanwhile = undefined;
      act?.();
      at += 1;
      return at;
    };
    const settings = { ...DEFAULT_SETTINGS };
    const driver = await startSession(directory, { surroundings: { now, settings } });
    await driver.prompt('new');
    const made = addSessions(driver.store, 6);
    await use({
      driver,
      made,
      setDay: (day) => {
        at = NOW + day * DAY_MS;
      },
      set: (changes) => void Object.assign(settings, changes),
      onClock: (act) => {
        meanwhile = act;
      },
    });
    assertStoreIsSound(driver.store);
  });
}

function idsIn({ store }: SessionDriver): string[] {
  return store
    .sessions()
    .map(({ id }) => id)
    .sort();
}

const retention = suite('retention');

retention('moves old sessions to the trash, tells which, and undo brings them back', () =>
  withSessions(async ({ driver, made, set }) => {
    const gsess = commandRunner(driver);
    const { project: root } = driver;
    const [tagged, named, live, ...old] = made;
    if (tagged === undefined || named === undefined || live === undefined) return;
    await createTag(driver.store, { name: 't', checkpoint: tagged.tip, session: tagged.id, root });
    await gsess(['rename', named.id, 'kept']);
    driver.store.leases.hold(live.id, processes.self);
    const before = idsIn(driver);
    assert.equal(((await gsess.json(['gc'])) as { retired: unknown[] }).retired, []);
    assert.equal(idsIn(driver), before);
    set({ retentionDays: 30 });
    const dry = await gsess(['gc', '--dry-run']);
    assert.match(dry.stdout, /^would be moved to the trash: 3 sessions$/m);
    const line = / {2}\w{8} fix the thing number 5, last used 2026-01-01 \(retentionDays\)$/m;
    assert.match(dry.stdout, line);
    assert.equal(idsIn(driver), before);
    const done = await gsess(['gc']);
    assert.match(done.stdout, /^Moved 3 sessions to the trash; 'gsess undo' brings them back$/m);
    assert.match(done.stdout, line);
    const gone = old.map(({ id }) => id);
    assert.equal(
      idsIn(driver),
      before.filter((id) => !gone.includes(id as never)),
    );
    const status = await gsess(['status']);
    assert.match(status.stdout, /^Moved to the trash as the settings say; 'gsess undo' brings/m);
    assert.match(status.stdout, / {2}\w{8} fix the thing number 5, \w+.* \(retentionDays\)$/m);
    const undone = await gsess(['undo']);
    assert.match(undone.stdout, 'delete 3 old sessions');
    assert.equal(idsIn(driver), before);
    assert.not.match((await gsess(['status'])).stdout, 'Moved to the trash');
  }),
);

retention('waits in the background while the last thing that was done there is fresh', () =>
  withSessions(async ({ driver, made, set, setDay }) => {
    const { project: root } = driver;
    const [first] = made;
    if (first === undefined) return;
    const tag = { name: 't', checkpoint: first.tip, session: first.id, root };
    await createTag(driver.store, tag);
    set({ maxSessions: 2 });
    assert.equal((await collectGarbage(driver.store)).retired, []);
    setDay(42);
    const { retired } = await collectGarbage(driver.store);
    assert.is(retired.length, 4);
    assert.equal(
      retiredSessions(driver.store).map((one) => [one.reason, one.root]),
      Array.from({ length: 4 }, () => ['maxSessions', root]),
    );
    // Once the trash has let them go there is nothing to tell any more.
    // Refs are as old as their files.
    setDay((Date.now() - NOW) / DAY_MS + 40);
    await collectGarbage(driver.store, { root });
    assert.equal(retiredSessions(driver.store), []);
    assert.equal(idsIn(driver).length, 3);
  }),
);

retention('is not part of emptying the trash, and erasing one forgets that it went', () =>
  withSessions(async ({ driver, made, set }) => {
    const gsess = commandRunner(driver);
    set({ retentionDays: 30 });
    await gsess(['gc', '--empty-trash', '--yes=purge']);
    assert.is(idsIn(driver).length, 7);
    await gsess(['gc']);
    assert.is(idsIn(driver).length, 1);
    const id = made[0]?.id ?? '';
    const path = join(driver.store.repository.directory, 'gsess', 'retired.json');
    assert.match(readFileSync(path, 'utf8'), id);
    const { status, stderr } = await gsess(['delete', id, '--purge', '--yes=purge']);
    assert.is(status, 0, stderr);
    assert.not.match(readFileSync(path, 'utf8'), id);
    assert.is(retiredSessions(driver.store).length, 5);
  }),
);

retention('leaves one that somebody goes on with meanwhile, and a note that came to nothing', () =>
  withSessions(async ({ driver, made, set, onClock }) => {
    const { store, project: root } = driver;
    const [first, ...others] = made;
    if (first === undefined) return;
    set({ retentionDays: 30 });
    onClock(() => {
      const batch = store.batch();
      const at = NOW + 39 * DAY_MS;
      const tip = putTip(store, batch, { id: first.id, at, title: 'goes on' });
      batch.flush();
      batch.settle();
      placeTip(store, first.id, tip);
    });
    const { retired } = await retireSessions(store, { isDry: false, root });
    assert.is(retired.length, others.length);
    assert.ok(store.tip(first.id));
    noteRetired(store, root, [{ session: store.summary(first.id)!, reason: 'retentionDays' }]);
    assert.not(retiredSessions(store).some(({ session }) => session.id === first.id));
  }),
);

rule.run();
retention.run();
