// What stock git says of the stores of a sealed user: branches, checkpoints, their trees, and what was left lying about.

import { existsSync, lstatSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { git, gitText } from './git-oracle.ts';
import type { SealedUser } from './run-gsess.ts';

export interface LoggedCheckpoint {
  readonly commit: string;
  readonly subject: string;
  /** The trees of the commit by name: `files`, `transcript`. */
  readonly files: string;
}

/** The stores that exist, whole or not. */
export function storesOf({ data }: Pick<SealedUser, 'data'>): readonly string[] {
  const projects = join(data, 'projects');
  if (!existsSync(projects)) return [];
  return readdirSync(projects)
    .filter((name) => name.endsWith('.git'))
    .sort()
    .map((name) => join(projects, name));
}

export function onlyStoreOf(user: Pick<SealedUser, 'data'>): string {
  const [store, ...others] = storesOf(user);
  if (store === undefined || others.length > 0) throw new Error(`${others.length + 1} stores`);
  return store;
}

export function branchesOf(store: string): string[] {
  const refs = gitText(store, ['for-each-ref', '--format=%(refname:lstrip=2)', 'refs/heads/']);
  return refs.split('\n').filter(Boolean);
}

/** The commits of a branch by first parents, newest first. */
export function checkpointsOf(store: string, branch: string): LoggedCheckpoint[] {
  const log = gitText(store, ['log', '--first-parent', '--format=%H%x09%s', branch, '--']);
  const commits = log.split('\n').map((line) => line.split('\t') as [string, string]);
  const asked = commits.map(([commit]) => `${commit}:files\n`).join('');
  const trees = gitText(store, ['cat-file', '--batch-check=%(objectname)'], { input: asked });
  const ids = trees.split('\n');
  return commits.map(([commit, subject], index) => ({
    commit,
    subject,
    files: ids[index]?.endsWith(' missing') ? '' : (ids[index] ?? ''),
  }));
}

/** A native transcript as a checkpoint holds it: its segments one after another. */
export function transcriptAt(store: string, commit: string, nativeId: string): Buffer {
  const path = `${commit}:transcript/${nativeId}`;
  const names = gitText(store, ['ls-tree', '-r', '--name-only', path]).split('\n');
  const segments = names.filter((name) => /^\d{4}\/\d{4}\.jsonl$/.test(name));
  return Buffer.concat(segments.map((name) => git(store, ['cat-file', 'blob', `${path}/${name}`])));
}

/** The tree that stock git makes of a directory, ignored files too; `shadow` is where it may keep an index between calls. */
export function treeOfDirectory(directory: string, shadow: string): string {
  if (!existsSync(shadow)) git(directory, ['init', '-q', '--bare', shadow]);
  const environment = { GIT_DIR: shadow, GIT_WORK_TREE: directory };
  rmSync(join(shadow, 'index'), { force: true });
  git(directory, ['add', '-A', '-f', '.'], { environment });
  return gitText(directory, ['write-tree'], { environment });
}

/** What a killed process can leave in a store or beside it: locks, and temporary files by the names they are swept by. */
export function leftoversIn(data: string): {
  readonly locks: string[];
  readonly temporary: string[];
} {
  const paths = readdirSync(data, { recursive: true, encoding: 'utf8' }).sort();
  const isLock = (path: string) =>
    path.endsWith('.lock') ||
    /\/gsess\/ref-locks\/./.test(path) ||
    (/\/gsess\/locks\/[^/]+\/./.test(path) && lstatSync(join(data, path)).isFile());
  const isTemporary = (path: string) => /(^|\/)[^/]*(tmp|temp)[^/]*$/i.test(path);
  return { locks: paths.filter(isLock), temporary: paths.filter(isTemporary) };
}

/** The failures that hooks kept, but for warnings. */
export function failuresOf({
  data,
}: Pick<SealedUser, 'data'>): { code: string; message: string }[] {
  const path = join(data, 'failures.jsonl');
  if (!existsSync(path)) return [];
  const lines = readFileSync(path, 'utf8').split('\n').filter(Boolean);
  return lines
    .map((line) => JSON.parse(line) as { code: string; message: string })
    .filter(({ code }) => code !== 'warning');
}
