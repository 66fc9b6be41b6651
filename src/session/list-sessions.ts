// The sessions of a store, newest first. Where there are many, what was read of their tips is remembered, so that a list costs a look at
// each ref and no reading; and the newest few, where no ref has moved since, not even that. What is shown is always what the
// ref leads to: what is remembered only saves finding that out again.

import { GsessError } from '../errors.ts';
import type { ObjectStore } from '../git/object-store.ts';
import type { MarkedRef } from '../git/ref-reader.ts';
import type { RefStore } from '../git/ref-store.ts';
import { parseCheckpoint } from './checkpoint.ts';
import {
  CachedSession,
  FIRST_COUNT,
  loadSessionCache,
  newestCached,
  saveSessionCache,
} from './session-cache.ts';
import { isWithinTurn, type SessionSummary, summaryOf } from './session-summary.ts';

export interface ListedStore {
  readonly directory: string;
  readonly refs: RefStore;
  readonly objects: ObjectStore;
  /** Takes refs that could not be read, and why. */
  readonly damage: Map<string, string>;
}

/** So few are read as fast as they are remembered. */
const REMEMBERED_MIN = 100;
/** So many that moved are read again rather than remembered at once. */
const FOUND_MAX = 50;
const DIRECTORY = 'refs/heads';

/** All sessions, none of them marked as live; what is damaged hides nothing else. */
export function listSessions(store: ListedStore): SessionSummary[] {
  return allSessions(store).map(({ summary }) => summary);
}

/** The newest sessions, so many at most. */
export function listNewestSessions(store: ListedStore, limit: number): SessionSummary[] {
  return (unmovedNewest(store, limit) ?? allSessions(store).slice(0, limit)).map(
    ({ summary }) => summary,
  );
}

/** Undefined where some ref may have moved. */
function unmovedNewest({ refs, directory }: ListedStore, limit: number) {
  const mark = limit > FIRST_COUNT ? undefined : refs.directoryMark(DIRECTORY);
  const newest = mark === undefined ? undefined : newestCached(directory, { mark, limit });
  return newest?.every(({ ref }) => refs.isStill(ref)) ? newest : undefined;
}

function allSessions(store: ListedStore): readonly CachedSession[] {
  const mark = store.refs.directoryMark(DIRECTORY);
  const cache = loadSessionCache(store.directory);
  const { refs, damaged } = store.refs.scan(`${DIRECTORY}/`, {
    get: (name) => cache.sessions.get(name)?.ref,
  });
  for (const { name, reason } of damaged) store.damage.set(name, reason);
  const present = new Map(refs.map((ref) => [ref.name, ref]));
  let isMarkedAnew = false;
  const known: CachedSession[] = [];
  for (const entry of cache.sessions.values()) {
    const ref = present.get(entry.ref.name);
    if (ref?.id !== entry.ref.id) continue;
    present.delete(ref.name);
    isMarkedAnew ||= ref.mark !== entry.ref.mark;
    known.push(ref.mark === entry.ref.mark ? entry : entry.as(ref));
  }
  const found = [...present.values()].flatMap((ref) => readSession(store, ref) ?? []);
  const sessions = merge(known, found);
  const isAll = sessions.length === refs.length && damaged.length === 0;
  const kept = isAll ? (mark ?? null) : null;
  const isNew =
    isMarkedAnew ||
    found.length > 0 ||
    sessions.length !== cache.sessions.size ||
    cache.mark !== kept;
  // Right after a move it would have to be written again soon, and what moved is quickly read.
  const isWorthIt = mark !== undefined || found.length > FOUND_MAX;
  if (isNew && isWorthIt) remember(store, sessions, kept);
  return sessions;
}

/** Puts those found among those known, which are in order. */
function merge(known: CachedSession[], found: readonly CachedSession[]): readonly CachedSession[] {
  if (found.length > FOUND_MAX) return [...known, ...found].sort(byNewest);
  for (const session of found) {
    let [low, high] = [0, known.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = known[middle];
      if (other !== undefined && byNewest(other, session) < 0) low = middle + 1;
      else high = middle;
    }
    known.splice(low, 0, session);
  }
  return known;
}

function byNewest({ summary: a }: CachedSession, { summary: b }: CachedSession): number {
  return order(b.updatedAt, a.updatedAt) || order(a.id, b.id);
}

function readSession({ objects, damage }: ListedStore, ref: MarkedRef): CachedSession | undefined {
  try {
    const checkpoint = parseCheckpoint(ref.id, objects.readCommit(ref.id));
    if (checkpoint === undefined || ref.name !== `${DIRECTORY}/${checkpoint.session}`) {
      return undefined;
    }
    const isInTurn = isWithinTurn(objects, checkpoint);
    return new CachedSession(ref, summaryOf(checkpoint, { isInTurn }));
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
