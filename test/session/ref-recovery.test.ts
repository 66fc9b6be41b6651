// Damaged refs: told by whoever meets them, never taken for absent, and found again from what the objects say.

import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectId } from '../../src/git/object-id.ts';
import { deleteSession } from '../../src/session/delete-session.ts';
import { operationsRef } from '../../src/session/operation-log.ts';
import type { Candidate } from '../../src/session/ref-evidence.ts';
import { newestOf } from '../../src/session/ref-recovery.ts';
import { planRepair, repairRefs } from '../../src/session/repair-refs.ts';
import { sessionRef } from '../../src/session/store.ts';
import { createTag, listTags } from '../../src/session/tag.ts';
import { git, gitText } from '../support/git-oracle.ts';
import { makeLoose } from '../support/loose-store.ts';
import { commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const OTHER = '22222222-2222-4222-8222-222222222222';
const MISSING = 'deadbeef'.repeat(5);
const test = suite('recovery of refs');

interface Scene {
  readonly driver: SessionDriver;
  readonly other: SessionDriver;
  readonly store: string;
  readonly ref: string;
  readonly tip: ObjectId;
}

/** Two sessions of one root, each with a few checkpoints. */
function withTwoSessions(use: (scene: Scene) => Promise<void>): () => Promise<void> {
  return () =>
    withTemporaryDirectory(async (directory) => {
      const driver = await startSession(directory);
      const other = await startSession(directory, { nativeId: OTHER });
      for (const each of [driver, other]) {
        each.write('a.txt', each.nativeId);
        await each.prompt('begin');
        await each.turn('done');
      }
      const store = driver.store.repository.directory;
      const tip = driver.store.tip(driver.session)!;
      await use({ driver, other, store, ref: sessionRef(driver.session), tip });
    });
}

/** Repairs all there is to repair, and wants nothing left. */
async function repair({ driver }: Scene): Promise<string[]> {
  const { store } = driver;
  const planned = planRepair(store);
  assert.equal(await repairRefs(store, planned), []);
  assert.equal(planRepair(driver.store), []);
  return planned.map(({ ref, action }) => `${action} ${ref}`);
}

const DAMAGE: readonly (readonly [string, string, (tip: string) => string])[] = [
  ['CR-07', 'is empty', () => ''],
  ['CR-08', 'holds NULs', () => '\0'.repeat(41)],
  ['CR-08', 'holds half an id', (tip) => tip.slice(0, 20)],
  ['CR-08', 'points to an object that is not there', () => `${MISSING}\n`],
];

for (const [id, what, contentFor] of DAMAGE) {
  test(
    `${id}: a branch that ${what} is told by every verb, begins no new history, and is recovered`,
    withTwoSessions(async (scene) => {
      const { driver, other, store, ref, tip } = scene;
      const path = join(store, ref);
      writeFileSync(path, contentFor(tip));
      const damaged = readFileSync(path);
      const gsess = commandRunner(driver);
      const listed = (await gsess.json(['list'])) as { id: string }[];
      assert.equal(
        listed.map(({ id: session }) => session),
        [other.session],
      );
      assert.match((await gsess(['list'])).stderr, new RegExp(driver.session));
      assert.match((await gsess(['status'])).stdout, new RegExp(`^ {2}${ref}: `, 'm'));
      for (const verb of ['show', 'log', 'resume', 'restore', 'tag x', 'fork', 'delete']) {
        const words = [...verb.split(' '), driver.session];
        if (['restore', 'delete'].includes(verb)) words.push('--yes');
        const { status, stderr } = await gsess(words);
        assert.ok(status !== 0, `${verb}: ${status}`);
        assert.match(stderr, /damaged|cannot read|not in the store/i, verb);
      }
      assert.is((await gsess(['verify'])).status, 1);
      await driver.prompt('while it is damaged').then(
        () => assert.unreachable('the event must fail'),
        (error) => assert.match(error.code, /ref-damaged|object-missing/),
      );
      await other.prompt('goes on');
      assert.is(other.log()[0]?.files, 'whole', 'the damage of one is not the damage of another');
      assert.equal(readFileSync(path), damaged, 'nobody writes to it');
      assert.equal(await repair(scene), [`set ${ref}`]);
      assert.is(driver.store.tip(driver.session), tip);
      const kept = join(store, 'gsess', 'damaged');
      assert.equal(
        readdirSync(kept).map((name) => readFileSync(join(kept, name))),
        [damaged],
      );
      await driver.turn('after it');
      assert.is(gitText(store, ['rev-parse', `${ref}~1`]), tip);
      assertStoreIsSound(driver.store);
    }),
  );
}

test(
  'a tip whose files are not whole is not taken, the newest one that is whole is',
  withTwoSessions(async (scene) => {
    const { driver, store, ref } = scene;
    const before = driver.store.tip(driver.session)!;
    driver.write('b.txt', 'will be lost');
    await driver.turn('more');
    const blob = gitText(store, ['rev-parse', `${ref}:files/b.txt`]);
    makeLoose(store);
    rmSync(join(store, 'objects', blob.slice(0, 2), blob.slice(2)));
    writeFileSync(join(store, ref), '');
    await repair(scene);
    assert.is(driver.store.tip(driver.session), before);
  }),
);

test(
  'a ref that was mended meanwhile, or another damage than was seen, is left alone',
  withTwoSessions(async ({ driver, store, ref, tip }) => {
    writeFileSync(join(store, ref), '');
    const planned = planRepair(driver.store);
    const mended = gitText(store, ['rev-parse', `${tip}~1`]);
    writeFileSync(join(store, ref), `${mended}\n`);
    const [fault = ''] = await repairRefs(driver.store, planned);
    assert.match(fault, /cannot move/);
    assert.is(gitText(store, ['rev-parse', ref]), mended);
  }),
);

test(
  'tags, the operation log, the trash, HEAD and the first snapshot are found again or made anew',
  withTwoSessions(async (scene) => {
    const { driver, other, store, tip } = scene;
    const { session, project: root } = driver;
    await createTag(driver.store, { name: 'good one', checkpoint: tip, session, root });
    await deleteSession(driver.store, { session: other.store.summary(other.session)!, root });
    const [tag] = listTags(driver.store);
    const log = gitText(store, ['rev-parse', operationsRef(root)]);
    const trash = gitText(store, ['for-each-ref', '--format=%(refname)', 'refs/gsess/trash']);
    assert.match(trash, /heads\/22222222/);
    const trashed = gitText(store, ['rev-parse', trash]);
    git(store, ['update-ref', 'refs/gsess/base/00000000', tip]);
    const damaged = [tag!.ref, operationsRef(root), trash, 'HEAD', 'refs/gsess/base/00000000'];
    for (const name of damaged) writeFileSync(join(store, name), '');
    const actions = await repair(scene);
    assert.is(actions.length, 5);
    assert.is(listTags(driver.store)[0]?.checkpoint, tip);
    assert.is(gitText(store, ['rev-parse', operationsRef(root)]), log);
    assert.is(gitText(store, ['rev-parse', trash]), trashed);
    assert.is(gitText(store, ['symbolic-ref', 'HEAD']), sessionRef(session));
    const { stdout } = await commandRunner(driver)(['undo']);
    assert.match(stdout, /delete/);
    assert.is(driver.store.sessions().length, 2);
    assertStoreIsSound(driver.store);
  }),
);

test(
  'a damaged HEAD is no reason to lose an event, and mends with it',
  withTwoSessions(async ({ driver, store, ref }) => {
    writeFileSync(join(store, 'HEAD'), '');
    await driver.turn('more');
    assert.is(readFileSync(join(store, 'HEAD'), 'utf8'), `ref: ${ref}\n`);
  }),
);

test(
  'a torn packed-refs hides no session that can be read, and loses none but those that were deleted',
  withTwoSessions(async (scene) => {
    const { driver, other, store, ref, tip } = scene;
    const { session, project: root } = driver;
    const gone = await startSession(join(driver.project, '..'), {
      nativeId: '33333333-3333-4333-8333-333333333333',
    });
    await gone.prompt('to be deleted');
    await deleteSession(gone.store, { session: gone.store.summary(gone.session)!, root });
    await createTag(driver.store, { name: 'good', checkpoint: tip, session, root });
    const log = gitText(store, ['rev-parse', operationsRef(root)]);
    git(store, ['pack-refs', '--all', '--prune']);
    const packed = readFileSync(join(store, 'packed-refs'), 'utf8');
    copyFileSync(join(store, 'packed-refs'), join(root, '..', 'packed'));
    writeFileSync(join(store, 'packed-refs'), packed.slice(0, packed.indexOf(other.session) + 5));
    const listed = (await commandRunner(driver).json(['list'])) as { id: string }[];
    assert.equal(
      listed.map(({ id }) => id),
      [session],
    );
    await repair(scene);
    assert.equal(
      driver.store
        .sessions()
        .map(({ id }) => id)
        .sort(),
      [session, other.session].sort(),
    );
    assert.is(gitText(store, ['rev-parse', ref]), tip);
    assert.is(gitText(store, ['rev-parse', operationsRef(root)]), log);
    assert.is(listTags(driver.store)[0]?.name, 'good');
    await driver.turn('goes on');
    assertStoreIsSound(driver.store);
  }),
);

test('of two lines of history the one that counts more is newer, and what is behind another never is', () => {
  const candidate = (id: string, parents: string[], rank: number, at = 0) =>
    ({ id, parents, rank, at }) as unknown as Candidate;
  const all = () => true;
  const lost = [candidate('a', [], 1), candidate('b', ['a'], 2), candidate('race', ['a'], 2, 9)];
  assert.is(newestOf([...lost, candidate('c', ['b'], 3)], all), 'c');
  assert.is(newestOf(lost, all), 'race', 'alike, the later one');
  assert.is(newestOf([candidate('old', [], 9), candidate('new', ['old'], 1)], all), 'new');
  assert.is(
    newestOf(lost, (id) => id === ('a' as string)),
    'a',
  );
  assert.is(
    newestOf(lost, () => false),
    undefined,
  );
  assert.is(newestOf([], all), undefined);
});

test.run();
