// What an object names directly: the one place that knows how commits, tags and trees lead on. Whoever walks a store begins here.

import type { ObjectId, ObjectType } from './object-id.ts';
import type { ObjectStore } from './object-store.ts';

export interface ObjectLink {
  readonly id: ObjectId;
  readonly type: ObjectType;
  /** What a directory calls it; '' where nothing does. */
  readonly name: string;
}

/** Throws `object-missing` or `object-damaged` if the object cannot be read. A blob is not read: it names nothing. */
export function linksOf(objects: ObjectStore, id: ObjectId, type: ObjectType): ObjectLink[] {
  if (type === 'commit') {
    const { tree, parents } = objects.readCommit(id);
    const before = parents.map((parent): ObjectLink => ({ id: parent, type: 'commit', name: '' }));
    return [{ id: tree, type: 'tree', name: '' }, ...before];
  }
  if (type === 'tag') {
    const { object, type: tagged } = objects.readTag(id);
    return [{ id: object, type: tagged, name: '' }];
  }
  if (type === 'blob') return [];
  return objects.readTree(id).map(({ mode, id: entry, name }) => ({
    id: entry,
    type: mode === '40000' ? 'tree' : 'blob',
    name,
  }));
}
