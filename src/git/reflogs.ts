// The reflogs of a store. gsess writes none, but a user may have told git to; what they name is kept from being removed, and what is
// erased for good goes from them too.

import { lstatSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { directoryNames } from './directory-names.ts';
import { writeDurably } from './durable-file.ts';
import { isObjectId, type ObjectId } from './object-id.ts';

const NO_ID = /^0+$/;

/** All ids that a reflog names. */
export function* reflogIds(gitDirectory: string): Generator<ObjectId> {
  for (const path of reflogPaths(join(gitDirectory, 'logs'))) {
    for (const line of linesOf(path)) yield* idsIn(line);
  }
}

/** Takes out the lines that name anything else than these objects. */
export function pruneReflogs(gitDirectory: string, isThere: (id: ObjectId) => boolean): void {
  for (const path of reflogPaths(join(gitDirectory, 'logs'))) {
    const lines = linesOf(path);
    const kept = lines.filter((line) => idsIn(line).every(isThere));
    if (kept.length === lines.length) continue;
    if (kept.length === 0) rmSync(path);
    else writeDurably(path, kept.map((line) => `${line}\n`).join(''));
  }
}

function idsIn(line: string): ObjectId[] {
  return line
    .split(' ', 2)
    .filter((word): word is ObjectId => isObjectId(word) && !NO_ID.test(word));
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'latin1').split('\n').filter(Boolean);
}

function* reflogPaths(directory: string): Generator<string> {
  for (const name of directoryNames(directory)) {
    const path = join(directory, name);
    if (lstatSync(path).isDirectory()) yield* reflogPaths(path);
    else yield path;
  }
}
