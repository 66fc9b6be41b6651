// A pi session is a tree by `parentId`: after a step back, what follows goes on from an earlier record of the same file. pi goes on with
// the chain from the last record to the root. A link that leads nowhere (a torn line, a cut head, a circle) leads to the record before.

import { isEntry, type PiRecord } from './record.ts';

/** Gives the records on the chain; records in file order. */
export function liveChain(records: readonly PiRecord[]): ReadonlySet<PiRecord> {
  const entries = records.filter(isEntry);
  const places = new Map<string, number>();
  const parents = entries.map(({ id, parentId }, index) => {
    const parent = typeof parentId === 'string' ? places.get(parentId) : undefined;
    if (id !== undefined) places.set(id, index);
    return parentId === null ? -1 : (parent ?? index - 1);
  });
  const live = new Set<PiRecord>();
  for (let at = entries.length - 1; at >= 0; at = parents[at] ?? -1) {
    const record = entries[at];
    if (record !== undefined) live.add(record);
  }
  return live;
}
