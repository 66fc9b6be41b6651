// Entries whose names git's fsck refuses (see fsck-names.ts) are kept beside the tree of files, in a tree of their own: the entries
// are called 0000, 0001, …, and `odd.json` says which path and mode each has. A directory with such a name is one entry, its tree
// below it. What is read back is checked, for the tree may come from elsewhere.

import { GsessError } from '../errors.ts';
import type { ObjectId, ObjectType } from '../git/object-id.ts';
import {
  joinRaw,
  jsonPath,
  type RawName,
  type RawPath,
  rawFromBytes,
  rawPath,
} from '../git/raw-path.ts';
import { encodeTree, TREE_MODES, type TreeEntry, type TreeMode } from '../git/tree.ts';
import { refuseUnsafePath } from './safe-path.ts';
import type { ReadableObjects } from './tree-diff.ts';

/** An entry of a snapshot with the path it has below the root. */
export interface PlacedEntry {
  readonly path: RawPath;
  readonly mode: TreeMode;
  readonly id: ObjectId;
}

export interface WritableObjects {
  put(type: ObjectType, content: Buffer): ObjectId;
}

const INDEX_NAME = 'odd.json' as RawName;
const INDEX_MODE = '100644';

/** Writes the entries into the batch; undefined if there are none. */
export function writeOddTree(
  objects: WritableObjects,
  entries: readonly PlacedEntry[],
): ObjectId | undefined {
  if (entries.length === 0) return undefined;
  const sorted = [...entries].sort((a, b) => (a.path < b.path ? -1 : 1));
  const named = sorted.map(({ path, mode, id }, index) => ({
    path,
    entry: { mode, name: String(index).padStart(4, '0') as RawName, id },
  }));
  const listed = named.map(({ path, entry }) => ({
    entry: entry.name,
    path: jsonPath(path),
    mode: entry.mode,
  }));
  const text = `${JSON.stringify({ entries: listed }, undefined, 1)}\n`;
  const index = {
    mode: INDEX_MODE,
    name: INDEX_NAME,
    id: objects.put('blob', Buffer.from(text)),
  } as const;
  return objects.put('tree', encodeTree([index, ...named.map(({ entry }) => entry)]));
}

/** Reads such a tree back; throws `object-damaged` unless list and entries agree. */
export function readOddTree(objects: ReadableObjects, tree: ObjectId | undefined): PlacedEntry[] {
  if (tree === undefined) return [];
  const found = new Map<string, TreeEntry>();
  for (const entry of objects.readTree(tree)) found.set(entry.name, entry);
  const index = found.get(INDEX_NAME);
  if (index === undefined) throw damaged(tree, 'odd.json is missing');
  return parseIndex(objects.read(index.id).content, tree).map((listed) => {
    const entry = found.get(listed.entry);
    if (entry === undefined || entry.mode !== listed.mode) {
      throw damaged(tree, `odd.json names '${listed.entry}', which is not there`);
    }
    refuseUnsafePath(listed.path, { lookAlikes: 'allowed' });
    return { path: listed.path, mode: entry.mode, id: entry.id };
  });
}

function parseIndex(
  content: Buffer,
  tree: ObjectId,
): { entry: string; path: RawPath; mode: TreeMode }[] {
  let value: unknown;
  try {
    value = JSON.parse(content.toString());
  } catch (cause) {
    throw damaged(tree, 'odd.json is not JSON', cause);
  }
  const entries = isRecord(value) ? value['entries'] : undefined;
  if (!Array.isArray(entries)) throw damaged(tree, 'odd.json lists no entries');
  return entries.map((listed: unknown) => {
    const { entry, path, mode } = isRecord(listed) ? listed : {};
    const known = TREE_MODES.find((treeMode) => treeMode === mode);
    const raw = fromJson(path);
    if (typeof entry !== 'string' || known === undefined || raw === undefined) {
      throw damaged(tree, 'odd.json has an entry that cannot be read');
    }
    return { entry, path: raw, mode: known };
  });
}

function fromJson(path: unknown): RawPath | undefined {
  if (typeof path === 'string') return rawPath(path);
  if (!isRecord(path) || typeof path['base64'] !== 'string') return undefined;
  return joinRaw('' as RawPath, rawFromBytes(Buffer.from(path['base64'], 'base64')));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

function damaged(tree: ObjectId, reason: string, cause?: unknown): GsessError {
  return new GsessError('object-damaged', `Cannot read the entries with odd names: ${reason}`, {
    data: { id: tree },
    ...(cause === undefined ? {} : { cause }),
  });
}
