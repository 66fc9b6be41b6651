// A disk as names and files apart, to follow recorded calls on it: which directory, which file each was about, however it was called then.

import { basename, dirname } from 'node:path';
import type { LoggedCall } from '../support/fault-calls.ts';
import type { DiskImage, ImageEntry } from './disk-image.ts';

const TRUNCATES = 0o1000;

/** A file, directory or link, whatever its names. */
export interface Node {
  readonly kind: ImageEntry['kind'];
  readonly content: Buffer;
  readonly mtime: number;
  mode: number;
}

export type Names = Map<Node, Map<string, Node>>;

export type Change =
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
export type Event = Change | { readonly kind: 'sync'; readonly synced: Node };

/** The disk as the running verb sees it, to find out what each call is about. */
export class DiskModel {
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

export function copyOf(names: Names): Names {
  return new Map([...names].map(([node, below]) => [node, new Map(below)]));
}

export function applyName(
  names: Names,
  { synced, name, node, from }: Change & { kind: 'name' },
): void {
  if (from !== undefined) names.get(from.directory)?.delete(from.name);
  const below = names.get(synced) ?? new Map<string, Node>();
  names.set(synced, below);
  if (node === undefined) below.delete(name);
  else below.set(name, node);
  if (node?.kind === 'directory' && !names.has(node)) names.set(node, new Map());
}
