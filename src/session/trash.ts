// What was deleted, moved away or changed can be had back for a while. Once that is over, the entries of the operation log go, and with
// them what the trash kept for their sake. What is removed here is only no longer held; its bytes go when objects are collected.

import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import type { Ref } from '../git/ref-reader.ts';
import { forgetSession, tracesOf } from './forget-session.ts';
import { dropEntries, operationLogs } from './operation-entries.ts';
import { type LoggedOperation, readOperation } from './operation-log.ts';
import { expiredEntries, withEarlier } from './rewrite-log.ts';
import { isSessionId, type SessionId } from './session-id.ts';
import type { Store } from './store.ts';

export interface TrashedRef extends Ref {
  readonly operation: string;
  /** The ref it was, without `refs/`. */
  readonly rest: string;
  /** The session whose branch it was. */
  readonly session: SessionId | undefined;
}

export interface Expired {
  readonly operations: number;
  /** Refs of the trash. */
  readonly trash: number;
  readonly skipped: readonly string[];
}

const TRASH_REFS = 'refs/gsess/trash/';
const JOURNAL_REFS = 'refs/gsess/journal/';
const HEADS = 'heads/';

export function trashedRefs(store: Store): TrashedRef[] {
  return store.refs.list(TRASH_REFS).map((ref) => {
    const [operation = '', ...others] = ref.name.slice(TRASH_REFS.length).split('/');
    const rest = others.join('/');
    const branch = rest.startsWith(HEADS) ? rest.slice(HEADS.length) : '';
    return { ...ref, operation, rest, session: isSessionId(branch) ? branch : undefined };
  });
}

/** Lets go what is older than this grace; 0 lets go all that the trash holds, and what can be undone without it stays. */
export async function expireTrash(store: Store, graceMs: number, isDry: boolean): Promise<Expired> {
  const now = store.surroundings.now();
  const since = now - graceMs;
  const trashed = trashedRefs(store);
  const held = new Set(trashed.map(({ operation }) => operation));
  const choose = (entries: readonly LoggedOperation[]): ReadonlySet<ObjectId> =>
    graceMs > 0
      ? expiredEntries(entries, { since, now })
      : withEarlier(entries, ({ operation }) => held.has(operation.id));
  const skipped: string[] = [];
  // Looked at before the logs: an operation that is under way is in one or the other.
  const kept = new Set(store.refs.list(JOURNAL_REFS).map(({ id }) => readOperation(store, id).id));
  let operations = 0;
  for (const entries of operationLogs(store)) {
    const chosen = choose(entries);
    const gone =
      chosen.size === 0 ? chosen : isDry ? chosen : await drop(store, entries, { choose, skipped });
    operations += gone.size;
    for (const { commit, operation } of entries) if (!gone.has(commit)) kept.add(operation.id);
  }
  const old = trashed.filter(
    (ref) => !kept.has(ref.operation) && (graceMs === 0 || wasMadeBefore(store, ref, since)),
  );
  if (!isDry && old.length > 0) {
    // First, for as long as the refs are there an interrupted run is done again.
    skipped.push(...forgetSessions(store, trashed, old));
    const edits = old.map(({ name, id }) => ({ name, value: null, expect: id }));
    await store.refs.update(edits, 'gc');
  }
  return { operations, trash: old.length, skipped };
}

/** Returns what went of the log; nothing while somebody is at work there. */
async function drop(
  store: Store,
  entries: readonly LoggedOperation[],
  how: {
    readonly choose: (entries: readonly LoggedOperation[]) => ReadonlySet<ObjectId>;
    readonly skipped: string[];
  },
): Promise<ReadonlySet<ObjectId>> {
  const root = entries[0]?.operation.root ?? '';
  try {
    const dropped = await dropEntries(store, root, how.choose);
    if (dropped !== undefined) return new Set(dropped.map(({ commit }) => commit));
    how.skipped.push(`the operation log of '${root}' stays: an operation there was interrupted`);
  } catch (error) {
    if (!(error instanceof GsessError) || error.code !== 'locked') throw error;
    how.skipped.push(`the operation log of '${root}' stays: ${error.message}`);
  }
  return new Set();
}

/** Forgets what is noted of the sessions that no ref is left of once these go; returns what could not be forgotten. */
function forgetSessions(
  store: Store,
  trashed: readonly TrashedRef[],
  going: readonly TrashedRef[],
): string[] {
  const staying = new Set(
    trashed.filter((ref) => !going.includes(ref)).map(({ session }) => session),
  );
  return going.flatMap(({ id, session }) => {
    if (session === undefined || staying.has(session) || store.tip(session) !== undefined) {
      return [];
    }
    try {
      forgetSession(store, tracesOf(store, session, id), 'the session');
      return [];
    } catch (error) {
      if (!(error instanceof GsessError)) throw error;
      return [`what was noted of session '${session}' stays: ${error.message}`];
    }
  });
}

/** When a ref was put into the trash stands in the log; where that was never written, its file tells, or the one it is packed in. */
function wasMadeBefore(store: Store, { name }: Ref, since: number): boolean {
  const { directory } = store.repository;
  const stat =
    lstatSync(join(directory, name), { throwIfNoEntry: false }) ??
    lstatSync(join(directory, 'packed-refs'), { throwIfNoEntry: false });
  return stat !== undefined && stat.mtimeMs < since;
}
