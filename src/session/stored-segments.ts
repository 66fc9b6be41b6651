// The segments of one stored transcript. Whoever needs the last of ten thousand finds it by its number: `0000/0017.jsonl` is looked for
// in its own directory, so that two trees are read and not a hundred.

import type { ObjectId } from '../git/object-id.ts';
import type { ObjectStore } from '../git/object-store.ts';
import { segmentIndex, segmentPath } from '../transcript/segments.ts';

type Trees = Pick<ObjectStore, 'readTree'>;

interface Directory {
  readonly name: string;
  readonly id: ObjectId;
}

const SEGMENT_DIRECTORY = /^\d{4,}$/;

/** Lists the segments of the file at `path` below the tree; none if nothing is stored there. */
export function storedSegments(
  objects: Trees,
  transcripts: ObjectId | undefined,
  path: string,
): ObjectId[] {
  return segmentDirectories(objects, transcripts, path).flatMap(({ id }) =>
    objects
      .readTree(id)
      .map((entry) => ({ id: entry.id, index: Number.parseInt(entry.name, 10) }))
      .sort((a, b) => a.index - b.index)
      .map((entry) => entry.id),
  );
}

export class SegmentList {
  /** One more than the highest number. */
  readonly count: number;
  readonly #objects: Trees;
  readonly #directories = new Map<string, ObjectId>();
  readonly #segments = new Map<string, ReadonlyMap<number, ObjectId>>();

  /** Those of the file at `path` below the tree; none if nothing is stored there. */
  constructor(objects: Trees, transcripts: ObjectId | undefined, path: string) {
    this.#objects = objects;
    const directories = segmentDirectories(objects, transcripts, path);
    for (const { name, id } of directories) this.#directories.set(name, id);
    const last = directories.at(-1);
    this.count = last === undefined ? 0 : Math.max(-1, ...this.#in(last.name).keys()) + 1;
  }

  /** Undefined where there is none of this number. */
  at(index: number): ObjectId | undefined {
    const [directory = ''] = segmentPath(index).split('/');
    return this.#in(directory).get(index);
  }

  /** The ids from a number on, in order. */
  *from(first: number): Generator<ObjectId> {
    for (let index = first; index < this.count; index += 1) {
      const id = this.at(index);
      if (id !== undefined) yield id;
    }
  }

  #in(name: string): ReadonlyMap<number, ObjectId> {
    const known = this.#segments.get(name);
    if (known !== undefined) return known;
    const segments = new Map<number, ObjectId>();
    const directory = this.#directories.get(name);
    for (const entry of directory === undefined ? [] : this.#objects.readTree(directory)) {
      const index = segmentIndex(`${name}/${entry.name}`);
      if (index !== undefined) segments.set(index, entry.id);
    }
    this.#segments.set(name, segments);
    return segments;
  }
}

function segmentDirectories(
  objects: Trees,
  transcripts: ObjectId | undefined,
  path: string,
): Directory[] {
  let id = transcripts;
  for (const name of path.split('/')) {
    if (id === undefined) return [];
    id = objects.readTree(id).find((entry) => entry.name === name && entry.mode === '40000')?.id;
  }
  if (id === undefined) return [];
  return objects
    .readTree(id)
    .filter(({ mode, name }) => mode === '40000' && SEGMENT_DIRECTORY.test(name))
    .sort((a, b) => Number(a.name) - Number(b.name));
}
