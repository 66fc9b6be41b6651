// What a power cut can leave of a verb. The verb runs once and its calls are recorded; from them the disk is built anew as it may be
// after the power went at any moment: bytes count only if their file was synced since, names only if their directory was, and of the
// rest, which a disk may have written or not, none, all, each alone, and all but each. Permissions count at once.

import { DiskImage, type ImageEntry } from './disk-image.ts';
import {
  applyName,
  type Change,
  copyOf,
  DiskModel,
  type Event,
  type Names,
  type Node,
} from './disk-model.ts';
import type { Rehearsal } from './rehearse.ts';
import { newReport, type SweepReport, type SweepSize, spread } from './sweep-report.ts';
import type { VerbScene } from './verb-scene.ts';

/** Judges what a power cut at any moment of the verb leaves. */
export async function sweepLostPages(
  scene: VerbScene,
  { calls }: Rehearsal,
  { powerCuts, moments }: SweepSize,
): Promise<SweepReport> {
  const report = newReport();
  const distinct = new Map<string, PowerCut>();
  for (const cut of statesOf(follow(scene, calls), moments)) {
    distinct.set(`${cut.image.digest()} ${cut.mustBeDone}`, cut);
  }
  for (const cut of spread([...distinct.values()], powerCuts)) await scene.judge(cut, report);
  return report;
}

interface Recording {
  readonly root: Node;
  readonly names: Names;
  readonly events: readonly Event[];
}

function follow({ scene, disk }: VerbScene, calls: Rehearsal['calls']): Recording {
  const model = new DiskModel(scene);
  const names = copyOf(model.names);
  const events = calls.flatMap((call) => model.follow(call, disk.directory));
  return { root: model.root, names, events };
}

interface PowerCut {
  readonly title: string;
  readonly image: DiskImage;
  /** Whether the verb had been acknowledged. */
  readonly mustBeDone: boolean;
}

function* statesOf(recording: Recording, moments: number | undefined): Generator<PowerCut> {
  const { events } = recording;
  const counts = events.map((_, index) => events.length - index);
  for (const count of spread(counts, moments)) {
    const past = events.slice(0, count);
    const mustBeDone = count === events.length;
    const isSure = (event: Event, index: number) =>
      past.slice(index + 1).some(({ kind, synced }) => kind === 'sync' && synced === event.synced);
    const changes = past.flatMap((event, index) =>
      event.kind === 'sync' ? [] : [{ event, sure: isSure(event, index) }],
    );
    const open = changes.filter(({ sure }) => !sure).map(({ event }) => event);
    const kept: [string, readonly Change[]][] = [
      ['nothing unsynced', []],
      ['everything', open],
      ...open.map((one): [string, Change[]] => [`only ${tell(one)}`, [one]]),
      ...open.map((one): [string, Change[]] => [`all but ${tell(one)}`, without(open, one)]),
    ];
    for (const [what, chosen] of kept) {
      const made = changes
        .filter(({ event, sure }) => sure || chosen.includes(event))
        .map(({ event }) => event);
      const title = `power cut after ${count} of ${events.length}, ${what} kept`;
      yield { title, image: imageOf(recording, made), mustBeDone };
    }
  }
}

function without(all: readonly Change[], one: Change): Change[] {
  return all.filter((other) => other !== one);
}

function tell(change: Change): string {
  if (change.kind === 'name') return `the name ${change.name}${change.node ? '' : ' gone'}`;
  return change.kind === 'data' ? `${change.data.length} bytes` : 'a length';
}

function imageOf({ root, names: initial }: Recording, made: readonly Change[]): DiskImage {
  const names = copyOf(initial);
  const contents = new Map<Node, Buffer>();
  for (const change of made) {
    if (change.kind === 'name') applyName(names, change);
    else
      contents.set(
        change.synced,
        changed(contents.get(change.synced) ?? change.synced.content, change),
      );
  }
  const entries = new Map<string, ImageEntry>();
  const numbers = new Map<Node, number>();
  const visit = (directory: Node, above: string): void => {
    for (const [name, node] of [...(names.get(directory) ?? [])].sort(([a], [b]) =>
      a < b ? -1 : 1,
    )) {
      const path = above === '' ? name : `${above}/${name}`;
      const inode = numbers.get(node) ?? numbers.size + 1;
      const { kind, mode, mtime } = node;
      const content = contents.get(node) ?? node.content;
      entries.set(path, { kind, mode, mtime, content, inode, names: numbers.has(node) ? 2 : 1 });
      numbers.set(node, inode);
      if (kind === 'directory') visit(node, path);
    }
  };
  visit(root, '');
  return new DiskImage(withCounts(entries));
}

/** Each name of a file says that it has others. */
function withCounts(entries: Map<string, ImageEntry>): Map<string, ImageEntry> {
  const several = new Set(
    [...entries.values()].filter(({ names }) => names > 1).map(({ inode }) => inode),
  );
  return new Map(
    [...entries].map(([path, entry]) => [
      path,
      { ...entry, names: several.has(entry.inode) ? 2 : 1 },
    ]),
  );
}

function changed(content: Buffer, change: Change & { kind: 'data' | 'length' }): Buffer {
  if (change.kind === 'length') {
    return Buffer.concat([content, Buffer.alloc(change.length)]).subarray(0, change.length);
  }
  const at = Math.min(change.at, Number.isFinite(change.at) ? change.at : content.length);
  const result = Buffer.alloc(Math.max(content.length, at + change.data.length));
  content.copy(result);
  change.data.copy(result, at);
  return result;
}
