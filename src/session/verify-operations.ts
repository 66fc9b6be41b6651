// What verification asks of the operation logs: that each entry can be read, and that what undo and redo go by leads to entries of the
// same log. A pointer that leads nowhere would end in an error at some later undo. Damage is reported, never thrown.

import { GsessError } from '../errors.ts';
import type { ObjectId } from '../git/object-id.ts';
import { entriesFrom, OPERATION_REFS } from './operation-entries.ts';
import type { LoggedOperation } from './operation-log.ts';
import type { Store } from './store.ts';

export interface OperationProblem {
  readonly kind: 'operation-damaged';
  readonly ref: string;
  readonly object: ObjectId;
  readonly message: string;
}

const POINTERS = ['takesBack', 'undoBelow', 'redoBelow', 'undoTop', 'redoTop'] as const;

export function verifyOperations(store: Store): OperationProblem[] {
  return store.refs.scan(OPERATION_REFS).refs.flatMap(({ name: ref, id }) => {
    const entries: LoggedOperation[] = [];
    const problem = (object: ObjectId, message: string): OperationProblem => ({
      kind: 'operation-damaged',
      ref,
      object,
      message,
    });
    const unreadable: OperationProblem[] = [];
    try {
      for (const entry of entriesFrom(store, id)) entries.push(entry);
      if (entries.length === 0) unreadable.push(problem(id, 'it is not an operation'));
    } catch (error) {
      if (!(error instanceof GsessError || error instanceof SyntaxError)) throw error;
      unreadable.push(problem(id, error.message));
    }
    // Behind an entry that cannot be read there may be any.
    if (unreadable.length > 0) return unreadable;
    return strayPointers(entries).map(({ commit, message }) => problem(commit, message));
  });
}

/** Entries only ever name older ones. */
function strayPointers(entries: readonly LoggedOperation[]) {
  const older = new Set<string>();
  return entries.toReversed().flatMap(({ commit, operation }) => {
    const stray = POINTERS.filter((pointer) => {
      const at = operation[pointer] ?? null;
      return at !== null && at !== 'self' && !older.has(at);
    });
    older.add(commit);
    return stray.map((pointer) => ({
      commit,
      message: `its '${pointer}' names '${operation[pointer]}', which is no older entry of the log`,
    }));
  });
}
