// What a reference of the user means here: a session, or a moment of one.

import { readTranscript } from '../agents/embedded/transcript-reader.ts';
import { GsessError } from '../errors.ts';
import type { Checkpoint } from '../session/checkpoint.ts';
import type { TranscriptReader } from '../session/conversation.ts';
import {
  type CheckpointTarget,
  type References,
  resolveCheckpoint,
  resolveSession,
  resolveSubject,
} from '../session/reference.ts';
import { referencesOf } from '../session/references.ts';
import type { SessionSummary } from '../session/session-summary.ts';
import type { Store } from '../session/store.ts';
import type { TagSummary } from '../session/tag.ts';
import { unlessDamaged } from '../session/unless-damaged.ts';
import type { ProjectHandle } from './project-handle.ts';

/** A checkpoint, and the session that it is taken as a moment of. */
export interface Moment {
  readonly session: SessionSummary;
  readonly checkpoint: Checkpoint;
  readonly tag: TagSummary | undefined;
  /** Where the session stands, with what waits there to be taken up. */
  readonly isSession: boolean;
}

/** Reads what this agent's sessions hold. */
export function readerFor({
  agent,
}: ProjectHandle): (name: string) => TranscriptReader | undefined {
  return (name) => (name === agent ? readTranscript : undefined);
}

/** The session that was opened last, of those that are saved already. */
export function currentOf({ open }: ProjectHandle, store: Store): SessionSummary | undefined {
  for (const { id } of open.toReversed()) {
    const session = store.summary(id);
    if (session !== undefined) return session;
  }
  return undefined;
}

export function referencesIn(handle: ProjectHandle, store: Store): References {
  const current = () => {
    const session = currentOf(handle, store);
    if (session !== undefined) return session;
    throw new GsessError('not-found', 'No session is open in which something was said');
  };
  const references = referencesOf(store, { current, readerOf: readerFor(handle) });
  return {
    ...references,
    inside: () => currentOf(handle, store),
  };
}

export function findSession(
  handle: ProjectHandle,
  store: Store,
  reference: string,
): SessionSummary | undefined {
  return find(store, reference, () => resolveSession(reference, referencesIn(handle, store)).value);
}

/** A session or one of its moments; a session first. */
export function findSubject(
  handle: ProjectHandle,
  store: Store,
  reference: string,
): Moment | undefined {
  return find(store, reference, () => {
    const { value } = resolveSubject(reference, referencesIn(handle, store));
    return value.kind === 'session'
      ? atTip(store, value.session)
      : momentOf(handle, store, value.target);
  });
}

/** A moment, a tag first; where the open session stands, if none is named. */
export function findMoment(
  handle: ProjectHandle,
  store: Store,
  reference: string | undefined,
): Moment | undefined {
  if (reference === undefined) {
    const current = currentOf(handle, store);
    return current && atTip(store, current);
  }
  return find(store, reference, () =>
    momentOf(handle, store, resolveCheckpoint(reference, referencesIn(handle, store)).value),
  );
}

/** What is there and cannot be read is an error, and not null. */
function find<T>(store: Store, reference: string, resolve: () => T): T | undefined {
  return unlessNotFound(() => unlessDamaged(store, reference, resolve));
}

function atTip(store: Store, session: SessionSummary): Moment {
  const checkpoint = store.checkpoint(session.tip);
  return { session, checkpoint, tag: undefined, isSession: true };
}

/** A checkpoint that several sessions share is taken as one of the open session, if that has it. */
function momentOf(
  handle: ProjectHandle,
  store: Store,
  { id, session: named, tag, isSession = false }: CheckpointTarget,
): Moment {
  const checkpoint = store.checkpoint(id);
  const current = named === undefined ? currentOf(handle, store) : undefined;
  const isCurrents = current !== undefined && isInHistory(store, current, id);
  const session = isCurrents ? current : store.summary(named ?? checkpoint.session);
  if (session !== undefined) return { session, checkpoint, tag, isSession };
  throw new GsessError('not-found', `The session of checkpoint '${id}' was deleted`);
}

function isInHistory(store: Store, session: SessionSummary, checkpoint: string): boolean {
  for (const { id } of store.history(session.tip)) if (id === checkpoint) return true;
  return false;
}

/** Not to find something is no error for a program. */
export function unlessNotFound<T>(find: () => T): T | undefined {
  try {
    return find();
  } catch (error) {
    if (error instanceof GsessError && error.code === 'not-found') return undefined;
    throw error;
  }
}
