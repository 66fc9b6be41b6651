// Verbs that change no files, stopped at calls all along their way: the next command finds them not begun, or finishes
// them, and what was done is in the log.

import { rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ProcessTable } from '../../src/git/owner-file.ts';
import { deleteSession } from '../../src/session/delete-session.ts';
import { forkSession } from '../../src/session/fork-session.ts';
import { recover } from '../../src/session/operate.ts';
import { journalRef, newestOperation } from '../../src/session/operation-log.ts';
import { renameSession } from '../../src/session/rename-session.ts';
import type { Store } from '../../src/session/store.ts';
import { createTag, deleteTag, listTags } from '../../src/session/tag.ts';
import { undoOperation } from '../../src/session/undo-operation.ts';
import { copyDirectory } from '../support/copy-directory.ts';
import { importOne } from '../support/import-one.ts';
import { stopAtCall } from '../support/kill-at-call.ts';
import { processes } from '../support/process-table.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { checkpointAt, readerOf, takeBack } from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

/** Each attempt takes a copy of the store; `npm run test:faults` stops at every call. */
const STRIDE = 13;

const interrupted = suite('an interrupted change of refs');

type Verb = (driver: SessionDriver, store: Store) => Promise<unknown>;

interface Scene {
  readonly driver: SessionDriver;
  readonly verb: Verb;
  readonly summary: RegExp;
}

/** What a person sees of the refs: sessions with their names, tags with what they name. */
function seen({ store }: SessionDriver): string {
  const sessions = store.sessions().map(({ id, name }) => `${id} ${name}`);
  const tags = listTags(store).map(({ name, checkpoint }) => `${name} ${checkpoint}`);
  // The ids of forks are random.
  return [...sessions.map((line) => line.replace(/^0\S+ null/, 'fork')).sort(), ...tags].join('\n');
}

/** Nothing else runs here, so whoever holds a lock was stopped. */
const ALONE: ProcessTable = { self: processes.self, isAlive: () => false };

async function withSession(use: (driver: SessionDriver) => Promise<void>): Promise<void> {
  await withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory, { surroundings: { processes: ALONE } });
    driver.write('a.txt', 'one\n');
    await driver.prompt('begin');
    await driver.turn('done');
    const { store, session, project: root } = driver;
    await createTag(store, { name: 'old', checkpoint: tipOf(driver), session, root });
    await use(driver);
    assertStoreIsSound(driver.store);
  });
}

async function sweep({ driver, verb, summary }: Scene): Promise<void> {
  const { project: root, surroundings } = driver;
  const { dataDirectory: data } = surroundings;
  const pristine = `${data}.pristine`;
  copyDirectory(data, pristine);
  const reset = () => {
    rmSync(data, { recursive: true });
    copyDirectory(pristine, data);
  };
  const before = seen(driver);
  await verb(driver, driver.store);
  const after = seen(driver);
  assert.is.not(after, before);
  let isWhole = false;
  let calls = 1;
  const outcomes = new Set<string>();
  while (!isWhole) {
    calls += STRIDE;
    reset();
    const { store } = driver;
    isWhole = await stopAtCall(calls, async () => {
      await verb(driver, store);
    });
    await recover(driver.store, root);
    const newest = newestOperation(driver.store, root)?.operation.summary ?? '';
    const isDone = summary.test(newest);
    outcomes.add(`${isDone}`);
    assert.is(seen(driver), isDone ? after : before, `stopped at call ${calls}`);
    assert.is(driver.store.refs.read(journalRef(root)), undefined);
    if (!isDone) continue;
    const direction = /^undo/.test(newest) ? 'redo' : 'undo';
    await takeBack(driver, direction);
    assert.is(seen(driver), before, `taken back after call ${calls}`);
  }
  assert.ok(outcomes.size === 2 && calls > 40, `${calls} calls`);
  rmSync(pristine, { recursive: true });
}

const importFacts = (nativeId: string) => ({
  ...{ agent: 'claude', nativeId, name: null, turns: 1, firstPrompt: 'x', lastPrompt: 'x' },
  ...{ title: 'x', model: null, provider: null, permissionMode: null, cwd: null, branch: null },
  ...{ startedAt: undefined, endedAt: undefined, isAgentsOwn: false },
});

const tipOf = ({ store, session }: SessionDriver) => store.tipOf(session).id;
const here = ({ project: root }: SessionDriver) => ({ root });

const VERBS: Readonly<Record<string, { readonly verb: Verb; readonly summary: RegExp }>> = {
  tag: {
    verb: (driver, store) =>
      createTag(store, {
        name: 'good',
        checkpoint: tipOf(driver),
        session: driver.session,
        ...here(driver),
      }),
    summary: /^tag good/,
  },
  'tag --delete': {
    verb: (driver, store) => deleteTag(store, { name: 'old', ...here(driver) }),
    summary: /^tag --delete/,
  },
  fork: {
    verb: (driver, store) =>
      forkSession(store, {
        checkpoint: checkpointAt(driver, '@1'),
        session: driver.session,
        here: driver.project,
        readerOf,
      }),
    summary: /^fork/,
  },
  rename: {
    verb: (driver, store) => {
      const session = store.summary(driver.session);
      if (session === undefined) throw new Error('no session');
      return renameSession(store, { session, name: 'flags', ...here(driver) });
    },
    summary: /^rename/,
  },
  delete: {
    verb: (driver, store) => {
      const session = store.summary(driver.session);
      if (session === undefined) throw new Error('no session');
      return deleteSession(store, { session, ...here(driver) });
    },
    summary: /^delete/,
  },
  import: {
    verb: (driver, store) => {
      const path = join(driver.home, '22222222-2222-4222-8222-222222222222.jsonl');
      const record = { type: 'user', sessionId: 'x', message: { role: 'user', content: 'x' } };
      writeFileSync(path, `${JSON.stringify(record)}\n`);
      return importOne(store, { path, sideFiles: [] }, importFacts(basename(path, '.jsonl')));
    },
    summary: /^import/,
  },
  undo: {
    verb: (driver, store) =>
      undoOperation(store, { ...here(driver), direction: 'undo', everything: false }),
    summary: /^undo: tag old/,
  },
};

for (const [name, { verb, summary }] of Object.entries(VERBS)) {
  interrupted(`${name}: stopped at any call it is not done, or finished by the next command`, () =>
    withSession((driver) => sweep({ driver, verb, summary })),
  );
}

interrupted.run();
