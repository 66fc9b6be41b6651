// What each object of a store takes on disk. In a pack that is its entry, so an object that is kept as a delta seems small, and the
// one it was made from pays for both.

import { IdTable } from './id-table.ts';
import type { ObjectId } from './object-id.ts';
import { looseOnDisk, packsOnDisk } from './stored-files.ts';

const PACK_CHECKSUM_BYTES = 20;

export interface ObjectSizes {
  /** All objects; the other columns go by their positions. */
  readonly ids: IdTable;
  readonly bytes: Float64Array;
  readonly packs: { readonly count: number; readonly bytes: number };
  readonly loose: { readonly count: number; readonly bytes: number };
}

export function objectSizes(objectsDirectory: string): ObjectSizes {
  const packs = packsOnDisk(objectsDirectory);
  const loose = looseOnDisk(objectsDirectory);
  const ids = new IdTable();
  const bytes = new Float64Array(packs.reduce((sum, { index }) => sum + index.count, loose.length));
  const note = (id: ObjectId, size: number) => {
    if (ids.add(id)) bytes[ids.size - 1] = size;
  };
  for (const { index, packBytes } of packs) {
    const entries = index.entries();
    for (const [position, { id, offset }] of entries.entries()) {
      const end = entries[position + 1]?.offset ?? packBytes - PACK_CHECKSUM_BYTES;
      note(id, end - offset);
    }
  }
  for (const object of loose) note(object.id, object.bytes);
  const total = (files: readonly { readonly bytes: number }[]) => ({
    count: files.length,
    bytes: files.reduce((sum, file) => sum + file.bytes, 0),
  });
  return { ids, bytes, packs: total(packs), loose: total(loose) };
}
