// Restores that cannot be carried out whole: found before anything is touched wherever it can be foreseen, else taken back.

import { existsSync, readdirSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GsessError } from '../../src/errors.ts';
import { loosePath } from '../../src/git/loose-object.ts';
import { hashObject } from '../../src/git/object-id.ts';
import { DEFAULT_LIMITS } from '../../src/session/limits.ts';
import { journalRef } from '../../src/session/operation-log.ts';
import { restoreCheckpoint } from '../../src/session/restore-checkpoint.ts';
import type { Store } from '../../src/session/store.ts';
import { DEFAULT_SETTINGS } from '../../src/session/surroundings.ts';
import { manifestOf } from '../support/disk-manifest.ts';
import { canFreeze, whileFrozen } from '../support/frozen.ts';
import { makeLoose } from '../support/loose-store.ts';
import { runWithMounts } from '../support/mount-namespace.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import {
  checkpointAt,
  errorOf,
  filesOf,
  readerOf,
  restoreTo,
  takeBack,
  withThreeTurns,
} from '../support/session-verbs.ts';
import { skipHere } from '../support/skip-here.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { runUnprivileged } from '../support/unprivileged.ts';

const refused = suite('a restore that cannot be carried out whole');
const FREEZES = await canFreeze();
const whereFrozen = FREEZES ? refused : refused.skip;

/** Files with their times, the tip, and no journal. */
function everything({ project, store, session }: SessionDriver) {
  return {
    files: manifestOf(project, { times: true }),
    tip: store.tip(session),
    journal: store.refs.read(journalRef(project)),
  };
}

/** Throws unless the restore is refused with this code and nothing at all has changed, not even the session. */
async function assertRefused(driver: SessionDriver, code: string): Promise<GsessError> {
  const before = everything(driver);
  const error = await errorOf(restoreTo(driver, '@1'));
  assert.is(error.code, code, error.message);
  assert.equal(everything(driver), before);
  return error;
}

refused('UE-03: files that are ignored, secret or too large are not touched', () =>
  withTemporaryDirectory(async (directory) => {
    const limits = { ...DEFAULT_LIMITS, fileBytes: 1000 };
    const settings = { ...DEFAULT_SETTINGS, limits };
    const driver = await startSession(directory, { surroundings: { settings } });
    driver.write('.gitignore', 'build\n');
    await driver.prompt('begin');
    await driver.turn('begun');
    driver.write('build/out', 'built\n');
    driver.write('.env', 'SECRET=1\n');
    driver.write('large.bin', Buffer.alloc(2000));
    driver.write('new.txt', 'new\n');
    const uncovered = () => {
      const { 'new.txt': _, ...others } = manifestOf(driver.project, { times: true });
      return others;
    };
    const before = uncovered();
    await restoreTo(driver, '@1');
    assert.equal(uncovered(), before);
    assert.not.ok(existsSync(join(driver.project, 'new.txt')));
  }),
);

refused('UE-05: a path that something uncovered occupies is named, and nothing is changed', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    driver.write('build', 'a file once\n');
    driver.write('other.txt', 'one\n');
    await driver.prompt('begin');
    await driver.turn('begun');
    driver.remove('build');
    driver.write('.gitignore', 'build/\n');
    driver.write('build/out', 'ignored\n');
    driver.write('other.txt', 'two\n');
    const error = await assertRefused(driver, 'tree-changed');
    assert.match(error.message, "'build'");
  }),
);

whereFrozen('UE-06: where the present cannot be kept, nothing is changed', () =>
  withThreeTurns(async (driver) => {
    const { directory } = driver.store.repository;
    for (const place of ['objects/pack', 'refs/heads']) {
      driver.write('unsaved.txt', `not saved yet, ${place}\n`);
      await whileFrozen(join(directory, place), async () => {
        const before = everything(driver);
        const error = await restoreTo(driver, '@1').then(
          () => undefined,
          (thrown: unknown) => thrown,
        );
        assert.ok(error instanceof Error, `${place} was writable`);
        const { tip, ...others } = everything(driver);
        assert.equal(others, { files: before.files, journal: undefined });
        assert.is(tip, before.tip);
      });
    }
    await restoreTo(driver, '@1');
    await takeBack(driver, 'undo');
    assert.ok('unsaved.txt' in filesOf(driver));
  }),
);

refused('UE-07: a target with a missing or damaged object is refused before any change', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    driver.write('a.txt', 'one\n');
    await driver.prompt('begin');
    await driver.turn('begun');
    driver.write('a.txt', 'two\n');
    const id = hashObject('blob', Buffer.from('one\n'));
    const path = loosePath(driver.store.objects.objectsDirectory, id);
    makeLoose(driver.store.repository.directory);
    unlinkSync(path);
    await assertRefused(driver, 'object-missing');
    writeFileSync(path, 'no object');
    await assertRefused(driver, 'object-damaged');
  }),
);

whereFrozen('FS-12: an immutable file or directory is found in planning, and named', () =>
  withThreeTurns(async (driver) => {
    for (const path of ['a.txt', 'by-hand.txt', '.']) {
      await whileFrozen(join(driver.project, path), async () => {
        const error = await assertRefused(driver, 'tree-changed');
        assert.match(error.message, 'immutable');
      });
    }
    // Nothing in it changes, so it may be as it likes.
    driver.write('kept/same.txt', 'same\n');
    await driver.prompt('with it');
    driver.write('a.txt', 'other\n');
    await whileFrozen(join(driver.project, 'kept'), async () => {
      await restoreTo(driver, '@4', { conversation: false });
    });
  }),
);

whereFrozen('FS-12: what cannot be foreseen is taken back, and the journal with it', () =>
  withThreeTurns(async (driver) => {
    const before = filesOf(driver);
    // Takes no deletion and no replacing, but may be written to.
    await whileFrozen(
      join(driver.project, 'a.txt'),
      async () => {
        const error = await errorOf(restoreTo(driver, '@1'));
        assert.is(error.code, 'restore-failed');
        assert.match(error.hint ?? '', 'Nothing is changed');
        assert.equal(filesOf(driver), before);
        assert.is(driver.store.refs.read(journalRef(driver.project)), undefined);
      },
      'a',
    );
    await restoreTo(driver, '@1');
  }),
);

refused('FS-12: a directory that may not be written to is found in planning', () =>
  withTemporaryDirectory((directory) => {
    const child = new URL('./restore-refused-child.js', import.meta.url);
    const said = runUnprivileged(child, directory);
    if (said === undefined) return skipHere('FS-12: root cannot become another user here');
    assert.is(said, 'read-only src/a.txt read-only src/new.txt; nothing changed\n');
  }),
);

refused('a disk with too little room is found in planning', () =>
  withTemporaryDirectory((directory) => {
    const child = new URL('./full-disk-child.js', import.meta.url);
    const said = runWithMounts(child, [directory]);
    if (said === undefined) return skipHere('a full disk: nothing can be mounted here');
    assert.is(said, 'restore-failed; nothing changed\n');
  }),
);

/**
 * The store, calling back whenever it is asked for an object, as a restore asks whether what it takes away is saved right before its
 * first change; with whether an operation stands in the journal then.
 */
function storeWith(driver: SessionDriver, onCheck: (isUnderWay: boolean) => void): Store {
  const { store, project } = driver;
  const { objects } = store;
  const has = (id: Parameters<typeof objects.has>[0]) => {
    onCheck(store.refs.read(journalRef(project)) !== undefined);
    return objects.has(id);
  };
  const watched = new Proxy(objects, {
    get: (target, name) => {
      if (name === 'has') return has;
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
  Object.defineProperty(store, 'objects', { get: () => watched });
  return store;
}

refused('HI-22: a path that becomes a link under it is not written, and all is taken back', () =>
  withThreeTurns(async (driver, directory) => {
    const outside = join(directory, 'outside.txt');
    writeFileSync(outside, 'outside\n');
    const { session, project: root } = driver;
    const checkpoint = checkpointAt(driver, '@1');
    const halves = { files: true, conversation: false };
    const request = { checkpoint, session, root, called: '@1', readerOf, ...halves };
    const before = filesOf(driver);
    const store = storeWith(driver, (isUnderWay) => {
      if (!isUnderWay) return;
      if (!existsSync(join(root, 'a.txt')) || readdirSync(directory).includes('swapped')) return;
      writeFileSync(join(directory, 'swapped'), '');
      unlinkSync(join(root, 'a.txt'));
      symlinkSync(outside, join(root, 'a.txt'));
    });
    const error = await errorOf(restoreCheckpoint(store, request, undefined));
    assert.is(error.code, 'tree-changed');
    assert.equal(
      manifestOf(directory, { without: (path) => path.includes('/') })['outside.txt']?.includes(
        'outside',
      ),
      true,
    );
    assert.equal(filesOf(driver), { ...before, 'a.txt': `link to ${outside}` });
    assert.is(driver.store.refs.read(journalRef(root)), undefined);
  }),
);

refused('a restore stands in the journal before the first file is touched', () =>
  withThreeTurns(async (driver) => {
    const { session, project: root } = driver;
    const checkpoint = checkpointAt(driver, '@1');
    const halves = { files: true, conversation: false };
    const request = { checkpoint, session, root, called: '@1', readerOf, ...halves };
    const before = JSON.stringify(filesOf(driver));
    let wasUnderWay = false;
    const store = storeWith(driver, (isUnderWay) => {
      if (JSON.stringify(filesOf(driver)) === before) wasUnderWay = isUnderWay;
    });
    await restoreCheckpoint(store, request, undefined);
    assert.is.not(JSON.stringify(filesOf(driver)), before);
    assert.ok(wasUnderWay);
  }),
);

refused('UE-11: a turn that changed no file is taken back without touching one', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    driver.write('a.txt', 'one\n');
    await driver.prompt('begin');
    await driver.turn('begun');
    await driver.prompt('just talk');
    await driver.turn('talked');
    const before = manifestOf(driver.project, { times: true });
    await restoreTo(driver, '@1');
    assert.equal(manifestOf(driver.project, { times: true }), before);
    await takeBack(driver, 'undo');
    assert.equal(manifestOf(driver.project, { times: true }), before);
  }),
);

refused.run();
