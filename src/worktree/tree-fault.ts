// What makes a tree of a store one that gsess would not have written, beyond what cannot be read at all: names that some file system
// takes for `.git`, or that git would read something dangerous from. `verify` asks, so that a store is told to be bad before
// somebody wants its files back.

import type { ObjectId } from '../git/object-id.ts';
import { displayPath } from '../git/raw-path.ts';
import type { TreeEntry, TreeMode } from '../git/tree.ts';
import { type EntryKind, isContentPlain, judgeName } from './fsck-names.ts';

/** Says what is wrong with the names in a tree; undefined if nothing is. */
export function treeFault(
  entries: readonly TreeEntry[],
  readBlob: (id: ObjectId) => Buffer,
): string | undefined {
  const found = entries.find(({ name, mode, id }) => {
    const verdict = judgeName(name, kindOf(mode));
    return verdict === 'odd' || (verdict === 'ask-content' && !isContentPlain(name, readBlob(id)));
  });
  return found && `it has an entry '${displayPath(found.name)}', which a snapshot keeps apart`;
}

function kindOf(mode: TreeMode): EntryKind {
  if (mode === '40000') return 'directory';
  return mode === '120000' ? 'link' : 'file';
}
