// The directory of an agent that holds the slash commands of gsess. Only files that some gsess wrote, and that nobody changed since, are
// written anew or removed; any other is left as it is and told. What directories had to be made is noted, so that removing leaves no
// trace. Each file is replaced in one durable step; after a crash, doing it again finishes it.

import { lstatSync, mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type CommandFile, isOurFile } from '../agents/command-text.ts';
import { isSystemError } from '../errors.ts';
import { makePrivateDirectory, syncDirectory, writeDurably } from '../git/durable-file.ts';
import { shortHash } from '../session/project.ts';
import { type ConnectStatus, readSettings } from './connected-settings.ts';

export interface CommandPlace {
  readonly directory: string;
  /** Of a file that has to be made. */
  readonly mode: number;
  /** `<data>/connect`. */
  readonly keptDirectory: string;
}

/** What it comes to; nothing is written yet. */
export interface CommandChange {
  readonly place: CommandPlace;
  readonly status: ConnectStatus;
  readonly write: readonly CommandFile[];
  /** The files of ours that go. */
  readonly remove: readonly string[];
  /** The files in the way that are somebody else's, or were changed by hand. */
  readonly left: readonly string[];
}

type FileState = 'absent' | 'ours' | 'theirs';

/** Plans to put the files in. */
export function planCommands(place: CommandPlace, files: readonly CommandFile[]): CommandChange {
  const wanted = new Set(files.map(({ name }) => name));
  const present = ourFiles(place.directory);
  const write = files.filter(({ name, text }) => isToWrite(place, { name, text }));
  const remove = present.filter((name) => !wanted.has(name));
  const left = [...wanted].filter((name) => stateOf(place, name) === 'theirs');
  const isSame = write.length === 0 && remove.length === 0;
  const status = isSame ? 'unchanged' : present.length > 0 ? 'updated' : 'added';
  return { place, status, write, remove, left };
}

/** Plans to take them out; `files` are those that a gsess of today would have put in. */
export function planNoCommands(place: CommandPlace, files: readonly CommandFile[]): CommandChange {
  const remove = ourFiles(place.directory);
  const left = files.map(({ name }) => name).filter((name) => stateOf(place, name) === 'theirs');
  return { place, status: remove.length > 0 ? 'removed' : 'unchanged', write: [], remove, left };
}

/** Carries it out, durably. */
export function applyCommands({ place, status, write, remove }: CommandChange): void {
  if (status === 'unchanged') return;
  const { directory, mode } = place;
  for (const { name, text } of write) {
    const path = join(directory, name);
    keepMade(place, makeDirectory(dirname(path), mode));
    writeDurably(path, text, { mode });
  }
  const emptied = new Set<string>();
  for (const name of remove) {
    const path = join(directory, name);
    rmSync(path, { force: true });
    syncDirectory(dirname(path));
    emptied.add(dirname(path));
  }
  if (status === 'removed') removeDirectories(place, emptied);
}

function isToWrite(place: CommandPlace, { name, text }: CommandFile): boolean {
  const state = stateOf(place, name);
  if (state !== 'ours') return state === 'absent';
  return readSettings(join(place.directory, name)) !== text;
}

function stateOf({ directory }: CommandPlace, name: string): FileState {
  const path = join(directory, name);
  const stats = lstatSync(path, { throwIfNoEntry: false });
  if (stats === undefined) return 'absent';
  return stats.isFile() && isOurFile(readFileSync(path, 'utf8')) ? 'ours' : 'theirs';
}

/** The names of our files in the directory and below it. */
function ourFiles(directory: string): readonly string[] {
  let names: readonly string[];
  try {
    names = readdirSync(directory, { recursive: true, encoding: 'utf8' });
  } catch (error) {
    if (isSystemError(error, 'ENOENT', 'ENOTDIR')) return [];
    throw error;
  }
  return names
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => {
      const stats = lstatSync(join(directory, name), { throwIfNoEntry: false });
      return stats?.isFile() === true && isOurFile(readFileSync(join(directory, name), 'utf8'));
    })
    .sort();
}

/** The outermost directory that had to be made. */
function makeDirectory(directory: string, mode: number): string | undefined {
  // Whoever may read the file may enter its directory.
  const made = mkdirSync(directory, {
    recursive: true,
    mode: mode | 0o100 | ((mode & 0o044) >> 2),
  });
  if (made !== undefined) syncDirectory(dirname(made));
  return made;
}

/** Directories are taken away from the inside out, as far as they are empty and were made for this. */
function removeDirectories(place: CommandPlace, emptied: ReadonlySet<string>): void {
  const outermost = madeDirectory(place);
  if (outermost === undefined) return;
  for (const inner of [...emptied].sort((a, b) => b.length - a.length)) {
    for (let at = inner; at.startsWith(outermost); at = dirname(at)) {
      if (!removeEmpty(at)) break;
    }
  }
  rmSync(keptPath(place), { force: true });
}

function removeEmpty(directory: string): boolean {
  try {
    rmdirSync(directory);
    return true;
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return true;
    if (isSystemError(error, 'ENOTEMPTY', 'EEXIST', 'ENOTDIR')) return false;
    throw error;
  }
}

function keptPath({ directory, keptDirectory }: CommandPlace): string {
  return join(keptDirectory, `${shortHash(directory)}.json`);
}

/** Noted once: what is made later lies inside of it. */
function keepMade(place: CommandPlace, made: string | undefined): void {
  if (made === undefined || madeDirectory(place) !== undefined) return;
  makePrivateDirectory(place.keptDirectory);
  const value = { path: place.directory, madeDirectory: made };
  writeDurably(keptPath(place), `${JSON.stringify(value, null, 1)}\n`);
}

function madeDirectory(place: CommandPlace): string | undefined {
  const text = readSettings(keptPath(place));
  if (text === undefined) return undefined;
  try {
    const { path, madeDirectory: made } = JSON.parse(text) as Record<string, unknown>;
    return path === place.directory && typeof made === 'string' ? made : undefined;
  } catch (error) {
    // Without it the files still go.
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
