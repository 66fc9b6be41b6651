// Which sessions are captured by watching, each with the checkpoint that the watcher left: so that a watcher that is started anew goes
// on with what is its own, and leaves alone what an agent's hooks have told meanwhile. Losing these files costs nothing but the
// knowledge. They are never needed by git.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { isSystemError } from '../errors.ts';
import { makeStoreDirectory, writeDurably } from '../git/durable-file.ts';
import type { SessionId } from './session-id.ts';
import type { Store } from './store.ts';

export function noteWatched(store: Store, session: SessionId, tip: string): void {
  makeStoreDirectory(directoryOf(store));
  writeDurably(join(directoryOf(store), session), `${tip}\n`);
}

export function forgetWatched(store: Store, session: SessionId): void {
  rmSync(join(directoryOf(store), session), { force: true });
}

/** Whether all that an agent told since the last watcher's checkpoint, or ever, was told by watching. */
export function isWatched(store: Store, session: SessionId): boolean {
  const left = readNote(store, session);
  const tip = store.tip(session);
  if (left === undefined || tip === undefined) return false;
  for (const { id, kind } of store.history(tip)) {
    if (id === left) return true;
    if (kind === 'prompt' || kind === 'tool' || kind === 'turn') return false;
  }
  return false;
}

function directoryOf(store: Store): string {
  return join(store.repository.directory, 'gsess', 'watched');
}

function readNote(store: Store, session: SessionId): string | undefined {
  try {
    return readFileSync(join(directoryOf(store), session), 'utf8').trim();
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return undefined;
    throw error;
  }
}
