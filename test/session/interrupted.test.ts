import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { loosePath } from '../../src/git/loose-object.ts';
import { hashObject } from '../../src/git/object-id.ts';
import { DEFAULT_LIMITS } from '../../src/session/limits.ts';
import { recover } from '../../src/session/operate.ts';
import {
  journalRef,
  operationsRef,
  putOperation,
  stateOf,
} from '../../src/session/operation-log.ts';
import { newOperation } from '../../src/session/record-operation.ts';
import { snapshotFiles } from '../../src/session/root-snapshot.ts';
import { filesOf as stateAt } from '../../src/session/session-change.ts';
import { sessionRef } from '../../src/session/store.ts';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { createTag } from '../../src/session/tag.ts';
import { makeLoose } from '../support/loose-store.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import {
  checkpointAt,
  filesOf,
  restoreTo,
  takeBack,
  threeTurns,
} from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const interrupted = suite('an interrupted restore');

interface Scene {
  readonly driver: SessionDriver;
  readonly warnings: string[];
  readonly first: object;
  readonly third: object;
}

function withThreeTurns(use: (scene: Scene) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const warnings: string[] = [];
    const surroundings = { onWarning: (text: string) => warnings.push(text) };
    const driver = await startSession(directory, { surroundings });
    const [first = {}, , third = {}] = await threeTurns(driver);
    await use({ driver, warnings, first, third });
    assertStoreIsSound(driver.store);
  });
}

/** Leaves what a restore to turn 1 leaves that was killed after its first file: the journal, and one file in place. */
async function interrupt(driver: SessionDriver): Promise<void> {
  const { store, project: root, session } = driver;
  const checkpoint = checkpointAt(driver, '@1');
  const batch = store.batch();
  const present = snapshotFiles(store, root, { batch });
  const target = stateAt(store, checkpoint);
  const operation = newOperation(store, {
    verb: 'restore',
    root,
    summary: 'restore @1',
    refs: [],
    files: { before: stateOf(present), after: stateOf({ content: target }) },
    change: { session, subject: 'restore @1: made', goesBackTo: checkpoint.id },
  });
  const entry = putOperation(store, batch, operation);
  batch.flush();
  const edit = { name: journalRef(root), value: entry, expect: 'absent' } as const;
  await store.refs.update([edit], 'restore');
  batch.settle();
  writeFileSync(join(root, 'a.txt'), 'one\n');
}

interrupted('is finished by the next event of an agent', () =>
  withThreeTurns(async ({ driver, first, third }) => {
    await interrupt(driver);
    await driver.event({ subject: 'later' });
    assert.equal(filesOf(driver), first);
    assert.ok(driver.log().some(({ kind }) => kind === 'restore'));
    assert.is(driver.store.refs.read(journalRef(driver.project)), undefined);
    await takeBack(driver, 'undo');
    assert.equal(filesOf(driver), third);
  }),
);

interrupted('leaves alone what the checkpoint had left out, as the plan did', () =>
  withTemporaryDirectory(async (directory) => {
    const settings = { ...DEFAULT_SETTINGS, limits: { ...DEFAULT_LIMITS, fileBytes: 1000 } };
    const driver = await startSession(directory, { surroundings: { settings } });
    driver.write('large.bin', 'x'.repeat(1001));
    await threeTurns(driver);
    driver.write('large.bin', 'small by now, and captured\n');
    await interrupt(driver);
    await driver.event({ subject: 'later' });
    assert.is(filesOf(driver)['a.txt'], 'file 644 "one\\n"');
    assert.is(filesOf(driver)['large.bin'], 'file 644 "small by now, and captured\\n"');
    assertStoreIsSound(driver.store);
  }),
);

interrupted(
  'is finished before a verb that only moves refs, and stays in its place among what can be undone',
  () =>
    withThreeTurns(async ({ driver, warnings, first, third }) => {
      await interrupt(driver);
      const { store, session, project: root } = driver;
      const { id: checkpoint } = checkpointAt(driver, '@2');
      await createTag(store, { name: 'good', checkpoint, session, root });
      assert.equal(filesOf(driver), first);
      assert.equal(warnings, ["an interrupted 'restore @1' was finished"]);
      assert.is((await takeBack(driver, 'undo')).summary, 'tag good');
      assert.is((await takeBack(driver, 'undo')).summary, 'restore @1');
      assert.equal(filesOf(driver), third);
    }),
);

interrupted('leaves alone what someone changed in between, and says so', () =>
  withThreeTurns(async ({ driver, warnings }) => {
    await interrupt(driver);
    driver.write('by-hand.txt', 'changed after the crash\n');
    await recover(driver.store, driver.project);
    assert.is(
      readFileSync(join(driver.project, 'by-hand.txt'), 'utf8'),
      'changed after the crash\n',
    );
    assert.match(warnings.join('\n'), "'by-hand.txt' was changed after the interruption");
    assert.ok('deep/er/b.txt' in filesOf(driver));
  }),
);

interrupted('after its files and its session is only entered into the log, whole', () =>
  withThreeTurns(async ({ driver, first, third }) => {
    const { store, project: root } = driver;
    const log = store.refs.read(operationsRef(root));
    await restoreTo(driver, '@1', { conversation: false });
    // As if killed between the move of the branch and that of the log: the journal names the operation, the log does not.
    const newest = store.refs.read(operationsRef(root));
    assert.ok(newest);
    await store.refs.update(
      [
        { name: journalRef(root), value: newest ?? null, expect: 'absent' },
        { name: operationsRef(root), value: log ?? null, expect: 'any' },
      ],
      'test',
    );
    const tip = store.tip(driver.session);
    await recover(store, root);
    assert.is(store.tip(driver.session), tip);
    assert.equal(filesOf(driver), first);
    await takeBack(driver, 'undo');
    assert.equal(filesOf(driver), third);
    await takeBack(driver, 'redo');
    assert.equal(filesOf(driver), first);
  }),
);

interrupted('after all but the removal of the journal is not done twice', () =>
  withThreeTurns(async ({ driver }) => {
    const { store, project: root } = driver;
    await restoreTo(driver, '@1');
    const newest = store.refs.read(operationsRef(root)) ?? null;
    await store.refs.update([{ name: journalRef(root), value: newest, expect: 'absent' }], 'test');
    const before = driver.log().length;
    await recover(store, root);
    assert.is(driver.log().length, before);
    assert.is(store.refs.read(operationsRef(root)), newest);
    assert.is(store.refs.read(journalRef(root)), undefined);
  }),
);

interrupted('of a session that was deleted since is finished for its files', () =>
  withThreeTurns(async ({ driver, first, third }) => {
    await interrupt(driver);
    const { store, session, project: root } = driver;
    const tip = store.tip(session) ?? 'any';
    const branch = sessionRef(session);
    const kept = {
      name: 'refs/gsess/trash/test',
      value: tip === 'any' ? null : tip,
      expect: 'absent',
    } as const;
    await store.refs.update([kept, { name: branch, value: null, expect: tip }], 'test');
    await recover(store, root);
    assert.equal(filesOf(driver), first);
    await takeBack(driver, 'undo');
    assert.equal(filesOf(driver), third);
  }),
);

/** What a kill after the first file leaves of each; `missing` is what another of its files is to hold. */
const TAKINGS_BACK = {
  undo: {
    missing: 'by hand\n',
    leave: (driver: SessionDriver) => {
      driver.write('notes.txt', 'mine\n');
      driver.write('deep/er/b.txt', 'b\n');
      driver.remove('by-hand.txt');
    },
  },
  redo: {
    missing: 'b\n',
    leave: (driver: SessionDriver) => {
      driver.write('notes.txt', 'mine, changed\n');
      driver.remove('deep');
      driver.write('by-hand.txt', 'by hand\n');
    },
  },
} as const;

async function interruptTakingBack(
  driver: SessionDriver,
  direction: keyof typeof TAKINGS_BACK,
): Promise<void> {
  const { store, session, project: root } = driver;
  const log = operationsRef(root);
  const before = [sessionRef(session), log].map((name) => ({
    name,
    value: store.refs.read(name) ?? null,
  }));
  await takeBack(driver, direction);
  const journal = { name: journalRef(root), value: store.refs.read(log) ?? null };
  const edits = [...before, journal].map((edit) => ({ ...edit, expect: 'any' }) as const);
  await store.refs.update(edits, 'test');
  TAKINGS_BACK[direction].leave(driver);
}

for (const direction of ['undo', 'redo'] as const) {
  interrupted(
    `to ${direction}, where it cannot be finished, is what ${direction} goes on with`,
    () =>
      withThreeTurns(async ({ driver, warnings, first, third }) => {
        const { store, project: root } = driver;
        const [other, end] =
          direction === 'undo' ? (['redo', third] as const) : (['undo', first] as const);
        await restoreTo(driver, '@1', { conversation: false });
        if (direction === 'redo') await takeBack(driver, 'undo');
        await interruptTakingBack(driver, direction);
        const { directory } = store.repository;
        makeLoose(directory);
        const id = hashObject('blob', Buffer.from(TAKINGS_BACK[direction].missing));
        const path = loosePath(join(directory, 'objects'), id);
        renameSync(path, `${path}.aside`);
        await recover(driver.store, root);
        renameSync(`${path}.aside`, path);
        assert.match(warnings.join('\n'), `'gsess ${direction}' goes on with it`);
        const halfway = filesOf(driver);
        assert.not.equal(halfway, end);
        await takeBack(driver, direction);
        assert.equal(filesOf(driver), end);
        await takeBack(driver, other);
        assert.equal(filesOf(driver), halfway);
      }),
  );
}

interrupted.run();
