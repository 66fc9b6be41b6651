// Which session an event belongs to. A session is bound to its project and root at its first event; where the agent wanders later does
// not move it. A native id that the session has left (the conversation went on under another) becomes a fork when it speaks again,
// so two conversations are never mixed.

import { statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { allStores, rebuildNativeIndex } from './all-stores.ts';
import type { CaptureEvent } from './capture.ts';
import type { Checkpoint } from './checkpoint.ts';
import { type NativeBinding, NativeIndex } from './native-index.ts';
import { locateProject } from './project.ts';
import { derivedSessionId, type SessionId, sessionIdOf } from './session-id.ts';
import { newSessionRecord, type SessionRecord } from './session-record.ts';
import { openOrCreateStoreOf, openStoreDirectory, openStoreOf, type Store } from './store.ts';
import type { Surroundings } from './surroundings.ts';

/** Where the session stands: the tip to build on, what its branch must hold, and its record so far. */
export interface Position {
  readonly tip: Checkpoint | undefined;
  readonly expect: ObjectId | 'absent';
  readonly record: SessionRecord;
}

export interface Bound {
  readonly store: Store;
  readonly session: SessionId;
  readonly root: string;
  position(): Position;
}

type EventOrigin = Pick<CaptureEvent, 'agent' | 'nativeId' | 'cwd' | 'kind'>;

/** Finds the session of an event, or prepares a new one; makes the store of a project that has none. */
export async function bindEvent(event: EventOrigin, surroundings: Surroundings): Promise<Bound> {
  const index = new NativeIndex(surroundings.dataDirectory);
  if (index.isLost) rebuildNativeIndex(surroundings);
  const present = findBound(event, surroundings, index);
  const bound = present ?? (await bindNew(event, surroundings));
  index.note(event.agent, event.nativeId, {
    session: bound.session,
    store: basename(bound.store.repository.directory),
  });
  return bound;
}

function findBound(
  event: EventOrigin,
  surroundings: Surroundings,
  index: NativeIndex,
): Bound | undefined {
  const noted = index.find(event.agent, event.nativeId);
  const home = openStoreAt(event.cwd, surroundings);
  if (noted !== undefined) {
    const isHome = home !== undefined && basename(home.repository.directory) === noted.store;
    const store = isHome ? home : openBoundStore(noted, surroundings);
    if (store?.tip(noted.session) !== undefined) return boundTo(store, noted.session, event);
  }
  const session = sessionIdOf(event.agent, event.nativeId);
  const holder = home?.tip(session) === undefined ? findInOtherStores(session, surroundings) : home;
  return holder && boundTo(holder, session, event);
}

async function bindNew(event: EventOrigin, surroundings: Surroundings): Promise<Bound> {
  const project = locateProject(event.cwd, surroundings);
  const store = await openOrCreateStoreOf(project, surroundings);
  const session = sessionIdOf(event.agent, event.nativeId);
  return boundToNew(store, { session, root: store.project.root }, event);
}

function boundToNew(
  store: Store,
  { session, root }: { readonly session: SessionId; readonly root: string },
  event: EventOrigin,
): Bound {
  const position = (): Position => {
    const tip = store.tip(session);
    if (tip !== undefined) return positionAt(store, store.checkpoint(tip));
    const createdAt = new Date(store.surroundings.now()).toISOString();
    const { agent, cwd } = event;
    const record = newSessionRecord({ id: session, agent, root, cwd, createdAt });
    return { tip: undefined, expect: 'absent', record };
  };
  return { store, session, root, position };
}

/** The session itself, or the fork that an abandoned native id begins. */
function boundTo(store: Store, session: SessionId, event: EventOrigin): Bound {
  const found = positionAt(store, store.tipOf(session));
  const { record } = found;
  const root = store.presentRoot(record.root);
  if (!isAbandoned(record, event.nativeId) || event.kind === 'manual') {
    // Nearly always it is where it was, and what a commit holds does not change.
    const position = (): Position =>
      store.tip(session) === found.expect ? found : positionAt(store, store.tipOf(session));
    return { store, session, root, position };
  }
  const fork = derivedSessionId(`${session}\0${event.nativeId}`);
  const position = (): Position => {
    const tip = store.tip(fork);
    return tip === undefined
      ? forkPosition(store, { fork, session, nativeId: event.nativeId })
      : positionAt(store, store.checkpoint(tip));
  };
  return { store, session: fork, root, position };
}

/** Whether the conversation went on under another id; what still comes under this one is at most the rest of its transcript. */
export function isAbandoned(record: SessionRecord, nativeId: string): boolean {
  return (
    record.nativeIds.includes(nativeId) &&
    record.activeNativeId !== nativeId &&
    record.pending?.nativeId !== nativeId
  );
}

function forkPosition(
  store: Store,
  { fork, session, nativeId }: { fork: SessionId; session: SessionId; nativeId: string },
): Position {
  for (const checkpoint of store.history(store.tipOf(session).id)) {
    const record = store.record(checkpoint);
    // Either it spoke here last, or it was handed out here and never taken up.
    if (record.activeNativeId !== nativeId && record.pending?.nativeId !== nativeId) continue;
    return {
      tip: checkpoint,
      expect: 'absent',
      record: {
        ...record,
        id: fork,
        name: null,
        nativeIds: [nativeId],
        activeNativeId: nativeId,
        pending: null,
        forkedFrom: { session, checkpoint: checkpoint.id },
      },
    };
  }
  throw new GsessError('store-damaged', `No checkpoint of '${session}' knows '${nativeId}'`);
}

function positionAt(store: Store, tip: Checkpoint): Position {
  return { tip, expect: tip.id, record: store.record(tip) };
}

/** Opens the store that a native id is bound to; undefined if it is gone. */
function openBoundStore(noted: NativeBinding, surroundings: Surroundings): Store | undefined {
  return openStoreDirectory(
    join(surroundings.dataDirectory, 'projects', noted.store),
    surroundings,
  );
}

function openStoreAt(cwd: string, surroundings: Surroundings): Store | undefined {
  if (!statSync(cwd, { throwIfNoEntry: false })?.isDirectory()) return undefined;
  return openStoreOf(locateProject(cwd, surroundings), surroundings);
}

function findInOtherStores(session: SessionId, surroundings: Surroundings): Store | undefined {
  return allStores(surroundings).find((store) => store.tip(session) !== undefined);
}
