// A state of the files made of two: one as it is, with some changes taken from another. Undo and `--path` aim at such a state. Trees are
// put into the batch; nothing on disk is read or written.

import { editTree } from '../git/edit-tree.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { EMPTY_TREE, type ObjectId } from '../git/object-id.ts';
import type { RawPath } from '../git/raw-path.ts';
import { readOddTree, writeOddTree } from '../worktree/odd-tree.ts';
import type { EntryState, TreeChange } from '../worktree/tree-diff.ts';
import type { FilesState } from './operation-log.ts';

type EntryEdits = Map<string, EntryState | null>;

/** The state `base` with only these changes made to it; they come from a comparison with `target`. */
export function composeState(
  batch: ObjectBatch,
  base: FilesState,
  { changes, target }: { readonly changes: readonly TreeChange[]; readonly target: FilesState },
): FilesState {
  const byPath = (odd: ObjectId | undefined) =>
    new Map<string, EntryState>(readOddTree(batch, odd).map((entry) => [entry.path, entry]));
  const kept = byPath(base.odd);
  const gained = byPath(target.odd);
  const plainEdits: EntryEdits = new Map();
  const oddEdits = new Map<string, EntryEdits>();
  for (const { path, after = null } of changes) {
    const place = selfAndAbove(path).find((above) => kept.has(above) || gained.has(above));
    if (place !== undefined) {
      const edits = oddEdits.get(place) ?? new Map();
      const isOddNow = place !== path || gained.has(path);
      oddEdits.set(place, edits.set(path.slice(place.length + 1), isOddNow ? after : null));
    }
    // The same path may be odd on one side only: it is so by its content, as `.gitmodules`.
    if (place === undefined) plainEdits.set(path, after);
    else if (place === path) plainEdits.set(path, gained.has(path) ? null : after);
  }
  for (const [place, edits] of oddEdits) {
    const entry = editOddEntry(batch, kept.get(place), edits);
    if (entry === undefined) kept.delete(place);
    else kept.set(place, entry);
  }
  const files = editTree(batch, base.files, plainEdits) ?? batch.put('tree', Buffer.alloc(0));
  const entries = [...kept].map(([path, { mode, id }]) => ({ path: path as RawPath, mode, id }));
  const odd = writeOddTree(batch, entries);
  return odd === undefined ? { files } : { files, odd };
}

/** An entry with an odd name after edits to it (the path '') and, where it is a directory, below it. */
function editOddEntry(
  batch: ObjectBatch,
  present: EntryState | undefined,
  edits: EntryEdits,
): EntryState | undefined {
  const whole = edits.get('');
  const below = new Map([...edits].filter(([path]) => path !== ''));
  if (below.size === 0) return whole ?? undefined;
  const isTree = whole === undefined && present?.mode === '40000' && present.id !== EMPTY_TREE;
  const tree = editTree(batch, isTree ? present.id : undefined, below);
  return tree === undefined ? (whole ?? undefined) : { mode: '40000', id: tree };
}

/** The path and the directories above it, the innermost first, without the root. */
export function selfAndAbove(path: string): string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, names.length - index).join('/'));
}
