// The sessions of a store, newest first. Where there are many, what was read of their tips is remembered, so that a list costs a look at
// each ref and no reading; and the newest few, where no ref has moved since, not even that. What is shown is always what the
// ref leads to: what is remembered only saves finding that out again.

import { GsessError } from '../errors.ts';
import type { ObjectStore } from '../git/object-store.ts';
import type { MarkedRef } from '../git/ref-reader.ts';
import type { RefStore } from '../git/ref-store.ts';
import { parseCheckpoint } from './checkpoint.ts';
import {
  type CachedSession,
  FIRST_COUNT,
  loadSessionCache,
  newestCached,
  saveSessionCache,
} from './session-cache.ts';
import { type SessionSummary, summaryOf } from './session-summary.ts';

export interface ListedStore {
  readonly directory: string;
  readonly refs: RefStore;
  readonly objects: ObjectStore;
  /** Takes refs that could not be read, and why. */
  readonly damage: Map<string, string>;
}

/** So few are read as fast as they are remembered. */
const REMEMBERED_MIN = 100;
const DIRECTORY = 'refs/heads';

/** All sessions, none of them marked as live; what is damaged hides nothing else. */
export function listSessions(store: ListedStore): SessionSummary[] {
  const mark = store.refs.directoryMark(DIRECTORY);
  const cache = loadSessionCache(store.directory);
  const known = cache.sessions;
  const { refs, damaged } = store.refs.scan(`${DIRECTORY}/`, {
    get: (name) => known.get(name)?.ref,
  });
  for (const { name, reason } of damaged) store.damage.set(name, reason);
  let isNew = false;
  const sessions = refs.flatMap((ref) => {
    const entry = known.get(ref.name);
    const isKnown = entry?.ref.id === ref.id;
    isNew ||= !isKnown || entry.ref.mark !== ref.mark;
    return isKnown ? { ref, summary: entry.summary } : (readSession(store, ref) ?? []);
  });
  sessions.sort(
    ({ summary: a }, { summary: b }) => order(b.updatedAt, a.updatedAt) || order(a.id, b.id),
  );
  const isAll = sessions.length === refs.length && damaged.length === 0;
  const kept = isAll ? (mark ?? null) : null;
  if (isNew || sessions.length !== known.size || cache.mark !== kept) {
    remember(store, sessions, kept);
  }
  return sessions.map(({ summary }) => summary);
}

/** The newest sessions, so many at most. */
export function listNewestSessions(store: ListedStore, limit: number): SessionSummary[] {
  const mark = limit > FIRST_COUNT ? undefined : store.refs.directoryMark(DIRECTORY);
  if (mark !== undefined) {
    const newest = newestCached(store.directory, { mark, limit });
    if (newest?.every(({ ref }) => store.refs.isStill(ref)))
      return newest.map(({ summary }) => summary);
  }
  return listSessions(store).slice(0, limit);
}

function readSession({ objects, damage }: ListedStore, ref: MarkedRef): CachedSession | undefined {
  try {
    const checkpoint = parseCheckpoint(ref.id, objects.readCommit(ref.id));
    if (checkpoint === undefined || ref.name !== `${DIRECTORY}/${checkpoint.session}`) {
      return undefined;
    }
    return { ref, summary: summaryOf(checkpoint) };
  } catch (error) {
    if (!(error instanceof GsessError)) throw error;
    damage.set(ref.name, error.message);
    return undefined;
  }
}

/** A store that cannot be written to can still be listed. */
function remember(
  { directory }: ListedStore,
  sessions: readonly CachedSession[],
  mark: string | null,
): void {
  if (sessions.length < REMEMBERED_MIN) return;
  try {
    saveSessionCache(directory, sessions, mark);
  } catch (error) {
    if (!(error instanceof Error && 'syscall' in error)) throw error;
  }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
