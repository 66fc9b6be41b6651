// The file `packed-refs`, where git collects refs that are no longer files of their own. It is only ever replaced whole, so it can be
// kept in memory for as long as the file on disk is the same one. gsess only ever takes lines out of it.

import { readFileSync, type Stats, statSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError, isSystemError } from '../errors.ts';
import { fileMark } from './file-mark.ts';
import { isObjectId, type ObjectId } from './object-id.ts';

const ID_LENGTH = 40;

export interface PackedContent {
  readonly refs: ReadonlyMap<string, ObjectId>;
  /** All lines that can be read, in their order. */
  readonly soundLines: readonly string[];
  /** Counted from 1. */
  readonly damagedLine?: number;
}

export class PackedRefs {
  readonly #path: string;
  #stat: Stats | undefined;
  #content: PackedContent = { refs: new Map(), soundLines: [] };

  constructor(gitDirectory: string) {
    this.#path = join(gitDirectory, 'packed-refs');
  }

  /** All packed refs as they stand now. Read loose refs first: a ref being packed is in this file before its own file goes. */
  read(): ReadonlyMap<string, ObjectId> {
    const { refs, damagedLine } = this.readSound();
    if (damagedLine !== undefined) throw damaged(damagedLine);
    return refs;
  }

  /** What can be read of the file, and the first line that cannot. */
  readSound(): PackedContent {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    if (stat === undefined) return { refs: new Map(), soundLines: [] };
    if (this.#stat === undefined || !isSameFile(this.#stat, stat)) {
      this.#content = parsePackedRefs(readText(this.#path));
      this.#stat = stat;
    }
    return this.#content;
  }

  /** The mark of the file (file-mark.ts), of its absence too. */
  mark(lookedAt: number): string | undefined {
    const stat = statSync(this.#path, { throwIfNoEntry: false });
    return stat === undefined ? 'none' : fileMark(stat, lookedAt);
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

function parsePackedRefs(text: string): PackedContent {
  const refs = new Map<string, ObjectId>();
  const soundLines: string[] = [];
  const lines = text.split('\n');
  const torn = lines.pop() === '' ? undefined : lines.length + 1;
  let damagedLine: number | undefined;
  let isHeld = false;
  for (const [index, line] of lines.entries()) {
    const ref = parseLine(line);
    if (ref === 'damaged') {
      damagedLine ??= index + 1;
      isHeld = false;
      continue;
    }
    // The peeled id of a damaged line belongs to nobody.
    if (ref === 'peeled' && !isHeld) continue;
    soundLines.push(line);
    if (typeof ref === 'string') continue;
    isHeld = true;
    refs.set(ref.name, ref.id);
  }
  damagedLine ??= torn;
  return { refs, soundLines, ...(damagedLine === undefined ? {} : { damagedLine }) };
}

function parseLine(line: string): Ref | 'comment' | 'peeled' | 'damaged' {
  if (line.startsWith('#')) return 'comment';
  if (line.startsWith('^')) return isObjectId(line.slice(1)) ? 'peeled' : 'damaged';
  const id = line.slice(0, ID_LENGTH);
  const name = line.slice(ID_LENGTH + 1);
  if (!isObjectId(id) || line[ID_LENGTH] !== ' ' || name === '') return 'damaged';
  return { name, id };
}

interface Ref {
  readonly name: string;
  readonly id: ObjectId;
}

function damaged(line: number): GsessError {
  return new GsessError('ref-damaged', `cannot read "packed-refs": line ${line} is damaged`, {
    hint: 'Run "gsess doctor"; nothing is taken to be absent while it cannot be read.',
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
