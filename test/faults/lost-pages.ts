// What a power cut can leave of a verb. The verb runs once and its calls are recorded; from them the disk is built anew as it may be
// after the power went at any moment: bytes count only if their file was synced since, names only if their directory was, and of the
// rest, which a disk may have written or not, none, all, each alone, and all but each. Permissions count at once.

import { spawnSync } from 'node:child_process';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { LoggedCall } from '../support/fault-calls.ts';
import { FaultControl } from '../support/fault-shim.ts';
import { type SweepReport, spread } from './crash-sweep.ts';
import { DiskImage, type ImageEntry } from './disk-image.ts';
import type { VerbScene } from './verb-scene.ts';

const CHILD = fileURLToPath(new URL('./attempt-child.js', import.meta.url));
const TRUNCATES = 0o1000;

/** A file, directory or link, whatever its names. */
interface Node {
  readonly kind: ImageEntry['kind'];
  readonly content: Buffer;
  readonly mtime: number;
  mode: number;
}

type Names = Map<Node, Map<string, Node>>;

type Change =
  /** A name in a directory comes to mean something, or nothing; a rename takes another name away with it. */
  | {
      readonly kind: 'name';
      readonly synced: Node;
      readonly name: string;
      readonly node: Node | undefined;
      readonly from?: { readonly directory: Node; readonly name: string };
    }
  | { readonly kind: 'data'; readonly synced: Node; readonly at: number; readonly data: Buffer }
  | { readonly kind: 'length'; readonly synced: Node; readonly length: number };

/** Changes and syncs in the order they were made. */
type Event = Change | { readonly kind: 'sync'; readonly synced: Node };

export interface LostPagesOptions {
  /** How many of the states to look at: all unless told. */
  readonly each?: number;
}

/** Judges what a power cut at any moment of the verb leaves. */
export async function sweepLostPages(
  scene: VerbScene,
  { each = Number.POSITIVE_INFINITY }: LostPagesOptions,
): Promise<SweepReport> {
  const recording = record(scene);
  const states = [...statesOf(recording)];
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
  const model = new Model(scene.scene);
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

/** The disk as the running verb sees it, to find out what each call is about. */
class Model {
  readonly root: Node = newNode('directory', 0o755);
  readonly names: Names = new Map([[this.root, new Map()]]);

  constructor(image: DiskImage) {
    const byInode = new Map<number, Node>();
    for (const [path, entry] of image.entries) {
      const { kind, content, mode, mtime, inode } = entry;
      const node = byInode.get(inode) ?? { kind, content, mode, mtime };
      if (entry.names > 1) byInode.set(inode, node);
      this.#place(path).names.set(basename(path), node);
      if (kind === 'directory') this.names.set(node, new Map());
    }
  }

  follow(call: LoggedCall, directory: string): Event[] {
    const path = call.path.slice(directory.length + 1);
    const other = call.other.slice(directory.length + 1);
    switch (call.call) {
      case 'open': {
        const node = this.#find(path);
        if (node === undefined) return [this.#name(path, newNode('file', call.size))];
        return (call.offset & TRUNCATES) === 0 ? [] : [{ kind: 'length', synced: node, length: 0 }];
      }
      case 'write':
        return this.#on(path, (synced) => {
          const at = call.offset < 0 ? Number.POSITIVE_INFINITY : call.offset;
          return { kind: 'data', synced, at, data: call.data };
        });
      case 'truncate':
        return this.#on(path, (synced) => ({ kind: 'length', synced, length: call.size }));
      case 'fsync':
        return this.#on(path, (synced) => ({ kind: 'sync', synced }));
      case 'chmod':
        for (const node of [this.#find(path)]) if (node !== undefined) node.mode = call.size;
        return [];
      case 'mkdir':
        return [this.#name(path, newNode('directory', call.size))];
      case 'symlink':
        return [this.#name(other, newNode('link', 0o777, Buffer.from(call.path, 'latin1')))];
      case 'link':
        return [this.#name(other, this.#find(path))];
      case 'rename':
        return [this.#name(other, this.#find(path), path)];
      case 'unlink':
      case 'rmdir':
        return [this.#name(path, undefined)];
      case 'utimes':
        return [];
      default:
        throw new Error(`the model knows no ${call.call}`);
    }
  }

  #on(path: string, event: (node: Node) => Event): Event[] {
    const node = this.#find(path);
    return node === undefined ? [] : [event(node)];
  }

  #find(path: string): Node | undefined {
    let node: Node | undefined = this.root;
    for (const name of path === '' ? [] : path.split('/')) {
      node = node && this.names.get(node)?.get(name);
    }
    return node;
  }

  #place(path: string) {
    const above = dirname(path);
    const node = this.#find(above === '.' ? '' : above);
    const names = node && this.names.get(node);
    if (node === undefined || names === undefined) throw new Error(`no directory for '${path}'`);
    return { node, names };
  }

  #name(path: string, node: Node | undefined, from?: string): Change {
    const place = this.#place(path);
    const source = from === undefined ? undefined : this.#place(from);
    const change: Change = {
      kind: 'name',
      synced: place.node,
      name: basename(path),
      node,
      ...(source && from ? { from: { directory: source.node, name: basename(from) } } : {}),
    };
    applyName(this.names, change);
    return change;
  }
}

function newNode(kind: Node['kind'], mode: number, content = Buffer.alloc(0)): Node {
  const given = kind === 'link' ? mode : mode & ~process.umask();
  return { kind, content, mode: given, mtime: 1_700_000_000 };
}

function copyOf(names: Names): Names {
  return new Map([...names].map(([node, below]) => [node, new Map(below)]));
}

function applyName(names: Names, { synced, name, node, from }: Change & { kind: 'name' }): void {
  if (from !== undefined) names.get(from.directory)?.delete(from.name);
  const below = names.get(synced) ?? new Map<string, Node>();
  names.set(synced, below);
  if (node === undefined) below.delete(name);
  else below.set(name, node);
  if (node?.kind === 'directory' && !names.has(node)) names.set(node, new Map());
}

interface PowerCut {
  readonly title: string;
  readonly image: DiskImage;
  readonly isEnd: boolean;
}

function* statesOf(recording: Recording): Generator<PowerCut> {
  const { events } = recording;
  for (let count = 1; count <= events.length; count += 1) {
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
