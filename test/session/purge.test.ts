import { appendFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { verifyStore } from '../../src/git/verify.ts';
import { collectGarbage } from '../../src/session/collect-garbage.ts';
import { deleteSession } from '../../src/session/delete-session.ts';
import { FailureLog } from '../../src/session/failure-log.ts';
import { forkSession } from '../../src/session/fork-session.ts';
import { purgeSession, purgeTarget } from '../../src/session/purge-session.ts';
import { renameSession } from '../../src/session/rename-session.ts';
import { createTag, listTags } from '../../src/session/tag.ts';
import { verifySessions } from '../../src/session/verify-sessions.ts';
import { gitText } from '../support/git-oracle.ts';
import { processes } from '../support/process-table.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import {
  checkpointAt,
  codeOf,
  readerOf,
  restoreTo,
  takeBack,
  withThreeTurns,
} from '../support/session-verbs.ts';
import { findTexts } from '../support/store-bytes.ts';

const purge = suite('purge');
const OTHER = '22222222-2222-4222-8222-222222222222';

/** A second session in another directory of the project, with words and files nothing else has. */
async function secret(driver: SessionDriver, directory: string): Promise<SessionDriver> {
  const { now } = driver.surroundings;
  mkdirSync(join(directory, 'project', 'sub'), { recursive: true });
  const other = await startSession(directory, { nativeId: OTHER, surroundings: { now } });
  await other.prompt('UNSPEAKABLE words');
  await other.tool('Write', { file_path: 'x', content: 'UNWRITABLE' }, () =>
    other.write('x.txt', 'UNREADABLE\n'),
  );
  await other.turn('UNANSWERED');
  other.remove('x.txt');
  await other.prompt('go on');
  await other.turn('done');
  return other;
}

const WORDS = ['UNSPEAKABLE', 'UNWRITABLE', 'UNREADABLE', 'UNANSWERED', 'UNNAMED', 'UNTAGGED'];

function summaryOf({ store, session }: SessionDriver) {
  const summary = store.summary(session);
  if (summary === undefined) throw new Error('no session');
  return summary;
}

async function erase(driver: SessionDriver, withTags = false) {
  const target = purgeTarget(driver.store, driver.session);
  if (target === undefined) throw new Error('nothing to purge');
  return await purgeSession(driver.store, target, { withTags });
}

async function assertSound({ store }: SessionDriver) {
  assert.equal((await verifyStore(store.repository)).problems, []);
  assert.equal(verifySessions(store), []);
}

purge(
  'PR-08: nothing of a purged session is left in objects, packs, logs, trash, caches or notes',
  () =>
    withThreeTurns(async (driver, directory) => {
      const other = await secret(driver, directory);
      const { store, project: root } = other;
      const { directory: gitDirectory } = store.repository;
      gitText(gitDirectory, ['config', 'core.logAllRefUpdates', 'always']);
      gitText(gitDirectory, ['branch', 'looked-at', other.session]);
      gitText(gitDirectory, ['branch', '-D', 'looked-at']);
      await renameSession(store, { session: summaryOf(other), name: 'UNNAMED', root });
      const { id: checkpoint } = checkpointAt(other, `${other.session}@1`);
      await createTag(store, { name: 'UNTAGGED', checkpoint, session: other.session, root });
      await restoreTo(other, `${other.session}@1`, { session: other.session });
      await takeBack(other, 'undo');
      // In a pack with deltas together with all others, loose, and in objects that no ref ever held.
      gitText(gitDirectory, ['gc', '--quiet']);
      await other.prompt('UNSPEAKABLE again');
      gitText(gitDirectory, ['hash-object', '-w', '--stdin'], { input: 'UNREADABLE leftover' });
      writeFileSync(join(gitDirectory, 'objects', 'tmp_obj_0123456789abcdef'), 'UNREADABLE');
      new FailureLog(store.surroundings.dataDirectory).add({
        at: new Date(0).toISOString(),
        agent: 'claude',
        event: 'turn',
        code: 'io-failed',
        message: `UNSPEAKABLE in ${other.nativeId}`,
      });
      const marks = [...WORDS, other.session];
      const { dataDirectory } = store.surroundings;
      assert.ok(findTexts(dataDirectory, marks).length > WORDS.length);

      assert.is(await codeOf(erase(other)), 'guard', 'it has a tag');
      const { left, objects, bytes } = await erase(other, true);
      assert.equal({ left, hasGone: objects > 10 && bytes > 0 }, { left: 0, hasGone: true });
      assert.equal(findTexts(dataDirectory, marks), []);
      assert.equal(listTags(driver.store), []);
      assert.is(purgeTarget(driver.store, other.session), undefined);
      await assertSound(driver);
    }),
);

purge('PR-08: a session that was deleted before is purged out of the trash', () =>
  withThreeTurns(async (driver, directory) => {
    const other = await secret(driver, directory);
    await deleteSession(other.store, { session: summaryOf(other), root: other.project });
    const target = purgeTarget(driver.store, other.session);
    assert.is(target?.isDeleted, true);
    await erase(other);
    assert.equal(findTexts(driver.surroundings.dataDirectory, [...WORDS, other.session]), []);
    assert.is(await codeOf(takeBack(driver, 'undo')), 'not-found');
    await assertSound(driver);
  }),
);

purge('PR-09: a fork of a purged session keeps what it shares, whole', () =>
  withThreeTurns(async (driver, directory) => {
    const other = await secret(driver, directory);
    const { store, session, project: here } = other;
    const fork = await forkSession(store, {
      checkpoint: checkpointAt(other, `${session}@1`),
      session,
      here,
      readerOf,
    });
    await other.prompt('UNSHARED words');
    await other.turn('UNSHARED answer');
    await other.prompt('more');
    gitText(store.repository.directory, ['gc', '--quiet']);
    await erase(other);
    const { dataDirectory } = store.surroundings;
    assert.equal(findTexts(dataDirectory, ['UNSHARED']), []);
    assert.ok(findTexts(dataDirectory, ['UNSPEAKABLE']).length > 0, 'the fork holds it too');
    const conversation = driver.store.record(driver.store.tipOf(fork.session));
    assert.is(conversation.forkedFrom?.session, session);
    await assertSound(driver);
  }),
);

purge('what is undone stays undone and in order where a session was purged in between', () =>
  withThreeTurns(async (driver, directory) => {
    const { project: root } = driver;
    const tag = (of: SessionDriver, name: string) =>
      createTag(of.store, {
        name,
        checkpoint: checkpointAt(of, `${of.session}@1`).id,
        session: of.session,
        root,
      });
    const tags = () => listTags(driver.store).map(({ name }) => name);
    const other = await secret(driver, directory);
    await tag(driver, 'one');
    await tag(other, 'UNTAGGED');
    await tag(driver, 'two');
    await tag(driver, 'three');
    await takeBack(driver, 'undo');
    await erase(other, true);
    assert.equal(tags(), ['one', 'two']);
    await takeBack(driver, 'redo');
    assert.equal(tags(), ['one', 'three', 'two']);
    for (const left of [['one', 'two'], ['one'], []]) {
      await takeBack(driver, 'undo');
      assert.equal(tags(), left);
    }
    assert.is(await codeOf(takeBack(driver, 'undo')), 'not-found');
  }),
);

purge('a live session is not purged, and nothing is touched', () =>
  withThreeTurns(async (driver) => {
    driver.store.leases.hold(driver.session, processes.self);
    const tip = driver.store.tip(driver.session);
    assert.is(await codeOf(erase(driver)), 'live');
    assert.is(driver.store.tip(driver.session), tip);
  }),
);

purge('a purge is refused where a damaged object leaves doubt about what others need', () =>
  withThreeTurns(async (driver, directory) => {
    const other = await secret(driver, directory);
    const { directory: gitDirectory } = driver.store.repository;
    mkdirSync(join(gitDirectory, 'refs', 'heads', 'x'), { recursive: true });
    appendFileSync(join(gitDirectory, 'refs', 'heads', 'x', 'y'), 'torn');
    assert.is(await codeOf(erase(other)), 'ref-damaged');
    assert.ok(driver.store.tip(other.session));
    rmSync(join(gitDirectory, 'refs', 'heads', 'x'), { recursive: true });
  }),
);

purge('the last session is purged, and gc has nothing left to do', () =>
  withThreeTurns(async (driver) => {
    await erase(driver);
    const report = await collectGarbage(driver.store, { pruneGraceMs: 0 });
    assert.equal([report.objects?.removed, report.objects?.left, report.skipped], [0, 0, []]);
    assert.equal(driver.store.sessions(), []);
    await driver.prompt('again');
    assert.is(driver.log().length, 1);
  }),
);

purge.run();
