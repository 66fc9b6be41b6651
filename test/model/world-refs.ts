// The verbs that move names and sessions, and undo and redo of all there is.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { claude } from '../../src/agents/claude/claude.ts';
import { readImport } from '../../src/cli/import-file.ts';
import { collectGarbage } from '../../src/session/collect-garbage.ts';
import { deleteSession } from '../../src/session/delete-session.ts';
import { forkIntoDirectory } from '../../src/session/fork-into-directory.ts';
import { forkSession } from '../../src/session/fork-session.ts';
import { importTranscripts } from '../../src/session/import-transcript.ts';
import { renameSession } from '../../src/session/rename-session.ts';
import { nativeFormOf } from '../../src/session/resume-session.ts';
import type { SessionId } from '../../src/session/session-id.ts';
import { createTag, deleteTag, findTag } from '../../src/session/tag.ts';
import { undoOperation } from '../../src/session/undo-operation.ts';
import { placesIn } from '../support/agent-places.ts';
import { claudeForm, readerOf } from '../support/session-verbs.ts';
import { afterRestore, deletesMuch, takenBack } from './expected-files.ts';
import { covered } from './left-out.ts';
import type { ModelWorld, Operation, Place } from './model-world.ts';
import { textsIn, textsOf } from './said.ts';
import { faults, readCheckpoint, readDisk } from './tree-oracle.ts';
import { checkConversation, ownReader, same } from './world-checks.ts';
import { catchingUp, refusing } from './world-verbs.ts';

export function pick<T>(list: readonly T[], number: number): T {
  const found = list[number % list.length];
  if (found === undefined) throw new Error('there is nothing to pick from');
  return found;
}

/** How gsess begins to say what was asked for, where that is not the verb. */
const SUMMARIES: Readonly<Record<string, string>> = {
  untag: 'tag --delete',
  'fork into a directory': 'fork',
};

/** A verb that moves refs alone; `back` and `forth` say it for the oracle. */
async function moving(
  world: ModelWorld,
  verb: { readonly name: string; readonly run: () => Promise<unknown> },
  refs: NonNullable<Operation['refs']>,
): Promise<void> {
  await world.doing({
    name: verb.name,
    files: 'kept',
    run: async () => {
      await verb.run();
      refs.forth();
      return undefined;
    },
  });
  world.did({ summary: SUMMARIES[verb.name] ?? verb.name, refs });
}

export async function tag(world: ModelWorld, name: string, back: number): Promise<void> {
  const { store, session, tags } = world;
  const { id: checkpoint } = pick(world.moments, back);
  const before = tags.get(name);
  const replaces = before === undefined ? undefined : findTag(store, name)?.object;
  const request = { name, checkpoint, session, root: world.driver.project, replaces };
  await moving(
    world,
    { name: 'tag', run: () => createTag(store, request) },
    {
      forth: () => tags.set(name, checkpoint),
      back: () => (before === undefined ? tags.delete(name) : tags.set(name, before)),
    },
  );
}

export async function untag(world: ModelWorld, number: number): Promise<void> {
  const { store, tags, driver } = world;
  const [name, checkpoint] = pick([...tags], number);
  await moving(
    world,
    { name: 'untag', run: () => deleteTag(store, { name, root: driver.project }) },
    { forth: () => tags.delete(name), back: () => tags.set(name, checkpoint) },
  );
}

export async function rename(world: ModelWorld, name: string, number: number): Promise<void> {
  const { names, store, driver } = world;
  const id = pick([...names.keys()], number);
  const session = store.summary(id);
  if (session === undefined) throw new Error(`no session ${id}`);
  const request = () => renameSession(store, { session, name, root: driver.project });
  const isTaken = [...names].some(([other, given]) => given === name && other !== id);
  if (isTaken) {
    same('the refusal of a name that is taken', await world.codeOf(request()), 'guard');
    return;
  }
  const before = names.get(id) ?? null;
  await moving(
    world,
    { name: 'rename', run: request },
    { forth: () => names.set(id, name), back: () => names.set(id, before) },
  );
}

/** Forks at the end of a turn, beside or into a directory of its own. */
export async function fork(
  world: ModelWorld,
  {
    name,
    number,
    intoDirectory,
  }: {
    readonly name: string | undefined;
    readonly number: number;
    readonly intoDirectory: boolean;
  },
): Promise<void> {
  const { store, session, names, driver } = world;
  await catchingUp(world);
  const [at, said] = pick([...world.endings], number);
  const moment = world.moments.find(({ id }) => id === at);
  if (moment === undefined) throw new Error(`no moment ${at}`);
  const isFree = ![...names.values()].includes(name ?? null) || name === undefined;
  const request = {
    checkpoint: store.checkpoint(at),
    session,
    here: driver.project,
    readerOf,
    ...(name === undefined ? {} : { name }),
  };
  const directory = join(world.directory, `fork-${world.next()}`);
  const run = () =>
    intoDirectory
      ? forkIntoDirectory(store, { ...request, directory })
      : forkSession(store, request);
  if (!isFree) {
    same('the refusal of a name that is taken', await world.codeOf(run()), 'guard');
    return;
  }
  let made: SessionId | undefined;
  await moving(
    world,
    {
      name: intoDirectory ? 'fork into a directory' : 'fork',
      run: async () => {
        made = (await run()).session;
        if (intoDirectory)
          same('the files of the fork', faults(moment.files, readDisk(directory)), []);
      },
    },
    {
      forth: () => made !== undefined && names.set(made, name ?? null),
      back: () => made !== undefined && names.delete(made),
    },
  );
  if (made !== undefined) world.others.set(made, { files: moment.files, texts: textsOf(said) });
  checkOthers(world);
}

/** The transcript of another session, as a file that someone has kept. */
export async function importOne(world: ModelWorld): Promise<void> {
  const { store, names, driver } = world;
  const nativeId = `99999999-9999-4999-8999-${String(world.next()).padStart(12, '0')}`;
  const texts = ['hello from elsewhere', 'hello to you'];
  const [asked, answered] = texts;
  const common = {
    sessionId: nativeId,
    cwd: '/elsewhere',
    isSidechain: false,
    timestamp: '2025-01-01T00:00:00.000Z',
  };
  const lines = [
    { type: 'user', uuid: 'u1', parentUuid: null, message: { role: 'user', content: asked } },
    {
      type: 'assistant',
      uuid: 'u2',
      parentUuid: 'u1',
      message: {
        id: 'm1',
        role: 'assistant',
        model: 'x',
        content: [{ type: 'text', text: answered }],
      },
    },
  ].map((record) => `${JSON.stringify({ ...common, ...record })}\n`);
  const folder = join(world.directory, 'imports');
  mkdirSync(folder, { recursive: true });
  const path = join(folder, `${nativeId}.jsonl`);
  writeFileSync(path, lines.join(''));
  const file = readImport(store, path, {
    agent: claude,
    ownPaths: new Set(),
    places: placesIn(driver.home),
  });
  if (typeof file === 'string') throw new Error(file);
  let made: SessionId | undefined;
  const place = { root: driver.project, summary: 'import one' };
  const run = async () => {
    const [result] = await importTranscripts(store, place, [file.request]);
    same('the import', result?.status, 'added');
    made = result?.id;
    if (made !== undefined) world.others.set(made, { files: new Map(), texts });
  };
  await moving(
    world,
    { name: 'import', run },
    {
      forth: () => made !== undefined && names.set(made, null),
      back: () => made !== undefined && names.delete(made),
    },
  );
  checkOthers(world);
}

export async function remove(world: ModelWorld, number: number): Promise<void> {
  const { store, names, driver } = world;
  const id = pick(otherSessions(world), number);
  const session = store.summary(id);
  if (session === undefined) throw new Error(`no session ${id}`);
  const name = names.get(id) ?? null;
  await moving(
    world,
    { name: 'delete', run: () => deleteSession(store, { session, root: driver.project }) },
    { forth: () => names.delete(id), back: () => names.set(id, name) },
  );
}

/** Packs, and removes all that nothing reaches, however young. Nothing that anybody can look at changes. */
export async function collect(world: ModelWorld): Promise<void> {
  await world.doing({
    name: 'gc',
    files: 'kept',
    run: async () => {
      const { objects, skipped } = await collectGarbage(world.store, { pruneGraceMs: 0 });
      same('what gc could not do', [objects === null, skipped], [false, []]);
      return undefined;
    },
  });
  checkOthers(world);
}

export function otherSessions(world: ModelWorld): SessionId[] {
  return [...world.names.keys()].filter((id) => id !== world.session);
}

/** Nothing that happens to the session moves the files or the words of another. */
export function checkOthers(world: ModelWorld): void {
  const { store, driver } = world;
  for (const id of otherSessions(world)) {
    const expected = world.others.get(id);
    if (expected === undefined) throw new Error(`the oracle does not know ${id}`);
    const files = readCheckpoint(ownReader(store), store.tipOf(id).tree);
    same(`files of the other session ${id}`, faults(expected.files, files), []);
    const native = nativeFormOf(store, id, { form: claudeForm(driver.home) });
    same(`the conversation of the other session ${id}`, textsIn(native), expected.texts);
  }
}

/** `everything`: also what was changed since. */
export async function undo(
  world: ModelWorld,
  direction: 'undo' | 'redo',
  everything: boolean,
): Promise<void> {
  const from = direction === 'undo' ? world.undoable : world.redoable;
  const { store, driver } = world;
  const wanted = { root: driver.project, direction, everything };
  const run = () => undoOperation(store, wanted);
  const operation = from.at(-1);
  if (operation === undefined) {
    same(`the refusal to ${direction} nothing`, await world.codeOf(run()), 'not-found');
    return;
  }
  const back = operation.files && takenBack(world.disk, operation.files);
  const isBlocked = back !== undefined && back.changedSince.length > 0 && !everything;
  const expected =
    back === undefined
      ? world.disk
      : afterRestore(world.disk, { files: back.files, leftOut: new Set() });
  if (isBlocked || expected === 'blocked') return await refusing(world, run);
  if (back !== undefined && deletesMuch(world.disk, expected)) {
    await refusing(world, run, 'confirmation-needed');
  }
  const present = { disk: world.disk, place: world.place };
  await world.doing({
    name: operation.files === undefined ? direction : `${direction} files`,
    files: operation.files === undefined ? 'kept' : 'taken',
    run: async () => {
      const { summary } = await undoOperation(store, { ...wanted, agreed: 'any' });
      same('what was taken back', summary.startsWith(operation.summary), true);
      operation.refs?.back();
      world.place = placeAfter(world, operation);
      return expected;
    },
  });
  from.pop();
  const inverse: Operation = {
    summary: operation.summary,
    ...(operation.files && {
      files: { before: covered(present.disk), after: covered(world.disk) },
    }),
    ...(operation.conversation && { conversation: { before: present.place, after: world.place } }),
    ...(operation.refs && { refs: { back: operation.refs.forth, forth: operation.refs.back } }),
  };
  (direction === 'undo' ? world.redoable : world.undoable).push(inverse);
  await catchingUp(world);
  checkConversation(world);
  checkOthers(world);
}

/** Where the conversation stands after an operation was taken back; which id waits is for gsess to say. */
function placeAfter(world: ModelWorld, { conversation }: Operation): Place {
  const { place, store } = world;
  if (conversation === undefined) return place;
  const { before, after } = conversation;
  if (before.waiting?.nativeId === after.waiting?.nativeId) return place;
  if (before.waiting === undefined && place.nativeId === before.nativeId)
    return { ...place, waiting: undefined };
  const { pending } = store.record(store.tipOf(world.session));
  const said = before.waiting?.said ?? before.said;
  return { ...place, waiting: { nativeId: pending?.nativeId ?? 'none', said } };
}
