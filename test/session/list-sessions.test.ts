import { mkdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { openStore } from '../../src/session/open-store.ts';
import { openStoreOf, type Store, sessionRef } from '../../src/session/store.ts';
import { gitText } from '../support/git-oracle.ts';
import { addSessions, type MadeSession, placeTip, putTip } from '../support/many-sessions.ts';
import { sealedSurroundings } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const listing = suite('listing sessions');

const COUNT = 120;
/** Longer than a file must have been at rest for its times to be believed. */
const REST_MS = 110;

interface Scene {
  /** The store as another process opens it. */
  readonly store: Store;
  readonly directory: string;
  readonly cache: string;
  readonly made: readonly MadeSession[];
}

function withManySessions(use: (scene: Scene) => void | Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const surroundings = sealedSurroundings(directory, { now: Date.now });
    const first = await openStore(join(directory, 'project'), surroundings);
    const made = addSessions(first, COUNT);
    await use({
      get store() {
        const store = openStoreOf(first.project, surroundings);
        assert.ok(store);
        return store as Store;
      },
      directory: first.repository.directory,
      cache: join(first.repository.directory, 'gsess/cache/sessions'),
      made,
    });
  });
}

/** What a list gives, and how many commits it read for that. */
function listOf(store: Store, limit?: number) {
  let commits = 0;
  const { objects } = store;
  const readCommit = objects.readCommit.bind(objects);
  objects.readCommit = (id) => {
    commits += 1;
    return readCommit(id);
  };
  const sessions = limit === undefined ? store.sessions() : store.newestSessions(limit);
  return { sessions, commits, damage: [...store.damage.keys()] };
}

/** Compares what lists give, twice each, with what they give where nothing is remembered. */
function assertTrue(scene: Scene, after: string): void {
  const seen = [
    listOf(scene.store, 7),
    listOf(scene.store),
    listOf(scene.store, 7),
    listOf(scene.store),
  ];
  rmSync(scene.cache, { force: true });
  const { sessions: all, damage } = listOf(scene.store);
  for (const [index, { sessions }] of seen.entries()) {
    assert.equal(sessions, index % 2 === 0 ? all.slice(0, 7) : all, `after ${after}`);
  }
  assert.equal(seen[1]?.damage, damage, `after ${after}`);
}

/** Something was said in the session, later than in all others. */
async function moveOn({ store }: Scene, { id }: MadeSession, title = 'moved on'): Promise<void> {
  const tip = putLaterTip(store, id, title);
  await store.refs.update([{ name: sessionRef(id), value: tip, expect: 'any' }], 'test');
}

/** The same by someone who does not know how refs are written. */
function rewriteInPlace({ store }: Scene, { id }: MadeSession, title: string): void {
  placeTip(store, id, putLaterTip(store, id, title));
}

function putLaterTip(store: Store, id: MadeSession['id'], title: string): MadeSession['tip'] {
  const batch = store.batch();
  const tip = putTip(store, batch, { id, at: Date.UTC(2026, 5, 1), title });
  batch.flush();
  return tip;
}

listing('reads each tip once, and no other when nothing or one session has moved', () =>
  withManySessions(async (scene) => {
    await pause(REST_MS);
    assert.is(listOf(scene.store, 20).commits, COUNT);
    const { sessions, commits } = listOf(scene.store);
    assert.equal([sessions.length, commits], [COUNT, 0]);
    assert.equal(
      sessions.map(({ id }) => id),
      scene.made.map(({ id }) => id).reverse(),
    );
    assert.is(listOf(scene.store, 20).commits, 0);
    await moveOn(scene, scene.made[3] as MadeSession);
    const moved = listOf(scene.store, 1);
    assert.equal([moved.sessions[0]?.title, moved.commits], ['moved on', 1]);
  }),
);

listing('looks at no ref but those it shows when none has moved', () =>
  withManySessions(async (scene) => {
    await pause(REST_MS);
    scene.store.sessions();
    const { store } = scene;
    store.refs.scan = () => assert.unreachable('all refs were looked at') as never;
    assert.is(store.newestSessions(20).length, 20);
  }),
);

listing('is never taken in by what it remembers, whatever moved and however', () =>
  withManySessions(async (scene) => {
    const { made, directory } = scene;
    const at = (index: number) => made.at(index) as MadeSession;
    const pathOf = (index: number) => join(directory, sessionRef(at(index).id));
    const changes: [string, () => unknown][] = [
      ['nothing', () => undefined],
      ['a move', () => moveOn(scene, at(5))],
      ['git moving one', () => gitText(directory, ['update-ref', sessionRef(at(6).id), at(5).tip])],
      ['git deleting one', () => gitText(directory, ['update-ref', '-d', sessionRef(at(-1).id)])],
      ['git packing all', () => gitText(directory, ['pack-refs', '--all'])],
      ['a move of a packed one', () => moveOn(scene, at(7), 'moved out of the pack')],
      ['removing the file over a packed one', () => rmSync(pathOf(7))],
      ['a branch of the user', () => gitText(directory, ['branch', 'mine', at(9).tip])],
      ['an emptied ref', () => writeFileSync(pathOf(8), '')],
      ['a damaged one that is shown', () => writeFileSync(pathOf(-2), 'x')],
    ];
    for (const [after, change] of changes) {
      scene.store.sessions();
      await change();
      assertTrue(scene, after);
    }
    await pause(REST_MS);
    assertTrue(scene, 'all has been at rest');
  }),
);

listing('sees a ref that is rewritten in place in the same tick, or under its old times', () =>
  withManySessions(async (scene) => {
    const newest = scene.made.at(-1) as MadeSession;
    for (let round = 0; round < 10; round += 1) {
      rewriteInPlace(scene, newest, `round ${round}`);
      assert.is(scene.store.newestSessions(1)[0]?.title, `round ${round}`);
    }
    await pause(REST_MS);
    scene.store.sessions();
    const old = new Date(2026, 0, 1);
    utimesSync(join(scene.directory, sessionRef(newest.id)), old, old);
    rewriteInPlace(scene, newest, 'under old times');
    utimesSync(join(scene.directory, sessionRef(newest.id)), old, old);
    assert.is(scene.store.newestSessions(1)[0]?.title, 'under old times');
    assert.is(scene.store.sessions()[0]?.title, 'under old times');
  }),
);

listing('loses nothing but time where what it remembers is damaged', () =>
  withManySessions(async (scene) => {
    await pause(REST_MS);
    const { sessions } = listOf(scene.store);
    const whole = readFileSync(scene.cache);
    const damaged = Array.from({ length: 12 }, (_, index) => {
      const bytes = Buffer.from(whole);
      const position = index < 6 ? index * 17 : Math.floor((whole.length * (index - 6)) / 6);
      bytes.writeUInt8(bytes.readUInt8(position) ^ 1, position);
      return bytes;
    });
    damaged.push(Buffer.alloc(0), whole.subarray(0, 200), whole.subarray(0, whole.length - 10));
    for (const bytes of damaged) {
      writeFileSync(scene.cache, bytes);
      assert.equal(scene.store.newestSessions(20), sessions.slice(0, 20));
      writeFileSync(scene.cache, bytes);
      assert.equal(scene.store.sessions(), sessions);
    }
    rmSync(scene.cache);
    mkdirSync(scene.cache);
    assert.equal(scene.store.sessions(), sessions);
    truncateSync(join(scene.directory, sessionRef((scene.made[0] as MadeSession).id)));
    assert.is(scene.store.sessions().length, COUNT - 1);
  }),
);

listing.run();
