// Where a session goes on: in the directory it was talked in, as far as that is still there.

import { existsSync } from 'node:fs';
import { GsessError } from '../errors.ts';
import type { SessionRecord } from './session-record.ts';
import type { Store } from './store.ts';

/** The session's own directory if it is still there, else its root, else none. */
export function presentDirectory(store: Store, record: SessionRecord): string | undefined {
  const root = store.presentRoot(record.root);
  const cwd = root === record.root ? record.cwd : root;
  return [cwd, root].find((directory) => existsSync(directory));
}

/** The same; throws `not-found` where none is left, with what to do about it. */
export function directoryOf(store: Store, record: SessionRecord): string {
  const directory = presentDirectory(store, record);
  if (directory !== undefined) return directory;
  const root = store.presentRoot(record.root);
  const { id } = record;
  throw new GsessError('not-found', `The directory of the session is gone: '${root}'`, {
    hint: existsSync(store.project.path)
      ? `'gsess fork ${id} --worktree DIR' goes on in another one, with its files.`
      : `Make it again and go there: 'gsess restore ${id}' brings its files back, 'gsess resume ${id}' goes on.`,
    data: { root },
  });
}
