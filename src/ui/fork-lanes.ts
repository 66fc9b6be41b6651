// Draws which session of a list was forked from which: a lane beside the list for every session that has forks in it, from the first to
// the last of that family. The origin is a dot on its lane, its forks hang on it, and others are passed by.

import type { SessionId } from '../session/session-id.ts';

export interface Lineage {
  readonly session: { readonly id: SessionId; readonly forkedFrom: SessionId | null };
}

/** More lanes than this side by side are left out: what a session was forked from is told where it is shown. */
const LANES_MAX = 4;

interface Lane {
  readonly origin: number;
  readonly first: number;
  readonly last: number;
  readonly forks: ReadonlySet<number>;
}

/** What stands before each row of the list, all of one width; none where nothing was forked. */
export function forkLanes(rows: readonly Lineage[]): readonly string[] {
  const columns = placeLanes(lanesOf(rows));
  if (columns.length === 0) return [];
  const drawn = rows.map(() => '');
  for (const lanes of columns) {
    const signs = new Map<number, string>();
    for (const lane of lanes) drawLane(lane, signs);
    for (const index of drawn.keys()) drawn[index] += signs.get(index) ?? ' ';
  }
  return drawn;
}

function lanesOf(rows: readonly Lineage[]): Lane[] {
  const forksOf = new Map<SessionId, number[]>();
  for (const [index, { session }] of rows.entries()) {
    const { forkedFrom } = session;
    if (forkedFrom === null) continue;
    const forks = forksOf.get(forkedFrom);
    if (forks === undefined) forksOf.set(forkedFrom, [index]);
    else forks.push(index);
  }
  if (forksOf.size === 0) return [];
  return rows.flatMap(({ session }, origin) => {
    const forks = forksOf.get(session.id);
    if (forks === undefined) return [];
    const first = Math.min(origin, forks[0] ?? origin);
    const last = Math.max(origin, forks.at(-1) ?? origin);
    return [{ origin, first, last, forks: new Set(forks) }];
  });
}

/** Lanes that do not overlap share a column. */
function placeLanes(lanes: readonly Lane[]): Lane[][] {
  const columns: Lane[][] = [];
  for (const lane of [...lanes].sort((a, b) => a.first - b.first)) {
    const free = columns.find((placed) => (placed.at(-1)?.last ?? -1) < lane.first);
    if (free !== undefined) free.push(lane);
    else if (columns.length < LANES_MAX) columns.push([lane]);
  }
  return columns;
}

function drawLane({ origin, first, last, forks }: Lane, signs: Map<number, string>): void {
  for (let index = first; index <= last; index += 1) {
    if (index === origin) signs.set(index, '●');
    else if (!forks.has(index)) signs.set(index, '│');
    else signs.set(index, index === first ? '╭' : index === last ? '╰' : '├');
  }
}
