// What is noted of a session outside the objects: who talks in it, its native ids, its failures, its directory. For a session that goes
// for good; each of these can be forgotten again and again.

import { basename } from 'node:path';
import type { ObjectId } from '../git/object-id.ts';
import { FailureLog } from './failure-log.ts';
import { NativeIndex } from './native-index.ts';
import { forgetRetired } from './retired-note.ts';
import { unbindRoot } from './root-index.ts';
import type { SessionId } from './session-id.ts';
import { removeSpools } from './spool.ts';
import type { Store } from './store.ts';

/** By what the notes of a session are known. */
export interface SessionTraces {
  readonly session: SessionId;
  readonly nativeIds: readonly string[];
  readonly root: string;
}

export function tracesOf(store: Store, session: SessionId, tip: ObjectId): SessionTraces {
  const { nativeIds, pending, root } = store.record(store.checkpoint(tip));
  const known = pending === null ? nativeIds : [...nativeIds, pending.nativeId];
  return { session, nativeIds: known, root };
}

/** `failuresOf`: of what is alone the session's, or also of all that failed in its directory, whoever worked there. */
export function forgetSession(
  store: Store,
  { session, nativeIds, root }: SessionTraces,
  failuresOf: 'the session' | 'its directory',
): void {
  const { dataDirectory } = store.surroundings;
  store.leases.release(session);
  forgetRetired(store, session);
  removeSpools(dataDirectory, nativeIds);
  new NativeIndex(dataDirectory).forget({ session, store: basename(store.repository.directory) });
  const isShared = store.sessions().some((other) => other.id !== session && other.root === root);
  const isRootMeant = root !== '' && (failuresOf === 'its directory' || !isShared);
  const words = [session, ...nativeIds, ...(isRootMeant ? [JSON.stringify(root)] : [])];
  new FailureLog(dataDirectory).forget((line) => words.some((word) => line.includes(word)));
  if (store.project.path !== root && !isShared) unbindRoot(dataDirectory, root);
}
