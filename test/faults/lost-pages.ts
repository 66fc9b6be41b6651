// What a power cut can leave of a verb. The verb runs once and its calls are recorded; from them the disk is built anew as it may be
// after the power went at any moment: bytes count only if their file was synced since, names only if their directory was, and of the
// rest, which a disk may have written or not, none, all, each alone, and all but each. Permissions count at once.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoggedCall } from '../support/fault-calls.ts';
import { FaultControl } from '../support/fault-shim.ts';
import { type SweepReport, spread } from './crash-sweep.ts';
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
import type { VerbScene } from './verb-scene.ts';

const CHILD = fileURLToPath(new URL('./attempt-child.js', import.meta.url));

export interface LostPagesOptions {
  /** How many of the states to look at: all unless told. */
  readonly each?: number;
  /** At how many moments the power is cut, the end being one of them: all unless told. */
  readonly moments?: number;
}

/** Judges what a power cut at any moment of the verb leaves. */
export async function sweepLostPages(
  scene: VerbScene,
  { each = Number.POSITIVE_INFINITY, moments = Number.POSITIVE_INFINITY }: LostPagesOptions,
): Promise<SweepReport> {
  const recording = record(scene);
  const states = [...statesOf(recording, moments)];
  const distinct = new Map(
    states.map((state) => [`${state.image.digest()} ${state.isEnd}`, state]),
  );
  const report: SweepReport = { faults: states.length, states: 0, violations: [] };
  for (const { title, image, isEnd } of spread([...distinct.values()], each)) {
    image.putBack(scene.directory);
    report.states += 1;
    const found = await scene.judge(3, { mustBeDone: isEnd });
    report.violations.push(...found.map((text) => `${scene.name}, ${title}: ${text}`));
  }
  return report;
}

interface Recording {
  readonly root: Node;
  readonly names: Names;
  readonly events: readonly Event[];
}

function record(scene: VerbScene): Recording {
  const calls = recordCalls(scene);
  const model = new DiskModel(scene.scene);
  const names = copyOf(model.names);
  const events = calls.flatMap((call) => model.follow(call, scene.directory));
  return { root: model.root, names, events };
}

/** Runs the verb, and returns the calls that succeeded. */
export function recordCalls({ scene, directory, name }: VerbScene): LoggedCall[] {
  scene.putBack(directory);
  const log = 'calls and data';
  const control = FaultControl.create(join(directory, '..'), { roots: [directory], log });
  if (control === undefined) throw new Error('faults cannot be made here');
  const { status, stderr } = spawnSync(process.execPath, [CHILD, directory, name, '1'], {
    env: { PATH: process.env['PATH'] ?? '', ...control.environment },
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  const calls = control.log().filter(({ result }) => result >= 0);
  control.close();
  return calls;
}

interface PowerCut {
  readonly title: string;
  readonly image: DiskImage;
  readonly isEnd: boolean;
}

function* statesOf(recording: Recording, moments: number): Generator<PowerCut> {
  const { events } = recording;
  const counts = events.map((_, index) => events.length - index);
  for (const count of spread(counts, moments)) {
    const past = events.slice(0, count);
    const isEnd = count === events.length;
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
      yield { title, image: imageOf(recording, made), isEnd };
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
