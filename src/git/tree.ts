// Trees: one directory each, as git writes them. What is written here is canonical; what is read is held to the same rules, for a
// name such as `..` in a tree decides where a restore would write. Modes other than the four below (submodules, the historical
// 100664) are refused as damage: gsess never writes them, and to guess at them would be to restore something else.

import { GsessError } from '../errors.ts';
import { OBJECT_ID_BYTES, type ObjectId, objectIdAt } from './object-id.ts';
import type { RawName } from './raw-path.ts';

export const TREE_MODES = ['100644', '100755', '120000', '40000'] as const;

export type TreeMode = (typeof TREE_MODES)[number];

export interface TreeEntry {
  readonly mode: TreeMode;
  readonly name: RawName;
  readonly id: ObjectId;
}

const SPACE = 0x20;
const SLASH_OR_NUL = /[/\0]/;

/** Writes a tree in git's order; throws `usage` for a name git could not hold or that comes twice. */
export function encodeTree(entries: Iterable<TreeEntry>): Buffer {
  const sorted = [...entries].sort(compareTreeEntries);
  // As text with one character per byte, for to write each name and each id into a buffer takes twice as long.
  const ids = Buffer.from(sorted.map(({ id }) => id).join(''), 'hex').toString('latin1');
  let content = '';
  let index = 0;
  for (const { mode, name } of sorted) {
    const fault = nameFault(name) ?? (isRepeated(sorted, index) ? 'comes twice' : undefined);
    if (fault !== undefined) {
      throw new GsessError('usage', `A tree cannot hold the name '${name}': it ${fault}`);
    }
    const idAt = index * OBJECT_ID_BYTES;
    content += `${mode} ${name}\0${ids.slice(idAt, idAt + OBJECT_ID_BYTES)}`;
    index += 1;
  }
  return Buffer.from(content, 'latin1');
}

/** Reads a tree; throws `object-damaged` for anything `encodeTree` would not have written. */
export function parseTree(content: Buffer): TreeEntry[] {
  const entries: TreeEntry[] = [];
  let offset = 0;
  while (offset < content.length) {
    const space = content.indexOf(SPACE, offset);
    const end = content.indexOf(0, offset);
    if (space < 0 || end < space || end + 1 + OBJECT_ID_BYTES > content.length) {
      throw damaged('it ends within an entry');
    }
    const name = content.toString('latin1', space + 1, end) as RawName;
    const mode = parseMode(content.toString('latin1', offset, space), name);
    entries.push({ mode, name, id: objectIdAt(content, end + 1) });
    checkLastEntry(entries);
    offset = end + 1 + OBJECT_ID_BYTES;
  }
  return entries;
}

/** Orders entries as git does: by bytes, a directory as if its name ended in '/'. */
export function compareTreeEntries(a: TreeEntry, b: TreeEntry): number {
  if (a.mode === '40000' || b.mode === '40000') return compareBytes(sortKey(a), sortKey(b));
  return compareBytes(a.name, b.name);
}

function sortKey({ mode, name }: TreeEntry): string {
  return mode === '40000' ? `${name}/` : name;
}

function compareBytes(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function parseMode(text: string, name: RawName): TreeMode {
  const mode = TREE_MODES.find((known) => known === text);
  if (mode === undefined) throw damaged(`'${name}' has the mode '${text}'`);
  return mode;
}

function checkLastEntry(entries: readonly TreeEntry[]): void {
  const index = entries.length - 1;
  const last = entries[index];
  const previous = entries[index - 1];
  if (last === undefined) return;
  const fault = nameFault(last.name);
  if (fault !== undefined) throw damaged(`the name '${last.name}' ${fault}`);
  if (isRepeated(entries, index)) throw damaged(`the name '${last.name}' comes twice`);
  if (previous !== undefined && compareTreeEntries(previous, last) >= 0) {
    throw damaged(`the name '${last.name}' is out of order`);
  }
}

function nameFault(name: RawName): string | undefined {
  if (name === '') return 'is empty';
  if (name === '.' || name === '..') return 'means a directory, not a name';
  if (SLASH_OR_NUL.test(name)) return 'holds a separator';
  return undefined;
}

/** A file and a directory of one name may stand apart (`a`, `a.b`, `a/`), but only names that begin alike lie between. */
function isRepeated(entries: readonly TreeEntry[], index: number): boolean {
  const name = entries[index]?.name ?? '';
  for (let earlier = index - 1; earlier >= 0; earlier -= 1) {
    const other = entries[earlier]?.name ?? '';
    if (other === name) return true;
    if (!other.startsWith(name)) return false;
  }
  return false;
}

function damaged(reason: string): GsessError {
  return new GsessError('object-damaged', `Cannot read a tree: ${reason}`);
}
