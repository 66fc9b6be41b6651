// Takes entries out of an operation log. The others are written anew, the oldest first, for each names others by commit; what undo and
// redo would take stays in its order, with those that went passed over. Decides only; `put` writes an entry and gives its commit.

import type { ObjectId } from '../git/object-id.ts';
import type { LoggedOperation, Operation } from './operation-log.ts';

/** Writes an entry on top of the one before it. */
export type PutEntry = (entry: LoggedOperation, previous: ObjectId | undefined) => ObjectId;

/** Rewrites a log, given newest first, and returns its newest entry; undefined if none is left. */
export function rewriteLog(
  entries: readonly LoggedOperation[],
  isDropped: (entry: LoggedOperation) => boolean,
  put: PutEntry,
): ObjectId | undefined {
  const byCommit = new Map(entries.map((entry) => [entry.commit, entry]));
  const renamed = new Map<ObjectId, ObjectId>();
  const below = (id: ObjectId | null | undefined, which: 'undoBelow' | 'redoBelow') => {
    let at = id ?? null;
    // The stack only ever leads to older entries, so this ends.
    while (at !== null && !renamed.has(at)) at = byCommit.get(at)?.operation[which] ?? null;
    return at === null ? null : (renamed.get(at) ?? null);
  };
  let previous: ObjectId | undefined;
  for (const entry of entries.toReversed()) {
    if (isDropped(entry)) continue;
    const { undoTop, redoTop, undoBelow, redoBelow, takesBack, ...rest } = entry.operation;
    const takenBack = takesBack === undefined ? undefined : renamed.get(takesBack);
    const operation: Operation = {
      ...rest,
      ...(takenBack === undefined ? {} : { takesBack: takenBack }),
      undoBelow: below(undoBelow, 'undoBelow'),
      redoBelow: below(redoBelow, 'redoBelow'),
      undoTop: undoTop === 'self' ? 'self' : below(undoTop, 'undoBelow'),
      redoTop: redoTop === 'self' ? 'self' : below(redoTop, 'redoBelow'),
    };
    previous = put({ commit: entry.commit, operation }, previous);
    renamed.set(entry.commit, previous);
  }
  return previous;
}

/** The entries with those that they take back, and those that take them back: one without the other would be done twice. */
export function withTakenBack(
  entries: readonly LoggedOperation[],
  isWanted: (entry: LoggedOperation) => boolean,
): ReadonlySet<ObjectId> {
  const found = new Set(entries.filter(isWanted).map(({ commit }) => commit));
  for (let size = -1; size !== found.size; ) {
    size = found.size;
    for (const { commit, operation } of entries) {
      const { takesBack } = operation;
      if (takesBack === undefined || (!found.has(commit) && !found.has(takesBack))) continue;
      found.add(commit).add(takesBack);
    }
  }
  return found;
}

/**
 * The same, with all that came before on the same refs: it could be undone only after what goes. Given newest first; an entry that was
 * taken back stands in nobody's way.
 */
export function withEarlier(
  entries: readonly LoggedOperation[],
  isWanted: (entry: LoggedOperation) => boolean,
): ReadonlySet<ObjectId> {
  const inEffect = undoStack(entries);
  const wanted = new Set(entries.filter(isWanted).map(({ commit }) => commit));
  const names = new Set<string>();
  for (const entry of entries) {
    const touched = refsTouched(entry.operation);
    if (touched.some((name) => names.has(name))) wanted.add(entry.commit);
    if (!wanted.has(entry.commit) || !inEffect.has(entry.commit)) continue;
    for (const name of touched) names.add(name);
  }
  return withTakenBack(entries, ({ commit }) => wanted.has(commit));
}

/** What undo would take back, one after another. */
function undoStack(entries: readonly LoggedOperation[]): ReadonlySet<ObjectId> {
  const byCommit = new Map(entries.map((entry) => [entry.commit, entry.operation]));
  const newest = entries[0];
  const top = newest?.operation.undoTop ?? null;
  const stack = new Set<ObjectId>();
  for (let at = top === 'self' ? (newest?.commit ?? null) : top; at !== null && !stack.has(at); ) {
    stack.add(at);
    at = byCommit.get(at)?.undoBelow ?? null;
  }
  return stack;
}

function refsTouched({ refs, session }: Operation): string[] {
  const branch = session === undefined ? [] : [`refs/heads/${session.id}`];
  return [...refs.map(({ name }) => name), ...branch];
}

/**
 * The entries that are older than this, given newest first. A clock that once stood wrong makes no entry older than one before it;
 * one from the future counts as young.
 */
export function expiredEntries(
  entries: readonly LoggedOperation[],
  { since, now }: { readonly since: number; readonly now: number },
): ReadonlySet<ObjectId> {
  const expired = new Set<ObjectId>();
  for (const { commit, operation } of entries.toReversed()) {
    const at = Date.parse(operation.at);
    if (!(at < since) || at > now) break;
    expired.add(commit);
  }
  return expired;
}
