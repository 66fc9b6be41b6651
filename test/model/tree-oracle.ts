// A tree of files as plain as can be: one line of text for each file, link and empty directory, by its path. What is on disk and what a
// checkpoint holds are both read into this form, the latter by our own reader or by stock git, so that they can be compared.
// A directory with something in it is not listed: it follows from what it holds. Paths and contents are bytes, as latin1 strings.

import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { type ObjectId, parseObjectId } from '../../src/git/object-id.ts';
import { pathOfJson } from '../../src/git/raw-path.ts';
import { bytesPath } from '../support/disk-manifest.ts';
import { git } from '../support/git-oracle.ts';

/** `file …` or `run …` with the content, `link …` with the target, or `directory` where it is empty. */
export type Tree = ReadonlyMap<string, string>;

export const DIRECTORY = 'directory';
export const fileOf = (content: string): string => `file ${content}`;
export const linkTo = (target: string): string => `link ${target}`;
export const isDirectory = (entry: string | undefined): boolean => entry === DIRECTORY;
export const isFile = (entry: string | undefined): boolean => /^(file|run) /.test(entry ?? '');

export function contentOf(entry: string): string {
  return entry.slice(entry.indexOf(' ') + 1);
}

export function isBelow(path: string, directory: string): boolean {
  return directory === '' || path.startsWith(`${directory}/`);
}

export function isAtOrBelow(path: string, top: string): boolean {
  return path === top || isBelow(path, top);
}

/** The directories above a path, the outermost first, without the root. */
export function above(path: string): string[] {
  const names = path.split('/').slice(0, -1);
  return names.map((_, index) => names.slice(0, index + 1).join('/'));
}

/** The same without empty directories that are not empty, in the order of their paths. */
export function settled(entries: Iterable<readonly [string, string]>): Map<string, string> {
  const tree = new Map([...entries].sort(([a], [b]) => (a < b ? -1 : 1)));
  for (const path of [...tree.keys()]) {
    for (const directory of above(path)) {
      if (isDirectory(tree.get(directory))) tree.delete(directory);
    }
  }
  return tree;
}

/** The tree after a path and all below it are gone; what held it stays. */
export function without(tree: Tree, path: string): Map<string, string> {
  const left = new Map([...tree].filter(([other]) => !isAtOrBelow(other, path)));
  const parent = above(path).at(-1);
  if (parent !== undefined && left.size < tree.size && !hasBelow(left, parent)) {
    left.set(parent, DIRECTORY);
  }
  return settled(left);
}

/** The tree after something was put at a path, and whatever was in the way is gone. */
export function withEntry(tree: Tree, path: string, entry: string): Map<string, string> {
  const inTheWay = new Set([path, ...above(path)]);
  const left = [...tree].filter(([other]) => !inTheWay.has(other) && !isBelow(other, path));
  return settled([...left, [path, entry]]);
}

export function hasBelow(tree: Tree, directory: string): boolean {
  return [...tree.keys()].some((path) => isBelow(path, directory));
}

/** What is at a path: its entry, `directory` also where that is not empty, undefined if nothing is. */
export function kindAt(tree: Tree, path: string): string | undefined {
  return tree.get(path) ?? (hasBelow(tree, path) ? DIRECTORY : undefined);
}

export function readDisk(root: string): Map<string, string> {
  const found: [string, string][] = [];
  const visit = (directory: string): void => {
    for (const name of readdirSync(bytesPath(root, directory), 'latin1')) {
      const path = directory === '' ? name : `${directory}/${name}`;
      const place = bytesPath(root, path);
      const stat = lstatSync(place);
      if (stat.isDirectory()) {
        found.push([path, DIRECTORY]);
        visit(path);
      } else if (stat.isSymbolicLink()) found.push([path, linkTo(readlinkSync(place, 'latin1'))]);
      else {
        const kind = (stat.mode & 0o100) === 0 ? 'file' : 'run';
        found.push([path, `${kind} ${readFileSync(place, 'latin1')}`]);
      }
    }
  };
  visit('');
  return settled(found);
}

/** How a tree of objects is read, whoever reads it. */
export interface TreeReader {
  tree(
    id: string,
  ): readonly { readonly mode: string; readonly name: string; readonly id: string }[];
  content(id: string): Buffer;
}

const KINDS: Readonly<Record<string, string>> = {
  '100644': 'file',
  '100755': 'run',
  '120000': 'link',
};

/** The files of a checkpoint, with those beside whose names git refuses. */
export function readCheckpoint(reader: TreeReader, commitTree: string): Map<string, string> {
  const found: [string, string][] = [];
  const visit = (entry: { mode: string; id: string }, path: string): void => {
    if (entry.mode.replace(/^0/, '') !== '40000') {
      const kind = KINDS[entry.mode];
      if (kind === undefined) throw new Error(`'${path}' has mode ${entry.mode}`);
      found.push([path, `${kind} ${reader.content(entry.id).toString('latin1')}`]);
      return;
    }
    if (path !== '') found.push([path, DIRECTORY]);
    for (const child of reader.tree(entry.id)) {
      visit(child, path === '' ? child.name : `${path}/${child.name}`);
    }
  };
  const top = new Map(reader.tree(commitTree).map((entry) => [entry.name, entry]));
  const files = top.get('files');
  if (files !== undefined) visit(files, '');
  const odd = top.get('odd');
  const placed = odd === undefined ? [] : reader.tree(odd.id);
  const index = placed.find(({ name }) => name === 'odd.json');
  if (index !== undefined) {
    const { entries } = JSON.parse(reader.content(index.id).toString());
    for (const { entry, path } of entries) {
      const held = placed.find(({ name }) => name === entry);
      if (held === undefined) throw new Error(`odd.json names '${entry}', which is not there`);
      visit(held, pathOfJson(path));
    }
  }
  return settled(found);
}

/** Reads with stock git, in a few calls however many objects there are. */
export function readCheckpointWithGit(store: string, commit: ObjectId): Map<string, string> {
  const listed = git(store, ['ls-tree', '-r', '-t', '-z', '--full-tree', commit]).toString(
    'latin1',
  );
  const lines = listed.split('\0').filter((line) => line !== '');
  const children = new Map<string, { mode: string; name: string; id: string }[]>([['', []]]);
  const blobs: string[] = [];
  for (const line of lines) {
    const [facts = '', path = ''] = line.split(/\t(.*)/s);
    const [mode = '', type, id = ''] = facts.split(' ');
    const name = path.slice(path.lastIndexOf('/') + 1);
    // One tree may stand at several paths, so a tree is known by its path.
    const isTree = type === 'tree';
    children.get(above(path).at(-1) ?? '')?.push({ mode, name, id: isTree ? path : id });
    if (isTree) children.set(path, []);
    else blobs.push(parseObjectId(id));
  }
  const contents = readBlobs(store, blobs);
  const reader: TreeReader = {
    tree: (path) => children.get(path) ?? [],
    content: (id) => contents.get(id) ?? Buffer.alloc(0),
  };
  return readCheckpoint(reader, '');
}

function readBlobs(store: string, ids: readonly string[]): Map<string, Buffer> {
  const found = new Map<string, Buffer>();
  if (ids.length === 0) return found;
  const said = git(store, ['cat-file', '--batch'], { input: `${ids.join('\n')}\n` });
  for (let at = 0; at < said.length; ) {
    const end = said.indexOf('\n', at);
    const [id = '', , size] = said.toString('latin1', at, end).split(' ');
    const start = end + 1;
    found.set(id, said.subarray(start, start + Number(size)));
    at = start + Number(size) + 1;
  }
  return found;
}

/** The paths that differ, with what they should be and are; empty for equal trees. */
export function faults(expected: Tree, found: Tree): string[] {
  const paths = [...new Set([...expected.keys(), ...found.keys()])].sort();
  return paths
    .filter((path) => expected.get(path) !== found.get(path))
    .map(
      (path) =>
        `${JSON.stringify(path)}: should be ${shown(expected, path)}, is ${shown(found, path)}`,
    );
}

function shown(tree: Tree, path: string): string {
  const entry = tree.get(path);
  return entry === undefined ? 'absent' : JSON.stringify(entry.slice(0, 60));
}
