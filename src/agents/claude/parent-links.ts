// Makes the parent chain of a transcript whole again after records were cut off or left out: a link to nothing goes to the record
// before of the same chain, and a circle is opened. Claude loads nothing, or hangs, where this does not hold.

import type { NativeRecord } from './native-records.ts';

/** Sets `parent` on the records whose link must change; gives how many. */
export function mendParentLinks(records: readonly NativeRecord[]): number {
  const last = new Map<string, number>();
  for (const [index, { record }] of records.entries()) {
    if (record.uuid !== undefined) last.set(record.uuid, index);
  }
  const previous = new Map<string, string>();
  const before: (string | undefined)[] = [];
  for (const native of records) {
    const { uuid, parentUuid } = native.record;
    if (uuid === undefined) {
      before.push(undefined);
      continue;
    }
    const chain = chainOf(native);
    before.push(previous.get(chain));
    const isBroken =
      typeof parentUuid === 'string' && (parentUuid === uuid || !last.has(parentUuid));
    const earlier = previous.get(chain);
    if (isBroken) native.parent = earlier === undefined || earlier === uuid ? null : earlier;
    previous.set(chain, uuid);
  }
  openCircles(records, { last, before });
  return records.filter((native) => native.parent !== undefined).length;
}

function openCircles(
  records: readonly NativeRecord[],
  places: {
    readonly last: ReadonlyMap<string, number>;
    readonly before: readonly (string | undefined)[];
  },
): void {
  const settled = new Set<number>();
  for (const start of places.last.values()) {
    const path = new Set<number>();
    let at: number | undefined = start;
    while (at !== undefined && !settled.has(at) && !path.has(at)) {
      path.add(at);
      at = parentIndex(records[at], places.last);
    }
    if (at !== undefined && path.has(at)) {
      const walked = [...path];
      const first = Math.min(...walked.slice(walked.indexOf(at)));
      const before = places.before[first] ?? '';
      const safe = settled.has(places.last.get(before) ?? -1);
      const opened = records[first];
      if (opened) opened.parent = safe ? before : null;
    }
    for (const index of path) settled.add(index);
  }
}

function parentIndex(
  native: NativeRecord | undefined,
  last: ReadonlyMap<string, number>,
): number | undefined {
  if (!native) return undefined;
  const parent = native.parent === undefined ? native.record.parentUuid : native.parent;
  return last.get(parent ?? '');
}

function chainOf({ record }: NativeRecord): string {
  return record.isSidechain ? `sidechain ${record.agentId ?? ''}` : '';
}
