// Derives a tree from another by setting or removing entries at paths. Only the trees on the way to a change are read and
// written; the rest is shared by id. A directory that loses its last entry goes with it, unless the empty tree is set there:
// that asks for a directory and takes nothing out of it.

import type { ObjectBatch } from './object-batch.ts';
import { EMPTY_TREE, type ObjectId } from './object-id.ts';
import type { RawName } from './raw-path.ts';
import { encodeTree, type TreeEntry, type TreeMode } from './tree.ts';

/** A path in a tree, '/'-separated, to what shall stand there; null removes. */
export type TreeEdits = ReadonlyMap<
  string,
  { readonly mode: TreeMode; readonly id: ObjectId } | null
>;

/** Writes the edited tree into the batch and returns its id; undefined if nothing is left in it. */
export function editTree(
  batch: ObjectBatch,
  base: ObjectId | undefined,
  edits: TreeEdits,
): ObjectId | undefined {
  const entries = new Map<string, TreeEntry>();
  if (base !== undefined) for (const entry of batch.readTree(base)) entries.set(entry.name, entry);
  for (const [name, below] of byFirstName(edits)) {
    const present = entries.get(name);
    const entry = editEntry(batch, name, { present, below });
    if (entry === undefined) entries.delete(name);
    else entries.set(name, entry);
  }
  return entries.size === 0 ? undefined : batch.put('tree', encodeTree(entries.values()));
}

function editEntry(
  batch: ObjectBatch,
  name: string,
  { present, below }: { present: TreeEntry | undefined; below: TreeEdits },
): TreeEntry | undefined {
  const whole = below.get('');
  const asGiven = whole ? { name: name as RawName, mode: whole.mode, id: whole.id } : undefined;
  const isPlace = whole?.id === EMPTY_TREE;
  if (asGiven !== undefined && !isPlace) return asGiven;
  const rest = new Map([...below].filter(([path]) => path !== ''));
  // What stood here goes; what is set below it makes a directory of it.
  const isKept = (whole === undefined || isPlace) && present?.mode === '40000';
  const subtree = editTree(batch, isKept ? present.id : undefined, rest);
  if (subtree !== undefined) return { name: name as RawName, mode: '40000', id: subtree };
  // What is removed from below a file is not there; the file is.
  const isFile = present !== undefined && present.mode !== '40000';
  return whole === undefined && isFile ? present : asGiven;
}

function byFirstName(
  edits: TreeEdits,
): Map<string, Map<string, { mode: TreeMode; id: ObjectId } | null>> {
  const groups = new Map<string, Map<string, { mode: TreeMode; id: ObjectId } | null>>();
  for (const [path, edit] of edits) {
    const slash = path.indexOf('/');
    const name = slash < 0 ? path : path.slice(0, slash);
    const group = groups.get(name) ?? new Map();
    group.set(slash < 0 ? '' : path.slice(slash + 1), edit);
    groups.set(name, group);
  }
  return groups;
}
