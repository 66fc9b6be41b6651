// The file `packed-refs`, where git collects refs that are no longer files of their own. It is only ever replaced whole, so it can be
// kept in memory for as long as the file on disk is the same one. gsess only ever takes lines out of it.

import { readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { isObjectId, type ObjectId } from './object-id.ts';

const ID_LENGTH = 40;

export class PackedRefs {
  readonly #path: string;
  #stat: Stats | undefined;
  #refs: ReadonlyMap<string, ObjectId> = new Map();

  constructor(gitDirectory: string) {
    this.#path = join(gitDirectory, 'packed-refs');
  }

  /** All packed refs as they stand now. Read loose refs first: a ref being packed is in this file before its own file goes. */
  read(): ReadonlyMap<string, ObjectId> {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    if (stat === undefined) return new Map();
    if (this.#stat === undefined || !isSameFile(this.#stat, stat)) {
      this.#refs = parsePackedRefs(readText(this.#path));
      this.#stat = stat;
    }
    return this.#refs;
  }

  /** The content of the file without these refs, or undefined if it holds none of them. The caller has `packed-refs.lock`. */
  without(names: readonly string[]): Buffer | undefined {
    const refs = this.read();
    const doomed = new Set(names.filter((name) => refs.has(name)));
    return doomed.size > 0 ? withoutRefs(readText(this.#path), doomed) : undefined;
  }
}

function isSameFile(one: Stats, other: Stats): boolean {
  return (
    one.ino === other.ino &&
    one.size === other.size &&
    one.mtimeMs === other.mtimeMs &&
    one.ctimeMs === other.ctimeMs
  );
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if (isSystemError(error, 'ENOENT')) return '';
    throw error;
  }
}

function parsePackedRefs(text: string): Map<string, ObjectId> {
  const refs = new Map<string, ObjectId>();
  const lines = text.split('\n');
  if (lines.pop() !== '') throw damaged(lines.length + 1);
  for (const [index, line] of lines.entries()) {
    if (line.startsWith('#')) continue;
    const peeled = line.startsWith('^');
    const id = peeled ? line.slice(1) : line.slice(0, ID_LENGTH);
    if (!isObjectId(id)) throw damaged(index + 1);
    if (peeled) continue;
    const name = line.slice(ID_LENGTH + 1);
    if (line[ID_LENGTH] !== ' ' || name === '') throw damaged(index + 1);
    refs.set(name, id);
  }
  return refs;
}

function damaged(line: number): GsessError {
  return new GsessError('ref-damaged', `cannot read "packed-refs": line ${line} is damaged`, {
    hint: 'Restore the file from a copy, or take the damaged line out.',
    data: { name: 'packed-refs', line },
  });
}

/** A line that starts with `^` belongs to the ref before it. */
function withoutRefs(text: string, doomed: ReadonlySet<string>): Buffer {
  let keep = true;
  const lines = text.split('\n').filter((line) => {
    if (!line.startsWith('^')) keep = !doomed.has(line.slice(ID_LENGTH + 1));
    return keep;
  });
  return Buffer.from(lines.join('\n'), 'latin1');
}
