// The verbs that the fault tests interrupt, each in the smallest scene in which it has something to do, as library calls. `isDone` tells
// whether a user would find its effect there.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError } from '../../src/errors.ts';
import { parseObjectId } from '../../src/git/object-id.ts';
import { collectGarbage, readGarbageReport } from '../../src/session/collect-garbage.ts';
import { deleteSession } from '../../src/session/delete-session.ts';
import { forkSession } from '../../src/session/fork-session.ts';
import { purgeSession, purgeTarget } from '../../src/session/purge-session.ts';
import { renameSession } from '../../src/session/rename-session.ts';
import { sessionIdOf } from '../../src/session/session-id.ts';
import { createTag, deleteTag, findTag } from '../../src/session/tag.ts';
import { importOne } from '../support/import-one.ts';
import type { SessionDriver } from '../support/session-driver.ts';
import { checkpointAt, readerOf, restoreTo, takeBack } from '../support/session-verbs.ts';

export interface Verb {
  /** Whether there is a session of two turns before; a store begins with the verb if not. */
  readonly begins?: boolean;
  /** Makes the scene ready, after those two turns. */
  prepare(driver: SessionDriver): Promise<unknown> | undefined;
  run(driver: SessionDriver): Promise<unknown>;
  isDone(driver: SessionDriver): boolean;
  /** The next command of its kind, for what only such a one clears away. */
  next?(driver: SessionDriver): Promise<unknown>;
}

const IMPORTED = '33333333-3333-4333-8333-333333333333';
const nothing = () => undefined;

/** Two turns, with files made, changed, and removed, and one changed by hand at the end. */
export async function twoTurns(driver: SessionDriver): Promise<void> {
  driver.write('notes.txt', 'mine\n');
  driver.write('deep/er/b.txt', 'b\n');
  await driver.prompt('make it');
  driver.write('a.txt', 'one\n');
  await driver.turn('made');
  driver.remove('deep');
  driver.write('new/c.txt', 'c\n');
  await driver.prompt('change it');
  await driver.turn('changed');
  driver.write('a.txt', 'two, and by hand\n');
}

const save: Pick<Verb, 'run' | 'isDone'> = {
  run: (driver) => driver.event({ kind: 'turn', subject: 'saved' }),
  isDone: (driver) => lastSubject(driver).endsWith('saved'),
};

function lastSubject(driver: SessionDriver): string {
  const projects = join(driver.surroundings.dataDirectory, 'projects');
  if (!existsSync(projects)) return '';
  try {
    return driver.log()[0]?.subject ?? '';
  } catch (error) {
    if (error instanceof Error && error.message === 'nothing was captured yet') return '';
    throw error;
  }
}

function session({ store, session: id }: SessionDriver) {
  const found = store.sessions().find((one) => one.id === id);
  if (found === undefined) throw new GsessError('not-found', 'the session is not to be seen');
  return found;
}

function has(driver: SessionDriver, path: string): boolean {
  return existsSync(join(driver.project, path));
}

/** In the words that mean the same after an event of another session. */
function goBack(driver: SessionDriver): Promise<unknown> {
  return restoreTo(driver, `${driver.session}@1`);
}

const isBack = (driver: SessionDriver): boolean =>
  has(driver, 'deep/er/b.txt') && !has(driver, 'new') && driver.log()[0]?.kind === 'restore';

function tagFirst(driver: SessionDriver): Promise<unknown> {
  const { store, session: id, project: root } = driver;
  const checkpoint = checkpointAt(driver, `${driver.session}@1`).id;
  return createTag(store, { name: 'good', checkpoint, session: id, root });
}

export const VERBS = {
  begin: {
    ...save,
    begins: true,
    prepare: (driver) => {
      driver.write('a.txt', 'one\n');
      driver.append({ type: 'user', message: { role: 'user', content: 'hello' } });
      return undefined;
    },
  },
  save: {
    ...save,
    prepare: (driver) => {
      driver.write('later/d.txt', 'd\n');
      return undefined;
    },
  },
  restore: { prepare: nothing, run: goBack, isDone: isBack },
  undo: {
    prepare: goBack,
    run: (driver) => takeBack(driver, 'undo'),
    isDone: (driver) => !has(driver, 'deep') && has(driver, 'new/c.txt'),
  },
  redo: {
    prepare: async (driver) => {
      await goBack(driver);
      await takeBack(driver, 'undo');
    },
    run: (driver) => takeBack(driver, 'redo'),
    isDone: isBack,
  },
  fork: {
    prepare: nothing,
    run: (driver) =>
      forkSession(driver.store, {
        checkpoint: checkpointAt(driver, `${driver.session}@1`),
        session: driver.session,
        name: 'the other way',
        here: driver.project,
        readerOf,
      }),
    isDone: ({ store }) => store.sessions().some(({ name }) => name === 'the other way'),
  },
  tag: {
    prepare: nothing,
    run: tagFirst,
    isDone: ({ store }) => findTag(store, 'good') !== undefined,
  },
  untag: {
    prepare: tagFirst,
    run: ({ store, project }) => deleteTag(store, { name: 'good', root: project }),
    isDone: ({ store }) => findTag(store, 'good') === undefined,
  },
  rename: {
    prepare: nothing,
    run: (driver) =>
      renameSession(driver.store, {
        session: session(driver),
        name: 'renamed',
        root: driver.project,
      }),
    isDone: (driver) => session(driver).name === 'renamed',
  },
  delete: {
    prepare: nothing,
    run: (driver) =>
      deleteSession(driver.store, { session: session(driver), root: driver.project }),
    isDone: ({ store, session: id }) => store.tip(id) === undefined,
  },
  import: {
    prepare: (driver) => {
      mkdirSync(join(driver.home, 'copies'), { recursive: true });
      const record = { type: 'user', sessionId: IMPORTED, message: { role: 'user', content: 'x' } };
      writeFileSync(importedFile(driver), `${JSON.stringify(record)}\n`);
      return undefined;
    },
    run: (driver) =>
      importOne(
        driver.store,
        { path: importedFile(driver), sideFiles: [] },
        {
          agent: 'claude',
          nativeId: IMPORTED,
          name: null,
          turns: 1,
          firstPrompt: 'x',
          lastPrompt: 'x',
          title: 'x',
          model: null,
          provider: null,
          permissionMode: null,
          cwd: null,
          branch: null,
          startedAt: undefined,
          endedAt: undefined,
          isAgentsOwn: false,
        },
      ),
    isDone: ({ store }) => store.tip(sessionIdOf('claude', IMPORTED)) !== undefined,
  },
  gc: {
    // What a deleted session held goes with the trash, which has no grace here.
    prepare: async (driver) => {
      await tagFirst(driver);
      await deleteTag(driver.store, { name: 'good', root: driver.project });
      await tagFirst(driver);
    },
    run: ({ store }) => collectGarbage(store, { pruneGraceMs: 0, trashGraceMs: 0 }),
    isDone: ({ store }) => readGarbageReport(store) !== undefined,
    next: ({ store }) => collectGarbage(store),
  },
  purge: {
    prepare: async (driver) => {
      const other = {
        nativeId: IMPORTED,
        kind: 'prompt',
        subject: 'other',
        prompt: 'other',
      } as const;
      await driver.event(other);
      writeFileSync(join(driver.home, 'tip'), driver.store.tip(driver.session) ?? '');
    },
    run: async ({ store, session: id }) => {
      const target = purgeTarget(store, id);
      // Its refs may be gone already, and what they led to not yet.
      if (target === undefined) await collectGarbage(store, { pruneGraceMs: 0 });
      else await purgeSession(store, target, { withTags: true });
    },
    isDone: ({ store, session: id, home }) =>
      purgeTarget(store, id) === undefined &&
      !store.objects.has(parseObjectId(readFileSync(join(home, 'tip'), 'utf8'))),
    next: ({ store }) => collectGarbage(store),
  },
} satisfies Record<string, Verb> as Record<VerbName, Verb>;

export type VerbName =
  | 'begin'
  | 'save'
  | 'restore'
  | 'undo'
  | 'redo'
  | 'fork'
  | 'tag'
  | 'untag'
  | 'rename'
  | 'delete'
  | 'import'
  | 'gc'
  | 'purge';

function importedFile({ home }: SessionDriver): string {
  return join(home, 'copies', `${IMPORTED}.jsonl`);
}
