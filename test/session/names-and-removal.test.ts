import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deleteSession } from '../../src/session/delete-session.ts';
import { forkSession } from '../../src/session/fork-session.ts';
import { renameSession } from '../../src/session/rename-session.ts';
import type { SessionSummary } from '../../src/session/session-summary.ts';
import { createTag, deleteTag, findTag, listTags } from '../../src/session/tag.ts';
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

const names = suite('tag, rename and delete');
const BACK = ['undo', 'undo', 'undo'] as const;
const FORTH = ['redo', 'redo', 'redo'] as const;
const OTHER = '22222222-2222-4222-8222-222222222222';

function summaryOf({ store, session }: SessionDriver): SessionSummary {
  const summary = store.summary(session);
  if (summary === undefined) throw new Error('no session');
  return summary;
}

function tagAt(driver: SessionDriver, name: string, called: string, replaces?: string) {
  const { store, session, project: root } = driver;
  const { id: checkpoint } = checkpointAt(driver, called);
  const old = replaces === undefined ? undefined : findTag(store, replaces)?.object;
  return createTag(store, { name, checkpoint, session, root, replaces: old });
}

const tagsOf = ({ store }: SessionDriver) =>
  listTags(store).map(({ name, turn }) => `${name} ${turn}`);

names('UE-19: a tag is given, moved, removed, and each of it undone and done again', () =>
  withThreeTurns(async (driver) => {
    await tagAt(driver, 'Gut & schön', '@1');
    assert.equal(tagsOf(driver), ['Gut & schön 1']);
    assert.is(await codeOf(tagAt(driver, ' Gut & schön ', '@2')), 'guard');
    await tagAt(driver, 'Gut & schön', '@2', 'Gut & schön');
    assert.equal(tagsOf(driver), ['Gut & schön 2']);
    const { store, project: root } = driver;
    await deleteTag(store, { name: 'Gut & schön', root });
    assert.equal(tagsOf(driver), []);
    assert.is(await codeOf(deleteTag(store, { name: 'Gut & schön', root })), 'not-found');
    // What a moved tag was is held by nothing but the trash.
    gitText(store.repository.directory, ['gc', '--quiet', '--prune=now']);
    const seen: string[] = [];
    for (const direction of ['undo', 'undo', 'undo', 'redo', 'redo', 'redo'] as const) {
      await takeBack(driver, direction);
      seen.push(tagsOf(driver).join());
    }
    assert.equal(seen, [
      'Gut & schön 2',
      'Gut & schön 1',
      '',
      'Gut & schön 1',
      'Gut & schön 2',
      '',
    ]);
  }),
);

names('a tag is undone past a restore that came between, in the order of what was asked', () =>
  withThreeTurns(async (driver) => {
    await tagAt(driver, 'first', '@1');
    await restoreTo(driver, 'first', { conversation: false });
    await tagAt(driver, 'second', '@2');
    assert.is((await takeBack(driver, 'undo')).summary, 'tag second');
    assert.is((await takeBack(driver, 'undo')).summary, 'restore first');
    assert.is((await takeBack(driver, 'undo')).summary, 'tag first');
    assert.equal(tagsOf(driver), []);
  }),
);

names('a tag that was made with git itself can be moved and undone', () =>
  withThreeTurns(async (driver) => {
    const { store } = driver;
    gitText(store.repository.directory, ['tag', 'Plain', checkpointAt(driver, '@1').id]);
    assert.equal(tagsOf(driver), ['Plain 1']);
    await tagAt(driver, 'Plain', '@3', 'Plain');
    assert.equal(tagsOf(driver), ['Plain 3']);
    await takeBack(driver, 'undo');
    assert.equal(tagsOf(driver), ['Plain 1']);
  }),
);

names('a name stays whatever is said, and undo gives the title back', () =>
  withThreeTurns(async (driver) => {
    const { project: root } = driver;
    const rename = (name: string) =>
      renameSession(driver.store, { session: summaryOf(driver), name, root });
    assert.is(await rename('  flags  '), 'flags');
    await driver.prompt('something else');
    assert.is(summaryOf(driver).name, 'flags');
    await rename('other flags');
    await takeBack(driver, 'undo');
    assert.is(summaryOf(driver).name, 'flags');
    await takeBack(driver, 'redo');
    assert.is(summaryOf(driver).name, 'other flags');
    await takeBack(driver, 'undo');
    await takeBack(driver, 'undo');
    assert.is(summaryOf(driver).name, null);
    assert.is(summaryOf(driver).title, 'something else');
    assert.is(await codeOf(rename('latest')), 'name-invalid');
  }),
);

names(
  'a fork goes and comes with undo and redo past its names, but not past what was said in it',
  () =>
    withThreeTurns(async (driver, directory) => {
      const { store, session, project: root } = driver;
      const request = { checkpoint: checkpointAt(driver, '@2'), session, here: root, readerOf };
      const { session: fork, pending } = await forkSession(store, request);
      const seen = () => store.summary(fork)?.name;
      for (const name of ['one', 'two']) {
        const summary = store.summary(fork) ?? summaryOf(driver);
        await renameSession(store, { session: summary, name, root });
      }
      const names: unknown[] = [];
      for (const direction of [...BACK, ...FORTH, ...BACK]) {
        await takeBack(driver, direction);
        names.push(seen());
      }
      const gone = ['one', null, undefined];
      assert.equal(names, [...gone, null, 'one', 'two', ...gone]);
      for (const direction of FORTH) await takeBack(driver, direction);
      const { now } = driver.surroundings;
      const nativeId = pending?.nativeId ?? '';
      const speaker = await startSession(directory, { nativeId, surroundings: { now } });
      await speaker.prompt('here I am');
      await takeBack(driver, 'undo');
      await takeBack(driver, 'undo');
      assert.is(await codeOf(takeBack(driver, 'undo')), 'tree-changed');
      assert.is(seen(), null);
    }),
);

names('a name that another session has is refused', () =>
  withThreeTurns(async (driver, directory) => {
    const { now } = driver.surroundings;
    const other = await startSession(directory, { nativeId: OTHER, surroundings: { now } });
    await other.prompt('elsewhere');
    const { store, project: root } = driver;
    await renameSession(store, { session: summaryOf(driver), name: 'flags', root });
    const again = renameSession(store, { session: summaryOf(other), name: 'flags', root });
    assert.is(await codeOf(again), 'guard');
  }),
);

names('UE-19: a deleted session is gone from the list and comes back whole', () =>
  withThreeTurns(async (driver, directory) => {
    const { now } = driver.surroundings;
    const other = await startSession(directory, { nativeId: OTHER, surroundings: { now } });
    await other.prompt('elsewhere');
    await driver.event({ kind: 'prompt', subject: 'on', prompt: 'on' });
    await tagAt(driver, 'good', `${driver.session}@1`);
    const session = summaryOf(driver);
    const { store, project: root } = driver;
    await deleteSession(store, { session, root });
    assert.equal(
      store.sessions().map(({ id }) => id),
      [other.session],
    );
    assert.is(store.refs.head(), `refs/heads/${other.session}`, 'git still finds a session');
    assert.equal(tagsOf(driver), ['good 1']);
    gitText(store.repository.directory, ['gc', '--quiet', '--prune=now']);
    await takeBack(driver, 'undo');
    assert.is(driver.store.tip(driver.session), session.tip);
    await takeBack(driver, 'redo');
    assert.is(driver.store.tip(driver.session), undefined);
  }),
);

names('a deleted session that spoke again is not overwritten by undo unasked', () =>
  withThreeTurns(async (driver) => {
    const session = summaryOf(driver);
    await deleteSession(driver.store, { session, root: driver.project });
    await driver.prompt('I am still here');
    const tip = driver.store.tip(driver.session);
    assert.is(await codeOf(takeBack(driver, 'undo')), 'tree-changed');
    assert.is(driver.store.tip(driver.session), tip);
    await takeBack(driver, 'undo', true);
    assert.is(driver.store.tip(driver.session), session.tip);
    await takeBack(driver, 'redo', true);
    assert.is(driver.store.tip(driver.session), tip, 'what it had said is not lost either');
  }),
);

names('a live session is not deleted', () =>
  withThreeTurns(async (driver) => {
    driver.store.leases.hold(driver.session, processes.self);
    const session = summaryOf(driver);
    assert.is(await codeOf(deleteSession(driver.store, { session, root: driver.project })), 'live');
    assert.is(driver.store.tip(driver.session), session.tip);
  }),
);

names.run();
