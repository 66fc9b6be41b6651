// What takes space in a store: on disk as a whole, and by session what only it holds, so that one can see what erasing it would free.
// A session owns its branch, the tags given in it and what the operation log keeps for its sake; one that was deleted owns what the
// trash holds of it.

import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { oldTemporaries } from '../git/durable-file.ts';
import type { ObjectId } from '../git/object-id.ts';
import { bytesAt, bytesBelow } from '../git/stored-files.ts';
import { operationLogs } from './operation-entries.ts';
import { OwnedBytes, type Part } from './owned-bytes.ts';
import { isSessionId, type SessionId } from './session-id.ts';
import { SESSION_REFS, type Store } from './store.ts';
import { temporaryPlaces } from './sweep-store.ts';
import { readTag } from './tag.ts';
import { trashedRefs } from './trash.ts';

export interface SessionUsage {
  readonly id: SessionId;
  readonly name: string | null;
  readonly title: string;
  /** It is in the trash. */
  readonly deleted: boolean;
  readonly checkpoints: number;
  /** Bytes that only it holds. */
  readonly unique: number;
  /** Of those, by what they are part of. */
  readonly parts: Readonly<Record<Part, number>>;
  /** Bytes that it holds and others too; null where there is too much to look at. */
  readonly shared: number | null;
}

export interface StoreUsage {
  readonly project: string;
  readonly store: string;
  /** All of it, on disk. */
  readonly bytes: number;
  readonly packs: { readonly count: number; readonly bytes: number };
  readonly loose: { readonly count: number; readonly bytes: number };
  /** What killed runs left. */
  readonly temporary: number;
  readonly caches: number;
  /** What only the trash holds. */
  readonly trash: number;
  /** What only the operation logs hold. */
  readonly operations: number;
  /** What several hold. */
  readonly shared: number;
  /** What nothing holds any more. */
  readonly unreached: number;
  /** The largest first. */
  readonly sessions: readonly SessionUsage[];
}

interface Owner {
  readonly session: SessionId | undefined;
  readonly tip: ObjectId | undefined;
  readonly deleted: boolean;
}

/** Owners that are no session. */
const OPERATIONS = 0;
const TRASH = 1;
const OTHERS = 2;
const NO_SESSION: Owner = { session: undefined, tip: undefined, deleted: false };

/** Throws `ref-damaged`, `object-missing` or `object-damaged` where what belongs to whom cannot be told. */
export async function storeUsage(store: Store, onProgress?: () => void): Promise<StoreUsage> {
  const { directory } = store.repository;
  const bytes = new OwnedBytes(store.objects, onProgress);
  const owners = await giveAll(store, bytes);
  const { owned, shared, unreached } = bytes.sum(owners.length);
  const sessions: SessionUsage[] = [];
  for (const [number, { session, tip, deleted }] of owners.entries()) {
    if (session === undefined || tip === undefined) continue;
    const { unique = 0, parts = { records: 0, files: 0, transcripts: 0 } } = owned[number] ?? {};
    const { name, title, checkpoints } = store.checkpoint(tip);
    const others = await bytes.sharedBy(number, tip);
    sessions.push({
      id: session,
      name,
      title,
      deleted,
      checkpoints,
      unique,
      parts,
      shared: others,
    });
  }
  const inTrash = sessions.filter(({ deleted }) => deleted);
  const { packs, loose } = bytes.sizes;
  return {
    project: store.project.path,
    store: directory,
    bytes: bytesBelow(directory),
    packs,
    loose,
    temporary: temporaryBytes(store),
    caches: bytesBelow(join(directory, 'gsess', 'cache')),
    trash: inTrash.reduce((sum, { unique }) => sum + unique, owned[TRASH]?.unique ?? 0),
    operations: owned[OPERATIONS]?.unique ?? 0,
    shared,
    unreached,
    sessions: sessions.sort((a, b) => b.unique - a.unique || (a.id < b.id ? -1 : 1)),
  };
}

/** Gives all that the refs hold to its owners, and returns these. */
async function giveAll(store: Store, bytes: OwnedBytes): Promise<readonly Owner[]> {
  const owners: Owner[] = [NO_SESSION, NO_SESSION, NO_SESSION];
  const numbers = new Map<SessionId, number>();
  const trashed = trashedRefs(store);
  const own = (session: SessionId, tip: ObjectId, deleted: boolean): number => {
    const known = numbers.get(session);
    if (known !== undefined) return known;
    numbers.set(session, owners.push({ session, tip, deleted }) - 1);
    return owners.length - 1;
  };
  const ownerOfTag = (name: string, id: ObjectId, otherwise: number) => {
    const session = readTag(store, name, id)?.session;
    return (session === undefined ? undefined : numbers.get(session)) ?? otherwise;
  };
  for (const { name, id } of store.refs.list(SESSION_REFS)) {
    const session = name.slice(SESSION_REFS.length);
    await bytes.give(isSessionId(session) ? own(session, id, false) : OTHERS, id);
  }
  for (const { session, id } of trashed) {
    if (session !== undefined) await bytes.give(own(session, id, true), id);
  }
  for (const { name, id } of store.refs.list('refs/')) {
    if (name.startsWith('refs/tags/')) await bytes.give(ownerOfTag(name, id, OTHERS), id);
    else if (!/^refs\/(heads|gsess\/(ops|trash))\//.test(name)) await bytes.give(OTHERS, id);
  }
  for (const { name, id, rest, session } of trashed) {
    if (session !== undefined) continue;
    const isTag = rest.startsWith('tags/');
    await bytes.give(isTag ? ownerOfTag(name, id, TRASH) : TRASH, id);
  }
  for (const { commit, operation } of operationLogs(store).flat()) {
    const { session } = operation;
    const owner = (session && numbers.get(session.id)) ?? OPERATIONS;
    await bytes.give(owner, commit, true);
    if (session === undefined) continue;
    await bytes.give(owner, session.before);
    if (session.after !== null) await bytes.give(owner, session.after);
  }
  return owners;
}

function temporaryBytes(store: Store): number {
  return temporaryPlaces(store)
    .flatMap((place) => oldTemporaries(place, Number.NEGATIVE_INFINITY, 0))
    .reduce((sum, path) => sum + bytesAt(path) + temporaryBelow(path), 0);
}

/** A temporary file has nothing below it; what a packer leaves is a directory. */
function temporaryBelow(path: string): number {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() ? bytesBelow(path) : 0;
}
