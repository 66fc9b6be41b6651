// Which sessions went into the trash because the settings say so: noted before they go, so that nobody ever misses one without being told.
// A note of one that did not go, or came back, counts for nothing. Losing the file costs nothing but the knowledge.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { writeDurably } from '../git/durable-file.ts';
import type { ExpiringSession } from './expiring-sessions.ts';
import { isSessionId, type SessionId } from './session-id.ts';
import type { Store } from './store.ts';

export interface RetiredNote extends Pick<ExpiringSession, 'reason'> {
  readonly id: SessionId;
  /** ISO 8601, UTC. */
  readonly at: string;
  /** Where undo brings it back. */
  readonly root: string;
}

export function noteRetired(
  store: Store,
  root: string,
  sessions: readonly ExpiringSession[],
): void {
  const at = new Date(store.surroundings.now()).toISOString();
  const fresh = sessions.map(({ session: { id }, reason }) => ({ id, reason, at, root }));
  const ids = new Set(fresh.map(({ id }) => id));
  write(store, [...retiredNotes(store).filter(({ id }) => !ids.has(id)), ...fresh]);
}

export function forgetRetired(store: Store, session: SessionId): void {
  const notes = retiredNotes(store);
  const kept = notes.filter(({ id }) => id !== session);
  if (kept.length < notes.length) write(store, kept);
}

export function retiredNotes(store: Store): readonly RetiredNote[] {
  try {
    const notes: unknown = JSON.parse(readFileSync(pathIn(store), 'utf8'));
    return Array.isArray(notes) ? notes.filter(isNote) : [];
  } catch (error) {
    if (isSystemError(error, 'ENOENT') || error instanceof SyntaxError) return [];
    throw error;
  }
}

function isNote(value: unknown): value is RetiredNote {
  if (typeof value !== 'object' || value === null) return false;
  const { id, at, root, reason } = value as Readonly<Record<string, unknown>>;
  return (
    [id, at, root, reason].every((text) => typeof text === 'string') && isSessionId(String(id))
  );
}

function write(store: Store, notes: readonly RetiredNote[]): void {
  writeDurably(pathIn(store), `${JSON.stringify(notes)}\n`);
}

function pathIn({ repository }: Store): string {
  return join(repository.directory, 'gsess', 'retired.json');
}
