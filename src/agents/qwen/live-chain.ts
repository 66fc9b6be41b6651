// A Qwen session is a tree by `parentUuid`: a step back goes on from an earlier record in the same file. What Qwen goes on with is the
// chain from the last record to the root. A link that leads nowhere (a torn line, a cut head, a circle) leads to the record before.

import { isLink, type QwenRecord } from './record.ts';

/** Gives the ids of the records on the chain; records in file order. */
export function liveChain(records: readonly QwenRecord[]): Set<string> {
  const links = records.filter(isLink);
  const places = new Map<string, number>();
  for (const [index, { uuid = '' }] of links.entries()) {
    if (!places.has(uuid)) places.set(uuid, index);
  }
  const live = new Set<string>();
  let at = links.length - 1;
  while (at >= 0) {
    const { uuid = '', parentUuid } = links[at] ?? {};
    live.add(uuid);
    const first = places.get(uuid) ?? at;
    if (typeof parentUuid !== 'string') break;
    const parent = places.get(parentUuid);
    at = parent !== undefined && parent < first ? parent : first - 1;
  }
  return live;
}
