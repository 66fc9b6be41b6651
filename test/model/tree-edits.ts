// What people and agents do to files, each done twice: to the disk by the calls that a program would make, and to the oracle. Which
// names there are is written down here; they are few, so that they meet.

import {
  appendFileSync,
  chmodSync,
  lstatSync,
  mkdirSync,
  renameSync,
  rmSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { bytesPath } from '../support/disk-manifest.ts';
import {
  above,
  contentOf,
  DIRECTORY,
  fileOf,
  isAtOrBelow,
  isDirectory,
  isFile,
  kindAt,
  linkTo,
  type Tree,
  withEntry,
  without,
} from './tree-oracle.ts';

export type Edit =
  | {
      readonly do: 'write' | 'append' | 'overwrite in place';
      readonly path: string;
      readonly text: string;
    }
  | { readonly do: 'link'; readonly path: string; readonly to: string }
  | { readonly do: 'rename'; readonly path: string; readonly to: string }
  | { readonly do: 'make directory' | 'remove' | 'turn executable'; readonly path: string };

/** As few as will do: plain, twins by case, bytes that are not text, what git refuses in a tree, a secret, what may be ignored. */
export const NAMES = [
  'a',
  'A',
  'd',
  'e',
  'x\\y',
  'caf\xe9',
  'two\nlines',
  'git~1',
  '.env',
  'build',
] as const;
export const RARE_NAMES = ['.gitmodules', '.GIT', 'id_rsa', '-', ' ', '\xc3\xbc'] as const;
export const IGNORE_LINES = ['build', 'build/', 'a', 'e/', '!build', '!.env', '.env', 'd'] as const;

export function isPossible(tree: Tree, edit: Edit): boolean {
  const found = kindAt(tree, edit.path);
  switch (edit.do) {
    case 'append':
    case 'overwrite in place':
    case 'turn executable':
      return isFile(found);
    case 'remove':
      return found !== undefined;
    case 'rename':
      return (
        found !== undefined && !isAtOrBelow(edit.to, edit.path) && !isAtOrBelow(edit.path, edit.to)
      );
    default:
      return true;
  }
}

/** The tree after the edit. */
export function edited(tree: Tree, edit: Edit): Tree {
  const { path } = edit;
  const found = tree.get(path) ?? '';
  switch (edit.do) {
    case 'write':
      return withEntry(tree, path, isFile(found) ? replaced(found, edit.text) : fileOf(edit.text));
    case 'append':
      return withEntry(tree, path, found + edit.text);
    case 'overwrite in place':
      return withEntry(tree, path, replaced(found, sameLength(contentOf(found), edit.text)));
    case 'link':
      return withEntry(tree, path, linkTo(edit.to));
    case 'make directory':
      return isDirectory(kindAt(tree, path)) ? tree : withEntry(tree, path, DIRECTORY);
    case 'remove':
      return without(tree, path);
    case 'turn executable':
      return withEntry(
        tree,
        path,
        found.replace(/^(file|run)/, (is) => (is === 'run' ? 'file' : 'run')),
      );
    case 'rename': {
      const moved = [...tree].filter(([other]) => isAtOrBelow(other, path));
      const rest = without(without(tree, path), edit.to);
      return moved.reduce<Tree>(
        (result, [other, entry]) => withEntry(result, edit.to + other.slice(path.length), entry),
        rest,
      );
    }
  }
}

function replaced(entry: string, text: string): string {
  return `${entry.slice(0, entry.indexOf(' '))} ${text}`;
}

/** Something else of the same length. */
function sameLength(content: string, text: string): string {
  return [...content].map((_, index) => text[index % text.length] ?? 'x').join('');
}

/** Does the edit to the disk; `tree` is what is there. */
export function carryOut(root: string, tree: Tree, edit: Edit): void {
  const place = bytesPath(root, edit.path);
  switch (edit.do) {
    case 'write':
      makeWay(root, edit.path, { keeps: 'file' });
      writeFileSync(place, edit.text, 'latin1');
      return;
    case 'append':
      appendFileSync(place, edit.text, 'latin1');
      return;
    case 'overwrite in place': {
      const { atime, mtime } = lstatSync(place);
      const content = sameLength(contentOf(tree.get(edit.path) ?? ''), edit.text);
      writeFileSync(place, content, { encoding: 'latin1', flag: 'r+' });
      // Whoever goes by size and time of modification sees nothing.
      utimesSync(place, atime, mtime);
      return;
    }
    case 'link':
      makeWay(root, edit.path, {});
      symlinkSync(Buffer.from(edit.to, 'latin1'), place);
      return;
    case 'make directory':
      makeWay(root, edit.path, { keeps: 'directory' });
      mkdirSync(place, { recursive: true });
      return;
    case 'remove':
      rmSync(place, { recursive: true });
      return;
    case 'turn executable':
      chmodSync(place, lstatSync(place).mode ^ 0o111);
      return;
    case 'rename':
      makeWay(root, edit.to, {});
      renameSync(place, bytesPath(root, edit.to));
  }
}

/** Removes what is in the way of something at a path, and makes the directories above it. */
function makeWay(
  root: string,
  path: string,
  { keeps }: { readonly keeps?: 'file' | 'directory' },
): void {
  for (const directory of above(path)) {
    const place = bytesPath(root, directory);
    const stat = lstatSync(place, { throwIfNoEntry: false });
    if (stat?.isDirectory() === true) continue;
    if (stat !== undefined) unlinkSync(place);
    mkdirSync(place);
  }
  const place = bytesPath(root, path);
  const stat = lstatSync(place, { throwIfNoEntry: false });
  if (stat === undefined) return;
  const isKept = keeps === 'file' ? stat.isFile() : keeps === 'directory' && stat.isDirectory();
  if (!isKept) rmSync(place, { recursive: true });
}
