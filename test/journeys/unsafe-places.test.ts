// Where the store lies and what lies in it, when somebody else had a hand in it: directories that others may change, parts that are
// links. Either it is refused with the reason, or what the link leads to is left alone.

import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { openRepository } from '../../src/git/repository.ts';
import { surroundingFault } from '../../src/git/unsafe-store.ts';
import { FailureLog } from '../../src/session/failure-log.ts';
import { differences, manifestOf } from '../support/disk-manifest.ts';
import { commandRunner } from '../support/run-command.ts';
import { withSealedUser } from '../support/run-gsess.ts';
import { type SessionDriver, startSession } from '../support/session-driver.ts';
import { codeOf } from '../support/session-verbs.ts';
import { skipHere } from '../support/skip-here.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const places = suite('unsafe places');
const SOMEBODY = 54_321;

function withSession(
  use: (driver: SessionDriver, directory: string) => Promise<void>,
): Promise<void> {
  return withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    driver.write('a.txt', 'one\n');
    await driver.prompt('begin');
    await driver.turn('done');
    await use(driver, directory);
  });
}

const save = (driver: SessionDriver) => driver.event({ kind: 'prompt', subject: 'x', prompt: 'x' });

function refusal(driver: SessionDriver, directory: string, userId?: number): string {
  const options = { ...driver.surroundings, ...(userId === undefined ? {} : { userId }) };
  try {
    openRepository(directory, options);
    return 'opened';
  } catch (error) {
    if (error instanceof GsessError && error.code === 'store-unsafe') return error.message;
    throw error;
  }
}

places(
  'HI-18: a store below a directory that anybody may write to is refused, unless it is sticky',
  () =>
    withSession(async (driver) => {
      const store = driver.store.repository.directory;
      const above = [join(store, '..'), join(store, '..', '..')];
      for (const directory of above) {
        chmodSync(directory, 0o777);
        assert.match(refusal(driver, store), `anybody may write to '${join(directory)}' above it`);
        assert.is(await codeOf(save(driver)), 'store-unsafe');
        assert.is((await commandRunner(driver)(['list'])).status, 1);
        chmodSync(directory, 0o1777);
        assert.is(refusal(driver, store), 'opened');
        chmodSync(directory, 0o700);
      }
      assert.is(refusal(driver, store), 'opened');
    }),
);

places('HI-18: a store that belongs to somebody else, or lies in what does, is refused', () =>
  withSession(async (driver) => {
    const store = driver.store.repository.directory;
    assert.match(refusal(driver, store, SOMEBODY), 'it belongs to another user');
    if (process.getuid?.() !== 0) {
      skipHere('HI-18: only root can give a directory away');
      return;
    }
    const projects = join(store, '..');
    for (const [directory, reason] of [
      [store, 'it belongs to another user'],
      [projects, 'above it belongs to another user'],
      [join(projects, '..'), 'above it belongs to another user'],
    ] as const) {
      chownSync(directory, SOMEBODY, SOMEBODY);
      assert.match(refusal(driver, store), reason);
      assert.is(await codeOf(save(driver)), 'store-unsafe');
      chownSync(directory, 0, 0);
    }
  }),
);

places('HI-18: no store is made where one would be refused', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    chmodSync(driver.surroundings.dataDirectory, 0o777);
    assert.is(await codeOf(save(driver)), 'store-unsafe');
    assert.equal(Object.keys(manifestOf(driver.surroundings.dataDirectory)), []);
  }),
);

places(
  "HI-18: a link of the user's own to their data is followed, one in place of the store is not",
  () =>
    withSealedUser((user) => {
      const moved = join(user.directory, 'moved');
      mkdirSync(moved, { mode: 0o700 });
      const link = join(user.home, 'link');
      symlinkSync(moved, link);
      const environment = { GSESS_DATA_DIR: link };
      writeFileSync(join(user.project, 'a.txt'), 'one\n');
      const input = JSON.stringify({
        hook_event_name: 'UserPromptSubmit',
        session_id: '11111111-1111-4111-8111-111111111111',
        cwd: user.project,
        prompt: 'hi',
      });
      assert.is(user.run(['hook', 'claude'], { environment, input }).status, 0);
      const [listed] = user.json(['list'], { environment }) as unknown[];
      assert.ok(listed);
      const [name = ''] = Object.keys(
        manifestOf(join(moved, 'projects'), { without: (path) => path.includes('/') }),
      );
      const store = join(moved, 'projects', name);
      renameSync(store, join(user.directory, 'aside.git'));
      symlinkSync(join(user.directory, 'aside.git'), store);
      const { status, stderr } = user.run(['list'], { environment });
      assert.is(status, 1);
      assert.match(stderr, 'it is a symbolic link');
      if (process.getuid?.() !== 0) return;
      rmSync(store);
      renameSync(join(user.directory, 'aside.git'), store);
      assert.is(user.run(['list'], { environment }).status, 0);
      assert.is(surroundingFault(join(link, 'projects'), 0), undefined);
    }),
);

/** Puts the part aside, outside of all that is ours, and a link to it into its place. */
function replaceByLink(path: string, directory: string): string {
  const aside = join(directory, 'aside', basename(path));
  mkdirSync(join(directory, 'aside'), { recursive: true });
  rmSync(aside, { recursive: true, force: true });
  if (existsSync(path)) renameSync(path, aside);
  else mkdirSync(aside);
  symlinkSync(aside, path);
  return aside;
}

function putBack(path: string, aside: string): void {
  rmSync(path);
  renameSync(aside, path);
}

const PARTS = [
  ...['objects', 'objects/pack', 'refs', 'refs/heads', 'refs/tags', 'HEAD', 'config'],
  ...['gsess', 'gsess/locks', 'gsess/locks/refs', 'gsess/ref-locks', 'gsess/cache', 'gsess/live'],
];

places(
  'HI-19: a part of the store that is a link is not written through, and the store is refused',
  () =>
    withSession(async (driver, directory) => {
      const store = driver.store.repository.directory;
      for (const part of PARTS) {
        const aside = replaceByLink(join(store, part), directory);
        const before = manifestOf(join(directory, 'aside'), { times: true });
        assert.is(await codeOf(save(driver)), 'store-unsafe', part);
        const { status, stderr } = await commandRunner(driver)(['tag', 'x', '@1']);
        assert.is(status, 1, part);
        assert.match(stderr, `'${part}' in it is a symbolic link`);
        const after = manifestOf(join(directory, 'aside'), { times: true });
        assert.equal(differences(before, after), [], part);
        putBack(join(store, part), aside);
      }
      assert.is(await codeOf(save(driver)), 'done');
    }),
);

places(
  'HI-19: a directory of objects, of refs or of notes that is a link is not written through',
  () =>
    withSession(async (driver, directory) => {
      const store = driver.store.repository.directory;
      const data = driver.surroundings.dataDirectory;
      const lock = join(
        store,
        'gsess',
        'locks',
        Object.keys(manifestOf(join(store, 'gsess', 'locks')))[0] ?? '',
      );
      const every = Array.from({ length: 256 }, (_, index) =>
        join(store, 'objects', index.toString(16).padStart(2, '0')),
      );
      const outside = join(directory, 'outside');
      mkdirSync(outside);
      const absent = every.filter((path) => !existsSync(path));
      for (const path of absent) symlinkSync(outside, path);
      const loose = driver.store.batch();
      const id = loose.put('blob', Buffer.from('a loose object'));
      assert.throws(() => loose.flush(), /is a symbolic link/);
      assert.not(driver.store.objects.has(id));
      for (const path of absent) rmSync(path);
      rmSync(join(data, 'native'), { recursive: true });
      symlinkSync(outside, join(data, 'native'));
      assert.is(await codeOf(driver.event({ nativeId: 'another' })), 'store-unsafe');
      rmSync(join(data, 'native'));
      assert.ok(lstatSync(lock).isDirectory());
      assert.equal(Object.keys(manifestOf(outside)), []);
      assert.is(await codeOf(save(driver)), 'done');
    }),
);

places(
  'HI-19: a ref, a cache or a log that is a link is replaced or refused, not written through',
  () =>
    withSession(async (driver, directory) => {
      const store = driver.store.repository.directory;
      const data = driver.surroundings.dataDirectory;
      const victim = join(directory, 'victim');
      writeFileSync(victim, 'precious\n');
      const untouched = () => assert.is(manifestOf(directory)['victim'], 'file 644 "precious\\n"');
      const cache = join(store, 'gsess', 'cache');
      const [stat = ''] = Object.keys(manifestOf(cache));
      rmSync(join(cache, stat));
      symlinkSync(victim, join(cache, stat));
      assert.is(await codeOf(save(driver)), 'done');
      untouched();
      const ref = join(store, 'refs', 'heads', driver.session);
      rmSync(ref);
      symlinkSync(victim, ref);
      assert.is(await codeOf(save(driver)), 'ref-damaged');
      untouched();
      symlinkSync(victim, join(data, 'failures.jsonl'));
      const failure = { at: '', agent: 'claude', event: 'turn', code: 'x', message: 'x' };
      assert.throws(() => new FailureLog(data).add(failure), /ELOOP/);
      untouched();
    }),
);

places.run();
