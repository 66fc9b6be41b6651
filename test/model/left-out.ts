// What gsess leaves out of a tree, by rules so few that they can be checked by eye: lines of ignore files are plain names, with a `/` at
// the end for directories only and a `!` in front to take a name back in; a few names are secrets; `.git` is never taken; and
// no file over a small limit.

import { above, contentOf, DIRECTORY, isFile, settled, type Tree } from './tree-oracle.ts';

export const FILE_BYTES_MAX = 300;
/** Of the names that edits use, those that are secrets. */
const SECRETS = new Set(['.env', 'id_rsa']);

/** The files, links and empty directories of a tree that a checkpoint of it should hold. */
export function covered(tree: Tree): Map<string, string> {
  const taken = new Map([...tree].filter(([path]) => !isLeftOut(tree, path)));
  const directories = new Set([...tree.keys()].flatMap(above));
  for (const directory of directories) {
    if (!isLeftOut(tree, directory)) taken.set(directory, DIRECTORY);
  }
  return settled(taken);
}

/** The paths that are left out for themselves, not for what holds them. */
export function leftOut(tree: Tree): Set<string> {
  const all = new Set([...tree.keys(), ...[...tree.keys()].flatMap(above)]);
  return new Set([...all].filter((path) => isLeftOut(tree, path)));
}

function isLeftOut(tree: Tree, path: string): boolean {
  const entry = tree.get(path) ?? DIRECTORY;
  if (isFile(entry) && contentOf(entry).length > FILE_BYTES_MAX) return true;
  if (path.split('/').some((name) => name.toLowerCase() === '.git')) return true;
  return isIgnored(tree, path, entry === DIRECTORY);
}

/** Whether the ignore files in a tree, or the secrets, leave out a path or a directory above it. */
export function isIgnored(rules: Tree, path: string, isDirectory: boolean): boolean {
  const places = [
    ...above(path).map((place) => [place, true] as const),
    [path, isDirectory] as const,
  ];
  return places.some(([place, directory]) => {
    const own = decide(rules, { ignoreFile: '.gsessignore', path: place, directory });
    return (
      decide(rules, { ignoreFile: '.gitignore', path: place, directory }) === true ||
      (own ?? SECRETS.has(nameOf(place).toLowerCase()))
    );
  });
}

interface Question {
  readonly ignoreFile: string;
  readonly path: string;
  readonly directory: boolean;
}

/** The last line that matches in the innermost file that has one decides. */
function decide(rules: Tree, { ignoreFile, path, directory }: Question): boolean | undefined {
  for (const place of ['', ...above(path)].reverse()) {
    const entry = rules.get(place === '' ? ignoreFile : `${place}/${ignoreFile}`);
    if (entry === undefined || !isFile(entry)) continue;
    for (const line of contentOf(entry).split('\n').reverse()) {
      const pattern = line.replace(/^!/, '');
      const matches = pattern === nameOf(path) || (directory && pattern === `${nameOf(path)}/`);
      if (matches) return !line.startsWith('!');
    }
  }
  return undefined;
}

function nameOf(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
