// Moves the sessions that are to leave the list into the trash: one operation for each root, as if somebody had deleted them there, so
// that undo brings them back and the trash keeps them for its grace. A session that somebody goes on with meanwhile stays.
//
// In the background a root is left alone for a day after the last operation there: who then says `undo` means what they did themselves.

import { existsSync } from 'node:fs';
import { GsessError } from '../errors.ts';
import { DAY_MS, type ExpiringSession, expiringSessions } from './expiring-sessions.ts';
import { pointHeadElsewhere } from './head.ts';
import { operate } from './operate.ts';
import { newestOperation } from './operation-log.ts';
import { newOperation, recordOperation } from './record-operation.ts';
import { noteRetired, type RetiredNote, retiredNotes } from './retired-note.ts';
import { type SessionSummary, summaryOf } from './session-summary.ts';
import { type Store, sessionRef } from './store.ts';
import { listTags } from './tag.ts';
import { trashedRefs } from './trash.ts';

export interface RetirementOptions {
  readonly isDry: boolean;
  /** Where somebody asks for it: the root in whose log all of it goes. */
  readonly root?: string | undefined;
}

export interface Retirement {
  readonly retired: readonly ExpiringSession[];
  /** What was not done, and why. */
  readonly skipped: readonly string[];
}

export async function retireSessions(
  store: Store,
  { isDry, root }: RetirementOptions,
): Promise<Retirement> {
  const { maxSessions, retentionDays } = store.surroundings.settings;
  if (maxSessions === null && retentionDays === null) return { retired: [], skipped: [] };
  const found = expiringIn(store);
  if (store.damage.size > 0) {
    // A tag that cannot be read may hold any of them.
    return { retired: [], skipped: ['no session was moved to the trash: refs are damaged'] };
  }
  if (isDry) return { retired: found, skipped: [] };
  const byRoot = new Map<string, ExpiringSession[]>();
  for (const one of found) {
    const log = root ?? rootOf(store, one.session.root);
    byRoot.set(log, [...(byRoot.get(log) ?? []), one]);
  }
  const retired: ExpiringSession[] = [];
  const skipped: string[] = [];
  for (const [log, expiring] of byRoot) {
    if (root === undefined && isBusy(store, log)) continue;
    try {
      retired.push(...(await retire(store, log, expiring)));
    } catch (error) {
      if (!(error instanceof GsessError) || !['locked', 'ref-moved'].includes(error.code))
        throw error;
      skipped.push(`sessions of '${log}' were not moved to the trash: ${error.message}`);
    }
  }
  if (retired.length > 0) await pointHeadElsewhere(store);
  return { retired, skipped };
}

export interface RetiredSession extends Pick<RetiredNote, 'at' | 'reason' | 'root'> {
  readonly session: SessionSummary;
}

/** Those that went and can still be had back. */
export function retiredSessions(store: Store): RetiredSession[] {
  const notes = retiredNotes(store).filter(({ id }) => store.tip(id) === undefined);
  if (notes.length === 0) return [];
  const tips = new Map(trashedRefs(store).map(({ session, id }) => [session, id]));
  return notes.flatMap(({ id, ...note }) => {
    const tip = tips.get(id);
    return tip === undefined ? [] : [{ session: summaryOf(store.checkpoint(tip)), ...note }];
  });
}

function expiringIn(store: Store): ExpiringSession[] {
  const tagged = new Set(listTags(store).map(({ session }) => session));
  return expiringSessions(store.sessions(), {
    now: store.surroundings.now(),
    settings: store.surroundings.settings,
    isTagged: ({ id }) => tagged.has(id),
    lastCheckpointAt: ({ tip }) => store.checkpoint(tip).at.getTime(),
  });
}

/** That of the project where its own is gone, since nobody can undo anything there. */
function rootOf(store: Store, root: string): string {
  const present = store.presentRoot(root);
  return existsSync(present) ? present : store.project.path;
}

function isBusy(store: Store, root: string): boolean {
  const newest = newestOperation(store, root)?.operation.at;
  return newest !== undefined && store.surroundings.now() - Date.parse(newest) < DAY_MS;
}

async function retire(
  store: Store,
  root: string,
  expiring: readonly ExpiringSession[],
): Promise<readonly ExpiringSession[]> {
  const done = await operate(store, { root, verb: 'delete' }, async () => {
    // It may have been named, tagged or gone on with since.
    const still = new Map(expiringIn(store).map((one) => [one.session.tip, one]));
    const leaving = expiring.flatMap(({ session }) => still.get(session.tip) ?? []);
    if (leaving.length === 0) return [];
    const refs = leaving.map(({ session: { id, tip } }) => ({
      name: sessionRef(id),
      before: tip,
      after: null,
    }));
    const summary = `delete ${leaving.length === 1 ? 'an old session' : `${leaving.length} old sessions`}`;
    const operation = newOperation(store, { verb: 'delete', root, summary, refs });
    noteRetired(store, root, leaving);
    await recordOperation(store, store.batch(), operation);
    return leaving;
  });
  for (const { session } of done) store.leases.release(session.id);
  return done;
}
