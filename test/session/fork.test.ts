import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { forkIntoDirectory } from '../../src/session/fork-into-directory.ts';
import { interruptedForks, noteFork } from '../../src/session/fork-note.ts';
import { type Fork, type ForkRequest, forkSession } from '../../src/session/fork-session.ts';
import { locateProject } from '../../src/session/project.ts';
import { resumeSession } from '../../src/session/resume-session.ts';
import { openStoreOf } from '../../src/session/store.ts';
import { manifestOf } from '../support/disk-manifest.ts';
import { gitText } from '../support/git-oracle.ts';
import { processes } from '../support/process-table.ts';
import { commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import {
  checkpointAt,
  claudeForm,
  codeOf,
  filesOf,
  readerOf,
  recordOf,
  takeBack,
  withThreeTurns,
} from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const fork = suite('a fork');

function requestAt(driver: SessionDriver, called: string): ForkRequest {
  const { session, project: here } = driver;
  // A fork is the newest session, so the driven one is named.
  const checkpoint = checkpointAt(driver, `${session}${called}`);
  return { checkpoint, session, here, readerOf };
}

function forkAt(driver: SessionDriver, called: string, name?: string): Promise<Fork> {
  const named = name === undefined ? {} : { name };
  return forkSession(driver.store, { ...requestAt(driver, called), ...named });
}

function segmentsOf(driver: SessionDriver, commit: string): string[] {
  const path = `${commit}:transcript/${driver.nativeId}`;
  const listed = gitText(driver.store.repository.directory, ['ls-tree', '-r', path]);
  return listed.split('\n').map((line) => line.split(/\s/)[2] ?? '');
}

fork('holds the conversation exactly to its cut, and shares all that is whole', () =>
  withThreeTurns(async (driver) => {
    const made = await forkAt(driver, '@2', 'another way');
    const own = readFileSync(driver.transcriptPath);
    const end = own.indexOf('"tidy up"');
    const cut = own.lastIndexOf('\n', end) + 1;
    const directory = driver.store.repository.directory;
    const segments = segmentsOf(driver, made.checkpoint);
    const bytes = segments.map((id) => gitText(directory, ['cat-file', 'blob', id])).join('\n');
    assert.is(`${bytes}\n`, own.subarray(0, cut).toString());
    const shared = segmentsOf(driver, driver.log()[0]?.id ?? '');
    assert.equal(segments.slice(0, -1), shared.slice(0, segments.length - 1));
    const record = recordOf(driver, made.session);
    assert.is(record.name, 'another way');
    assert.is(record.turn, 2);
    assert.equal(record.nativeIds, []);
    assert.is(record.forkedFrom?.session, driver.session);
    const files = (commit: string) => gitText(directory, ['rev-parse', `${commit}:files`]);
    assert.is(files(made.checkpoint), files(checkpointAt(driver, '@2').id));
  }),
);

fork('is resumed under an id of its own, and goes on apart from where it came from', () =>
  withThreeTurns(async (driver, directory) => {
    const made = await forkAt(driver, '@1');
    const ready = await resumeSession(driver.store, made.session, claudeForm(driver.home));
    assert.is(ready.nativeId, made.pending?.nativeId);
    const text = readFileSync(ready.written ?? '', 'utf8');
    assert.match(text, 'make it');
    assert.not.match(text, 'change it');
    const { now } = driver.surroundings;
    const taken = await startSession(directory, {
      nativeId: ready.nativeId,
      surroundings: { now },
    });
    const tip = driver.store.tip(driver.session);
    await taken.prompt('from here');
    assert.is(driver.store.tip(driver.session), tip);
    const record = recordOf(driver, made.session);
    assert.is(record.activeNativeId, ready.nativeId);
    assert.is(record.turn, 2);
    assert.is(driver.store.sessions().length, 2);
  }),
);

fork('goes away with undo and comes back with redo, even after git removed what no ref holds', () =>
  withThreeTurns(async (driver) => {
    const made = await forkAt(driver, '@2');
    const tip = driver.store.tip(made.session);
    await takeBack(driver, 'undo');
    assert.is(driver.store.tip(made.session), undefined);
    gitText(driver.store.repository.directory, ['gc', '--quiet', '--prune=now']);
    await takeBack(driver, 'redo');
    assert.is(driver.store.tip(made.session), tip);
  }),
);

fork('refuses a name that is taken or no name, before anything is made', () =>
  withThreeTurns(async (driver, directory) => {
    await forkAt(driver, '@1', 'taken');
    assert.is(await codeOf(forkAt(driver, '@2', 'taken')), 'guard');
    assert.is(await codeOf(forkAt(driver, '@2', '17')), 'name-invalid');
    const request = { ...requestAt(driver, '@2'), directory: join(directory, 'beside') };
    assert.is(
      await codeOf(forkIntoDirectory(driver.store, { ...request, name: 'taken' })),
      'guard',
    );
    assert.not.ok(existsSync(request.directory));
    assert.is(driver.store.sessions().length, 2);
  }),
);

fork('with a directory has its files there, and the store is found from inside it', () =>
  withThreeTurns(async (driver, directory) => {
    const before = filesOf(driver);
    const beside = join(directory, 'deep', 'beside');
    const request = { ...requestAt(driver, '@1'), directory: beside, name: 'beside' };
    const made = await forkIntoDirectory(driver.store, request);
    assert.is(made.root, beside);
    assert.is(made.files, 3);
    assert.equal(Object.keys(manifestOf(beside)).sort(), [
      'a.txt',
      'deep',
      'deep/er',
      'deep/er/b.txt',
      'notes.txt',
    ]);
    assert.equal(filesOf(driver), before);
    const { surroundings } = driver;
    const inside = locateProject(join(beside, 'deep'), surroundings);
    assert.is(inside.root, beside);
    const store = openStoreOf(inside, surroundings);
    assert.is(store?.repository.directory, driver.store.repository.directory);
    assert.is(recordOf(driver, made.session).root, beside);
    const ready = await resumeSession(driver.store, made.session, claudeForm(driver.home));
    assert.is(ready.cwd, beside);
    const { now } = surroundings;
    const options = { nativeId: ready.nativeId, cwd: '../deep/beside', surroundings: { now } };
    const taken = await startSession(directory, options);
    writeFileSync(join(beside, 'a.txt'), 'in the fork\n');
    await taken.prompt('here');
    const tip = driver.store.tip(made.session) ?? '';
    const held = gitText(driver.store.repository.directory, ['show', `${tip}:files/a.txt`]);
    assert.is(held, 'in the fork');
    rmSync(beside, { recursive: true });
  }),
);

fork(
  'refuses a directory that is not empty, is in the root, or is a file, and leaves it as it was',
  () =>
    withThreeTurns(async (driver, directory) => {
      const into = (path: string) =>
        codeOf(forkIntoDirectory(driver.store, { ...requestAt(driver, '@1'), directory: path }));
      mkdirSync(join(directory, 'full'));
      writeFileSync(join(directory, 'full', 'file'), 'mine');
      assert.is(await into(join(directory, 'full')), 'guard');
      assert.is(await into(join(directory, 'full', 'file')), 'guard');
      assert.is(await into(join(driver.project, 'inside')), 'guard');
      assert.not.ok(existsSync(join(driver.project, 'inside')));
      const inStore = join(driver.store.repository.directory, 'inside');
      assert.is(await into(inStore), 'root-refused');
      assert.not.ok(existsSync(inStore));
      assert.equal(Object.keys(manifestOf(join(directory, 'full'))), ['file']);
      assert.is(driver.store.sessions().length, 1);
    }),
);

fork('is made of a session that said nothing, for its files', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    driver.write('a.txt', 'one\n');
    await driver.event({ kind: 'prompt', subject: 'quiet', prompt: 'quiet' });
    const made = await forkAt(driver, '@1');
    assert.is(made.pending, null);
    assertStoreIsSound(driver.store);
  }),
);

fork(
  'with files of its own is taken back without them, which is told, and comes back to them',
  () =>
    withThreeTurns(async (driver, directory) => {
      const beside = join(directory, 'beside');
      const request = { ...requestAt(driver, '@2'), directory: beside };
      const made = await forkIntoDirectory(driver.store, request);
      const files = manifestOf(beside);
      const { warnings } = await takeBack(driver, 'undo');
      assert.equal(warnings, [`the files in '${made.root}' stay as they are`]);
      assert.is(driver.store.tip(made.session), undefined);
      assert.equal(manifestOf(beside), files);
      assert.equal((await takeBack(driver, 'redo')).warnings, []);
      assert.is(recordOf(driver, made.session).root, made.root);
    }),
);

fork('that is killed before it is recorded leaves a directory that is known for what it is', () =>
  withThreeTurns(async (driver, directory) => {
    const { store, surroundings } = driver;
    const dead = { ...processes, self: { ...processes.self, start: '1' } };
    const killed = (await startSession(directory, { surroundings: { processes: dead } })).store;
    const beside = join(directory, 'beside');
    noteFork(killed, beside);
    mkdirSync(beside);
    writeFileSync(join(beside, 'a.txt'), 'half');
    const into = { ...requestAt(driver, '@1'), directory: beside };
    assert.is(await codeOf(forkIntoDirectory(store, into)), 'guard');
    assert.equal(interruptedForks(store), [beside]);
    const { stdout } = await commandRunner({ project: driver.project, surroundings })(['doctor']);
    assert.match(stdout, `left its files in '${beside}'`);
    rmSync(beside, { recursive: true });
    assert.equal(interruptedForks(store), []);
    await forkIntoDirectory(store, into);
    assert.equal(readdirSync(join(store.repository.directory, 'gsess', 'forks')), []);
  }),
);

fork.run();
