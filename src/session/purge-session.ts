// Erases a session for good, whether it is in the list or in the trash: its branch, its tags, its entries in the operation logs and what
// the trash holds of it; then every object that nothing else needs, and what was noted of it beside the objects. The one thing that
// nothing brings back. Before the first ref goes a note is made, so that what a crash interrupts is finished by the next gc.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError } from '../errors.ts';
import { type Collected, collectObjects } from '../git/collect-objects.ts';
import { directoryNames } from '../git/directory-names.ts';
import { sweepTemporary, writeDurably } from '../git/durable-file.ts';
import { Marks } from '../git/mark-reachable.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref } from '../git/ref-reader.ts';
import { pruneReflogs } from '../git/reflogs.ts';
import { forgetSession, type SessionTraces, tracesOf } from './forget-session.ts';
import { newestBranch, pointHeadElsewhere } from './head.ts';
import { dropEntries, operationLogs } from './operation-entries.ts';
import { type LoggedOperation, type Operation, readOperation } from './operation-log.ts';
import { alone, removalOf } from './removal.ts';
import { withTakenBack } from './rewrite-log.ts';
import type { SessionId } from './session-id.ts';
import { type Store, sessionRef } from './store.ts';
import { readTag, type TagSummary } from './tag.ts';
import { trashedRefs } from './trash.ts';

export interface PurgeTarget {
  readonly session: SessionId;
  /** Its newest checkpoint; of those in the trash, if it is deleted, the last one found. */
  readonly tip: ObjectId;
  readonly isDeleted: boolean;
  readonly tags: readonly TagSummary[];
}

export interface Purged {
  /** Objects that are gone. */
  readonly objects: number;
  /** Bytes that came back. */
  readonly bytes: number;
  /** Objects that could not be removed yet, and why. */
  readonly left: number;
  readonly skipped: readonly string[];
}

/** What a purge of this session would erase; undefined if there is none, in the trash neither. */
export function purgeTarget(store: Store, session: SessionId): PurgeTarget | undefined {
  const present = store.tip(session);
  const tip = present ?? trashedRefs(store).findLast((ref) => ref.session === session)?.id;
  if (tip === undefined) return undefined;
  const tags = refsOfTags(store, session).filter(({ ref }) => ref.startsWith('refs/tags/'));
  return { session, tip, isDeleted: present === undefined, tags };
}

/** Throws `live`, or `guard` where it has tags and they are not to go with it, or an interrupted operation is about it. */
export async function purgeSession(
  store: Store,
  { session, tip, tags }: PurgeTarget,
  { withTags }: { readonly withTags: boolean },
): Promise<Purged> {
  refuseLive(store, session);
  if (tags.length > 0 && !withTags) {
    throw new GsessError(
      'guard',
      `Session '${session}' has tags: ${tags.map(({ name }) => `'${name}'`).join(', ')}`,
      {
        hint: `Pass '--with-tags' to erase them too, or take them away with 'gsess tag --delete'.`,
        data: { tags: tags.map(({ name }) => name) },
      },
    );
  }
  refuseUnfinished(store, session);
  const { lockWaitMs } = store.surroundings;
  return alone(store, { verb: 'purge', waitMs: lockWaitMs }, async () => {
    // What cannot be read is found before anything is done.
    await collectObjects(store.repository, { ...sparing(store), isDry: true });
    // Says what a purge that is interrupted still has to see to.
    const note = tracesOf(store, session, tip);
    writeDurably(notePath(store), `${JSON.stringify(note)}\n`);
    return erase(store, note);
  });
}

/** Finishes a purge that was interrupted, if there is one. */
export async function finishPurge(store: Store): Promise<void> {
  const path = notePath(store);
  if (existsSync(path)) await erase(store, JSON.parse(readFileSync(path, 'utf8')) as SessionTraces);
}

/** May be done again and again, from wherever it was interrupted. */
async function erase(store: Store, note: SessionTraces): Promise<Purged> {
  await dropFromLogs(store, note.session);
  await dropRefs(store, note.session);
  await forgetBeside(store, note);
  const collected = await collectObjects(store.repository, { ...sparing(store), isDry: false });
  const { left, skipped } = collected;
  if (left === 0) rmSync(notePath(store), { force: true });
  return { objects: collected.removed, bytes: bytesFreed(collected), left, skipped };
}

function sparing(store: Store) {
  const how = {
    mode: 'sparing',
    graceMs: 0,
    settled: new Set<string>(),
  } as const;
  return { ...removalOf(store, {}), ...how };
}

function bytesFreed({ before, after }: Collected): number {
  return before.packBytes + before.looseBytes - after.packBytes - after.looseBytes;
}

async function dropFromLogs(store: Store, session: SessionId): Promise<void> {
  const tags = new Set<string>(refsOfTags(store, session).map(({ object }) => object));
  const choose = (entries: readonly LoggedOperation[]) =>
    withTakenBack(entries, ({ operation }) => isAbout(operation, session, tags));
  for (const entries of operationLogs(store)) {
    if (choose(entries).size === 0) continue;
    const root = entries[0]?.operation.root ?? '';
    if ((await dropEntries(store, root, choose)) === undefined) throw unfinished(root);
  }
}

/** Whether an operation changed the session, or a tag of it. */
function isAbout(
  { session: changed, change, refs }: Operation,
  session: SessionId,
  tags: ReadonlySet<string>,
): boolean {
  return (
    changed?.id === session ||
    change?.session === session ||
    refs.some(
      ({ name, before, after }) =>
        name === sessionRef(session) || tags.has(before ?? '') || tags.has(after ?? ''),
    )
  );
}

async function dropRefs(store: Store, session: SessionId): Promise<void> {
  await store.withWriting('purge', async () => {
    const tip = store.tip(session);
    const branch: Ref[] = tip === undefined ? [] : [{ name: sessionRef(session), id: tip }];
    const trashed = trashedRefs(store).filter((ref) => ref.session === session);
    const tags = refsOfTags(store, session).map(({ ref, object }) => ({ name: ref, id: object }));
    const edits = [...tags, ...trashed, ...branch].map(({ name, id }) => ({
      name,
      value: null,
      expect: id,
    }));
    refuseLive(store, session);
    if (edits.length > 0) await store.refs.update(edits, 'purge');
  });
  await pointHeadElsewhere(store);
  if (store.refs.head() === sessionRef(session)) await store.refs.setHead(newestBranch(store));
}

/** The tags that were given in a session, those in the trash too. */
function refsOfTags(store: Store, session: SessionId): TagSummary[] {
  const trashed = trashedRefs(store).filter(({ rest }) => rest.startsWith('tags/'));
  return [...store.refs.list('refs/tags/'), ...trashed].flatMap(({ name, id }) => {
    const tag = readTag(store, name, id);
    return tag?.session === session ? tag : [];
  });
}

/** Everything that was noted of it outside the objects. */
async function forgetBeside(store: Store, note: SessionTraces): Promise<void> {
  const { directory } = store.repository;
  forgetSession(store, note, 'its directory');
  // A list of all refs that git writes for servers of plain files.
  rmSync(join(directory, 'info', 'refs'), { force: true });
  const caches = join(directory, 'gsess', 'cache');
  for (const file of directoryNames(caches)) rmSync(join(caches, file), { force: true });
  if (existsSync(join(directory, 'logs'))) {
    const marks = new Marks(store.objects);
    await marks.mark(store.refs.list('').map(({ id }) => id));
    pruneReflogs(directory, (id) => marks.ids.has(id));
  }
  // While nobody writes, a temporary file is one that nobody will ever finish.
  await store.withPruning('purge', () => {
    for (const place of ['objects', join('objects', 'pack'), 'gsess']) {
      sweepTemporary(join(directory, place), Number.NEGATIVE_INFINITY, store.surroundings.now());
    }
  });
}

function refuseLive(store: Store, session: SessionId): void {
  if (!store.leases.live().some((lease) => lease.session === session)) return;
  throw new GsessError('live', `Session '${session}' is live`, {
    hint: 'End it in its agent first.',
    data: { session },
  });
}

/** An interrupted operation would bring back what is erased now. */
function refuseUnfinished(store: Store, session: SessionId): void {
  for (const { id } of store.refs.list('refs/gsess/journal/')) {
    const operation = readOperation(store, id);
    if (isAbout(operation, session, new Set())) throw unfinished(operation.root);
  }
}

function unfinished(root: string): GsessError {
  return new GsessError(
    'guard',
    `An operation in '${root}' was interrupted and must be finished first`,
    {
      hint: `Run 'gsess undo' or any other verb there that changes something.`,
      data: { root },
    },
  );
}

function notePath(store: Store): string {
  return join(store.repository.directory, 'gsess', 'purge.json');
}
