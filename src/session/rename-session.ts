// Gives a session a name that stays: a checkpoint with the same files and transcript and another record. It wins over every title
// that an agent makes up, and undo gives the old one back.

import { GsessError } from '../errors.ts';
import { parseName } from './name.ts';
import { operate } from './operate.ts';
import { newOperation, recordOperation } from './record-operation.ts';
import type { SessionSummary } from './session-summary.ts';
import type { Store } from './store.ts';

export interface RenameRequest {
  readonly session: SessionSummary;
  readonly name: string;
  /** The root whose log it goes into. */
  readonly root: string;
}

/** Returns the name as it was taken; throws `name-invalid`, or `guard` if another session has it. */
export function renameSession(store: Store, request: RenameRequest): Promise<string> {
  return operate(store, { root: request.root, verb: 'rename' }, () => rename(store, request));
}

async function rename(store: Store, request: RenameRequest): Promise<string> {
  const { session, root } = request;
  const name = parseName(request.name, 'session');
  checkNameIsFree(store, name, session);
  const operation = newOperation(store, {
    verb: 'rename',
    root,
    summary: `rename ${name}`,
    refs: [],
    change: { session: session.id, subject: `rename to ${name}`, goesBackTo: null, name },
  });
  await recordOperation(store, store.batch(), operation);
  return name;
}

/** Names are unique among a project's sessions when given. */
export function checkNameIsFree(store: Store, name: string, except?: SessionSummary): void {
  const holder = store.sessions().find((other) => other.name === name && other.id !== except?.id);
  if (holder === undefined) return;
  throw new GsessError('guard', `Session '${holder.id}' is called '${name}' already`, {
    hint: 'Take another name, or rename that one first.',
    data: { name, session: holder.id },
  });
}
