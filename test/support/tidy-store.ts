// Whether a store was left as one would wish to find it: sound to the last object, private, and with nothing lying about that was only
// meant for the moment. For stores that nobody is working in, after whatever was done with them.

import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assertFsckClean } from './git-oracle.ts';

/** What is wrong with the store; the paths are relative to it. */
export function untidinessOf(store: string): string[] {
  const paths = readdirSync(store, { recursive: true, encoding: 'utf8' }).sort();
  return [...paths.flatMap((path) => faultOf(store, path)), ...openJournals(store, paths)];
}

/** Throws unless the store is sound and tidy. */
export function assertStoreIsTidy(store: string): void {
  const faults = untidinessOf(store);
  if (faults.length > 0) throw new Error(`the store is not tidy: ${faults.join('; ')}`);
  assertFsckClean(store);
}

const LEFT: readonly (readonly [RegExp, string])[] = [
  [/\.lock$/, 'a lock'],
  [/^gsess\/ref-locks\/./, 'a value for a ref'],
  [/(^|\/)tmp[-_][^/]*$/, 'a temporary file'],
  [/(^|\/)\.gsess-new-/, 'a store that was not finished'],
  [/\.keep$/, 'a mark that keeps a pack'],
];

function faultOf(store: string, path: string): string[] {
  const stat = lstatSync(join(store, path));
  const left = LEFT.filter(([name]) => name.test(path)).map(([, what]) => what);
  // A lock is a directory and stays; the file of its owner goes.
  if (stat.isFile() && /^gsess\/locks\//.test(path)) left.push('the file of an owner');
  // What 'git worktree add' notes of a work tree is git's own.
  const mode = path.startsWith('worktrees') ? 0 : stat.mode & 0o777;
  if ((mode & 0o077) !== 0) left.push(`mode ${mode.toString(8)}`);
  return left.map((what) => `${path}: ${what}`);
}

function openJournals(store: string, paths: readonly string[]): string[] {
  const packed = join(store, 'packed-refs');
  const lines = existsSync(packed) ? readFileSync(packed, 'latin1').split('\n') : [];
  const names = [...paths, ...lines.map((line) => line.split(' ')[1] ?? '')];
  return names
    .filter((name) => /^refs\/gsess\/journal\/./.test(name) && !name.endsWith('.lock'))
    .map((ref) => `${ref}: an operation under way`);
}
