import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { isSystemError } from '../../src/errors.ts';
import { withLock } from '../../src/git/lock.ts';
import { loosePath } from '../../src/git/loose-object.ts';
import { bytesBelow } from '../../src/git/stored-files.ts';
import { verifyStore } from '../../src/git/verify.ts';
import { collectGarbage, PRUNE_GRACE_MS } from '../../src/session/collect-garbage.ts';
import { deleteSession } from '../../src/session/delete-session.ts';
import { FailureLog } from '../../src/session/failure-log.ts';
import { forkSession } from '../../src/session/fork-session.ts';
import { gatherObjects } from '../../src/session/gather-objects.ts';
import { DEFAULT_LIMITS } from '../../src/session/limits.ts';
import { NativeIndex } from '../../src/session/native-index.ts';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { createTag, deleteTag, listTags } from '../../src/session/tag.ts';
import { verifySessions } from '../../src/session/verify-sessions.ts';
import { gitText } from '../support/git-oracle.ts';
import { makeLoose } from '../support/loose-store.ts';
import { seededRandom } from '../support/seeded-random.ts';
import {
  assertStoreIsSound,
  type SessionDriver,
  sealedSurroundings,
  startSession,
} from '../support/session-driver.ts';
import {
  checkpointAt,
  codeOf,
  readerOf,
  restoreTo,
  takeBack,
  withThreeTurns,
} from '../support/session-verbs.ts';
import { skipHere } from '../support/skip-here.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const gc = suite('gc');
const DAY_MS = 24 * 60 * 60_000;
const NOTHING_YOUNG = { pruneGraceMs: 0 } as const;

/** Bytes that do not become fewer by packing. */
function randomBytesFrom(seed: number, length: number): Buffer {
  const { below } = seededRandom(seed);
  return Buffer.from(Array.from({ length }, () => below(256)));
}

/** The same store with a clock that is ahead of all files by so much. */
function later({ project, surroundings }: SessionDriver, days: number, directory: string) {
  const now = () => Date.now() + days * DAY_MS;
  const ahead = sealedSurroundings(directory, { ...surroundings, now });
  return startSession(directory, { surroundings: ahead }).then(({ store }) => ({ store, project }));
}

async function assertSound({ store }: Pick<SessionDriver, 'store'>) {
  assertStoreIsSound(store);
  assert.equal((await verifyStore(store.repository)).problems, []);
  assert.equal(verifySessions(store), []);
  store.objects.close();
}

function deleteIt({ store, session, project: root }: SessionDriver) {
  const summary = store.summary(session);
  if (summary === undefined) throw new Error('no session');
  return deleteSession(store, { session: summary, root });
}

gc('packs everything into one pack without git, and the store is the same', () =>
  withThreeTurns(async (driver) => {
    const { store } = driver;
    const before = store.objects.allIds();
    const report = await collectGarbage(store);
    assert.ok((report.objects?.before.packs ?? 0) > 5);
    assert.equal(
      [report.objects?.after.loose, report.objects?.after.packs, report.skipped],
      [0, 1, []],
    );
    assert.ok(report.bytesAfter < report.bytesBefore);
    assert.equal(store.objects.allIds(), before);
    await assertSound(driver);
    const again = await collectGarbage(store);
    assert.equal([again.objects?.packed, again.objects?.removed], [0, 0]);
  }),
);

gc('keeps what git has packed as deltas, whole, where something in between is removed', () =>
  withThreeTurns(async (driver, directory) => {
    const { store } = driver;
    const { directory: gitDirectory } = store.repository;
    const lines = Array.from({ length: 500 }, (_, index) => `line ${index}`);
    for (let version = 0; version < 12; version += 1) {
      lines.push(`version ${version}`);
      driver.write('big.txt', lines.join('\n'));
      if (version % 2 === 0) await driver.prompt(`prompt ${version}`);
      else {
        const blob = gitText(gitDirectory, ['hash-object', '-w', '--stdin'], {
          input: lines.join('\n'),
        });
        gitText(gitDirectory, ['update-ref', `refs/x/${version}`, blob]);
      }
    }
    gitText(gitDirectory, ['repack', '-a', '-d', '-q', '-f']);
    for (let version = 1; version < 12; version += 2) {
      gitText(gitDirectory, ['update-ref', '-d', `refs/x/${version}`]);
    }
    const { removed, left } = (await collectGarbage(store, NOTHING_YOUNG)).objects ?? {};
    assert.equal([removed, left], [6, 0]);
    await assertSound(driver);
    assert.ok(directory);
  }),
);

gc('leaves what nothing reaches for two weeks, and then removes it', () =>
  withThreeTurns(async (driver, directory) => {
    const { store } = driver;
    const { directory: gitDirectory } = store.repository;
    const input = { input: 'unreached' };
    const blob = gitText(gitDirectory, ['hash-object', '-w', '--stdin'], input) as never;
    const young = await collectGarbage((await later(driver, 13, directory)).store);
    assert.equal([young.objects?.removed, store.objects.has(blob)], [0, true]);
    const generation = store.pruneGeneration();
    const dry = await collectGarbage((await later(driver, 15, directory)).store, { isDry: true });
    assert.equal([dry.objects?.removed, store.objects.has(blob)], [1, true]);
    const old = await collectGarbage((await later(driver, 15, directory)).store);
    assert.equal(
      [old.objects?.removed, existsSync(loosePath(store.objects.objectsDirectory, blob))],
      [1, false],
    );
    assert.ok(store.pruneGeneration() > generation, 'what was remembered is void');
    assert.is(PRUNE_GRACE_MS, 14 * DAY_MS);
    await assertSound(driver);
  }),
);

gc('what a young object leads to stays, however old it is', () =>
  withThreeTurns(async (driver) => {
    const { store } = driver;
    const { directory: gitDirectory } = store.repository;
    const blob = gitText(gitDirectory, ['hash-object', '-w', '--stdin'], { input: 'old' }) as never;
    utimesSync(loosePath(store.objects.objectsDirectory, blob), 1, 1);
    gitText(gitDirectory, ['mktree'], { input: `100644 blob ${blob}\tname\n` });
    await collectGarbage(store);
    assert.ok(store.objects.has(blob));
  }),
);

gc('removes nothing at all while a ref, a commit or a directory cannot be read', () =>
  withThreeTurns(async (driver) => {
    const { store } = driver;
    const { directory: gitDirectory } = store.repository;
    const { objectsDirectory } = store.objects;
    const blob = gitText(gitDirectory, ['hash-object', '-w', '--stdin'], { input: 'x' }) as never;
    const torn = join(gitDirectory, 'refs', 'tags', 'torn');
    writeFileSync(torn, '');
    const refused = await collectGarbage(store, NOTHING_YOUNG);
    assert.match(refused.skipped.join(), /nothing was packed or removed: .*refs\/tags\/torn/);
    assert.equal([refused.objects, store.objects.has(blob)], [null, true]);
    rmSync(torn);
    const tree = store.files(checkpointAt(driver, '@1'));
    makeLoose(gitDirectory);
    rmSync(loosePath(objectsDirectory, tree));
    const { store: anew } = driver;
    const missing = await collectGarbage(anew, NOTHING_YOUNG);
    assert.match(missing.skipped.join(), new RegExp(`nothing was packed or removed: .*${tree}`));
    assert.ok(existsSync(loosePath(objectsDirectory, blob)));
    // Sound again, for whoever looks at the store afterwards.
    driver.surroundings.now();
    rmSync(gitDirectory, { recursive: true });
    await driver.prompt('anew');
  }),
);

gc('UE-17: a deleted session comes back by undo within the grace, and is let go after it', () =>
  withThreeTurns(async (driver, directory) => {
    const { project: root, session } = driver;
    const { store } = await later(driver, 0, directory);
    await createTag(store, {
      name: 'kept',
      checkpoint: checkpointAt(driver, '@1').id,
      session,
      root,
    });
    await deleteIt(Object.create(driver, { store: { value: store } }));
    await collectGarbage((await later(driver, 29, directory)).store);
    await takeBack(driver, 'undo');
    assert.ok(driver.store.tip(session), 'it is back');
    await takeBack(driver, 'redo');
    const report = await collectGarbage((await later(driver, 10_000, directory)).store);
    assert.ok(report.trash > 0 && report.operations > 0);
    assert.is(await codeOf(takeBack(driver, 'undo')), 'not-found');
    assert.equal(
      listTags(driver.store).map(({ name }) => name),
      ['kept'],
      'a tag holds what it names',
    );
    assert.ok(driver.store.checkpoint(listTags(driver.store)[0]?.checkpoint as never));
    await assertSound(driver);
  }),
);

gc('emptying the trash leaves everything else undoable, in order', () =>
  withThreeTurns(async (driver) => {
    const { store, project: root, session } = driver;
    const tag = (name: string) =>
      createTag(store, { name, checkpoint: checkpointAt(driver, '@1').id, session, root });
    await tag('one');
    await tag('gone');
    await deleteTag(store, { name: 'gone', root });
    await tag('two');
    const { trash, operations } = await collectGarbage(store, { trashGraceMs: 0 });
    assert.equal([trash, operations], [1, 2]);
    const seen: string[] = [];
    for (const direction of ['undo', 'undo', 'redo', 'redo'] as const) {
      await takeBack(driver, direction);
      const names = listTags(driver.store).map(({ name }) => name);
      seen.push(names.join());
    }
    assert.equal(seen, ['one', '', 'one', 'one,two']);
    await assertSound(driver);
  }),
);

gc(
  'SC-08: with too little space nothing is packed and that is said; the rest is done, and saving goes on',
  () =>
    withThreeTurns(async (driver, directory) => {
      const { store } = driver;
      const surroundings = { ...driver.surroundings, freeBytes: () => 1000 };
      const full = await startSession(directory, { surroundings });
      const temporary = join(store.repository.directory, 'objects', 'tmp_obj_0123456789abcdef');
      writeFileSync(temporary, 'left');
      utimesSync(temporary, 1, 1);
      const blob = gitText(store.repository.directory, ['hash-object', '-w', '--stdin'], {
        input: 'x',
      });
      const report = await collectGarbage(full.store, NOTHING_YOUNG);
      assert.match(report.skipped.join(), /packing needs \d+ bytes, and 1000 are free/);
      assert.equal([report.objects?.packed, report.objects?.removed, report.swept], [0, 1, 1]);
      assert.not(store.objects.has(blob as never));
      await driver.prompt('still here');
      await assertSound(driver);
    }),
);

gc(
  'PR-08: emptying the trash forgets what was noted of the session that goes, and nothing else',
  () =>
    withThreeTurns(async (driver, directory) => {
      const { now, dataDirectory } = driver.surroundings;
      const nativeId = '22222222-2222-4222-8222-222222222222';
      const other = await startSession(directory, { nativeId, surroundings: { now } });
      await other.prompt('stay');
      const { pending } = await restoreTo(driver, '@1', { files: false });
      const failures = new FailureLog(dataDirectory);
      for (const { session, project: cwd } of [driver, other]) {
        const at = new Date(now()).toISOString();
        failures.add({ at, agent: 'claude', event: 'x', code: session, message: 'x', cwd });
      }
      const index = new NativeIndex(dataDirectory);
      const noted = () =>
        [driver.nativeId, pending?.nativeId ?? '', nativeId].map(
          (id) => index.find('claude', id)?.session,
        );
      await deleteIt(driver);
      await collectGarbage(driver.store);
      assert.equal(noted(), [driver.session, driver.session, other.session]);
      assert.is(failures.read().length, 2);
      await collectGarbage(driver.store, { trashGraceMs: 0 });
      assert.equal(noted(), [undefined, undefined, other.session]);
      assert.equal(
        failures.read().map(({ code }) => code),
        [other.session],
      );
    }),
);

gc('SC-08: on a disk that is really nearly full, the store stays sound and saving goes on', () =>
  withTemporaryDirectory(async (directory) => {
    const disk = join(directory, 'data');
    mkdirSync(disk);
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', disk], { stdio: 'ignore' });
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      skipHere('SC-08: no small disk can be mounted here');
      return;
    }
    try {
      const limits = { ...DEFAULT_LIMITS, freeBytes: 0 };
      const surroundings = { settings: { ...DEFAULT_SETTINGS, limits } };
      const driver = await startSession(directory, { surroundings });
      driver.write('a.bin', randomBytesFrom(1, 300_000));
      await driver.prompt('one');
      driver.write('b.bin', randomBytesFrom(2, 250_000));
      await driver.prompt('two');
      const { store } = driver;
      const report = await collectGarbage(store);
      store.objects.close();
      assert.match(report.skipped.join(), /packing needs/);
      await driver.prompt('three');
      await assertSound(driver);
    } finally {
      execFileSync('umount', [disk]);
    }
  }),
);

gc('SC-11: fifty forks of one session cost almost nothing', () =>
  withThreeTurns(async (driver) => {
    const { store, session, project: here } = driver;
    driver.write('large.bin', randomBytesFrom(3, 400_000));
    await driver.prompt('a large file');
    const checkpoint = checkpointAt(driver, `${session}@4`);
    const before = bytesBelow(store.objects.objectsDirectory);
    for (let count = 0; count < 50; count += 1) {
      await forkSession(store, { checkpoint, session, here, readerOf });
    }
    await collectGarbage(store);
    const after = bytesBelow(store.objects.objectsDirectory);
    assert.ok(after - before < 150_000, `${after - before} bytes for 50 forks`);
    assert.is(store.sessions().length, 51);
    await assertSound(driver);
  }),
);

gc(
  'SC-12: when half of the sessions are deleted and no grace is left, their bytes really come back',
  () =>
    withThreeTurns(async (driver, directory) => {
      const { now } = driver.surroundings;
      const drivers: SessionDriver[] = [];
      for (let count = 0; count < 6; count += 1) {
        const nativeId = `${count}2222222-2222-4222-8222-222222222222`;
        const each = await startSession(directory, { nativeId, surroundings: { now } });
        each.write('data.bin', randomBytesFrom(count + 10, 200_000));
        await each.prompt(`session ${count}`);
        drivers.push(each);
      }
      driver.remove('data.bin');
      const { store } = driver;
      await collectGarbage(store);
      const before = bytesBelow(store.repository.directory);
      for (const each of drivers.slice(0, 3)) await deleteIt(each);
      await collectGarbage(store, { trashGraceMs: 0, pruneGraceMs: 0 });
      const after = bytesBelow(store.repository.directory);
      // The first of those left has the file of the last one deleted as it found it.
      assert.ok(before - after > 390_000, `${before - after} of ${before} came back`);
      assert.is(store.sessions().length, 4);
      await assertSound(driver);
    }),
);

gc('packs what is reached well, though something beside it is too young to go', () =>
  withThreeTurns(async (driver, directory) => {
    const { store, session, project: root } = driver;
    // The journal of each of these is reached no longer and lies in a pack with what is.
    for (const name of ['one', 'two', 'three']) {
      await createTag(store, { name, checkpoint: checkpointAt(driver, '@1').id, session, root });
    }
    await gatherObjects(store);
    const unreached = (await collectGarbage(store)).objects;
    assert.ok(unreached && unreached.left === 0 && unreached.after.packs <= 2);
    const again = (await collectGarbage(store)).objects;
    assert.equal([again?.packed, again?.after.packs], [0, unreached.after.packs]);
    const { objects } = await collectGarbage((await later(driver, 15, directory)).store);
    assert.ok((objects?.removed ?? 0) > 0);
    assert.is(objects?.after.packs, 1);
    await assertSound(driver);
  }),
);

gc('sweeps halves of packs that are old and nobody’s, once everything else was found', () =>
  withThreeTurns(async (driver, directory) => {
    const { store } = driver;
    await collectGarbage(store, NOTHING_YOUNG);
    const packs = join(store.repository.directory, 'objects', 'pack');
    const whole = readdirSync(packs).sort();
    const half = (digit: string) => `pack-${digit.repeat(40)}`;
    const kept = [`${half('c')}.keep`, `${half('c')}.pack`];
    const lone = [`${half('a')}.idx`, `${half('a')}.rev`, `${half('b')}.pack`];
    for (const name of [...lone, ...kept]) writeFileSync(join(packs, name), 'x');
    const left = () => readdirSync(packs).sort();
    assert.is((await collectGarbage(store)).swept, 0, 'too young');
    const ahead = await later(driver, 1, directory);
    const [pack = ''] = whole.filter((name) => name.endsWith('.pack'));
    renameSync(join(packs, pack), join(packs, 'away'));
    assert.is((await collectGarbage(ahead.store)).objects, null);
    assert.equal(left().length, whole.length + lone.length + kept.length, 'something is missing');
    renameSync(join(packs, 'away'), join(packs, pack));
    assert.is((await collectGarbage(ahead.store)).swept, lone.length);
    assert.equal(left(), [...whole, ...kept].sort());
    for (const name of kept) rmSync(join(packs, name));
    await assertSound(driver);
  }),
);

gc('one at a time, and a second one says who is at it', () =>
  withThreeTurns(async ({ store, surroundings }) => {
    const lock = join(store.repository.directory, 'gsess', 'locks', 'gc');
    const { processes, now } = surroundings;
    await withLock(lock, { processes, now, verb: 'gc', waitMs: 0 }, async () => {
      assert.is(await codeOf(collectGarbage(store)), 'locked');
    });
    await collectGarbage(store);
    assert.equal(readdirSync(lock), []);
  }),
);

gc('stops when it is told to, and leaves nothing behind', () =>
  withThreeTurns(async ({ store }) => {
    const signal = AbortSignal.abort();
    try {
      await collectGarbage(store, { signal });
      assert.unreachable();
    } catch (error) {
      assert.ok(error instanceof Error && !isSystemError(error));
    }
    const names = readdirSync(store.repository.directory, { recursive: true, encoding: 'utf8' });
    assert.equal(
      names.filter((name) => /tmp/.test(name)),
      [],
    );
  }),
);

gc.run();
