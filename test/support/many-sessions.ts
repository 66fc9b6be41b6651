// Many sessions at once, one checkpoint each and without files, for what lists and finds them.

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeCommit } from '../../src/git/commit.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { rawName } from '../../src/git/raw-path.ts';
import { encodeTree, type TreeEntry } from '../../src/git/tree.ts';
import { checkpointCommit } from '../../src/session/checkpoint.ts';
import { putJson } from '../../src/session/put-json.ts';
import { type SessionId, sessionIdOf } from '../../src/session/session-id.ts';
import { newSessionRecord, type SessionRecord } from '../../src/session/session-record.ts';
import { type Store, sessionRef } from '../../src/session/store.ts';

const FIRST_AT = Date.UTC(2026, 0, 1);
const MINUTE_MS = 60_000;

export interface MadeSession {
  readonly id: SessionId;
  readonly tip: ObjectId;
}

/** Puts the sessions into the store, each a minute after the one before it, and returns them in this order. */
export function addSessions(store: Store, count: number): MadeSession[] {
  const batch = store.batch();
  const made = Array.from({ length: count }, (_, index) => {
    const id = sessionIdOf('claude', `session-${index}`);
    const at = FIRST_AT + index * MINUTE_MS;
    return { id, tip: putTip(store, batch, { id, at, title: `fix the thing number ${index}` }) };
  });
  batch.flush();
  batch.settle();
  for (const { id, tip } of made) placeTip(store, id, tip);
  return made;
}

/** Makes a checkpoint at the tip of a session, in which something was last said at this moment. */
export function putTip(
  store: Store,
  batch: ReturnType<Store['batch']>,
  { id, at, title }: { readonly id: SessionId; readonly at: number; readonly title: string },
): ObjectId {
  const { path } = store.project;
  const iso = new Date(at).toISOString();
  const record: SessionRecord = {
    ...newSessionRecord({ id, agent: 'claude', root: path, cwd: path, createdAt: iso }),
    nativeIds: [id],
    activeNativeId: id,
    branch: 'main',
    firstPrompt: title,
    turn: 1,
    checkpoints: 2,
    lastActivityAt: iso,
  };
  const name = rawName('session.json');
  const entry: TreeEntry = { mode: '100644', name, id: putJson(batch, record) };
  const tree = batch.put('tree', encodeTree([entry]));
  const facts = { kind: 'turn', subject: title, turn: 1, files: 'none' } as const;
  return batch.put(
    'commit',
    encodeCommit(checkpointCommit(facts, record, { tree, parents: [], at })),
  );
}

/** Writes the ref as a file, in place; ten thousand durable moves would take minutes. */
export function placeTip(store: Store, id: SessionId, tip: ObjectId): void {
  writeFileSync(join(store.repository.directory, sessionRef(id)), `${tip}\n`, { mode: 0o600 });
}
