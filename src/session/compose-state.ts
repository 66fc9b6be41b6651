// A state of files made of two: a base with some changes made to it, as undo and a restore of single paths need it. Works on trees
// alone and touches no file. Of what the changes do not name, nothing is lost: a directory that they want empty keeps what
// came into it since.

import { editTree } from '../git/edit-tree.ts';
import type { ObjectBatch } from '../git/object-batch.ts';
import { EMPTY_TREE } from '../git/object-id.ts';
import { directoriesAbove, type RawPath } from '../git/raw-path.ts';
import { readOddTree, writeOddTree } from '../worktree/odd-tree.ts';
import type { EntryState, TreeChange } from '../worktree/tree-diff.ts';
import { TreeLookup } from '../worktree/tree-lookup.ts';
import { type FilesState, treesOf } from './operation-log.ts';

type EntryEdits = Map<string, EntryState | null>;

/** The state `base` with only these changes made to it; they come from a comparison with `target`. */
export function composeState(
  batch: ObjectBatch,
  base: FilesState,
  { changes, target }: { readonly changes: readonly TreeChange[]; readonly target: FilesState },
): FilesState {
  const present = readOddTree(batch, base.odd);
  const kept = new Map<string, EntryState>(present.map((entry) => [entry.path, entry]));
  const gained = new Set<string>(readOddTree(batch, target.odd).map(({ path }) => path));
  const plainEdits: EntryEdits = new Map();
  const oddEdits = new Map<string, EntryEdits>();
  const lookup = new TreeLookup(batch, treesOf(base));
  const editOdd = (place: string, path: string, state: EntryState | null) => {
    const edits = oddEdits.get(place) ?? new Map();
    oddEdits.set(place, edits.set(path.slice(place.length + 1), state));
  };
  const takeOut = (path: RawPath) => {
    const place = selfAndAbove(path).find((above) => kept.has(above));
    if (place === undefined) plainEdits.set(path, null);
    else if (place === path) kept.delete(path);
    else editOdd(place, path, null);
  };
  // A directory with nothing but odd names in it is there because of them, and goes with them.
  for (const directory of present.flatMap(({ path }) => directoriesAbove(path))) {
    if (lookup.find(directory)?.id === EMPTY_TREE) takeOut(directory);
  }
  for (const { path, after = null } of changes) {
    // What is to go, an empty directory or a file, has become a directory since; what is in it is no business of this change.
    if (after === null && isFilled(lookup.find(path))) continue;
    // Nothing can be below a file; what is kept apart for its name goes with the rest.
    if (after !== null && !isDirectory(after)) {
      for (const below of kept.keys()) if (below.startsWith(`${path}/`)) kept.delete(below);
    }
    const place = selfAndAbove(path).find((above) => kept.has(above) || gained.has(above));
    if (place !== undefined) {
      const isOddNow = place !== path || gained.has(path);
      // A file where a directory is needed again goes, as it does for a plain name.
      if (after !== null) {
        for (const above of directoriesAbove(path)) {
          if (isFile(lookup.find(above))) takeOut(above);
        }
      }
      editOdd(place, path, isOddNow ? after : null);
    }
    // What is gone already is not taken out, or the directory that somebody left empty there would go with it.
    if (place === undefined && after === null && lookup.find(path) === undefined) continue;
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
  const isKept = (whole === undefined || isDirectory(whole)) && isFilled(present);
  if (below.size === 0) return isKept ? present : (whole ?? undefined);
  const tree = editTree(batch, isKept ? present.id : undefined, below);
  if (tree !== undefined) return { mode: '40000', id: tree };
  return whole === undefined && isFile(present) ? present : (whole ?? undefined);
}

/** A change names a directory only where it is empty. */
function isDirectory(state: EntryState | null | undefined): boolean {
  return state?.mode === '40000';
}

function isFile(state: EntryState | undefined): boolean {
  return state !== undefined && state.mode !== '40000';
}

function isFilled(state: EntryState | undefined): state is EntryState {
  return state !== undefined && state.mode === '40000' && state.id !== EMPTY_TREE;
}

/** The path and the directories above it, the innermost first, without the root. */
export function selfAndAbove(path: string): string[] {
  const names = path.split('/');
  return names.map((_, index) => names.slice(0, names.length - index).join('/'));
}
