// Makes deltas along paths: an object is tried against the one that came last at its place, which for a tree or a state file is nearly
// the same, else against the last of its kin in the directory. That is all git's search mostly finds, at a fraction of its work. Whoever
// adds the newest first has the newest whole and at most a bounded chain before the oldest.

import { deflateSync } from 'node:zlib';
import { makeDelta } from './make-delta.ts';
import type { Place } from './mark-reachable.ts';
import type { ObjectId, ObjectType } from './object-id.ts';
import type { ObjectStore } from './object-store.ts';
import type { PackDraft } from './pack-draft.ts';
import { RecentCache } from './recent-cache.ts';
import type { StoredObject } from './stored-object.ts';

interface Base {
  readonly id: ObjectId;
  readonly type: ObjectType;
  /** How many deltas it takes to make it. */
  readonly depth: number;
}

interface Placed {
  readonly id: ObjectId;
  readonly place: Place;
  readonly object: StoredObject;
}

const DEPTH_MAX = 50;
const DEFLATE_LEVEL = 6;
const CONTENT_BYTES_KEPT_MAX = 64 * 1024 * 1024;
/** Larger objects are stored whole: they are no text, and looking through them takes long. */
const DELTA_BYTES_MAX = 8 * 1024 * 1024;
/** A delta so much smaller than the object is taken without a look at what the whole would be deflated. */
const CLEARLY_SMALLER = 4;

export class PathDeltas {
  readonly #last = new Map<string, Base>();
  readonly #contents = new RecentCache<ObjectId, Buffer>(CONTENT_BYTES_KEPT_MAX);
  readonly #objects: ObjectStore;

  constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  /** Adds the object to the pack. */
  add(draft: PackDraft, placed: Placed): void {
    const { id, place, object } = placed;
    const { type, content } = object;
    const keys = [`${type} ${place.path}`, `${type} ${place.kin} kin`] as const;
    const base = this.#last.get(keys[0]) ?? this.#last.get(keys[1]);
    const depth = this.#addAsDelta(draft, placed, base) ?? addWhole(draft, placed);
    this.#contents.set(id, content, content.length);
    for (const key of keys) this.#last.set(key, { id, type, depth });
  }

  /** Returns how deep the chain has become; undefined if it is better stored whole. */
  #addAsDelta(
    draft: PackDraft,
    { id, object: { content } }: Placed,
    base: Base | undefined,
  ): number | undefined {
    if (base === undefined || base.depth >= DEPTH_MAX || !draft.has(base.id)) return undefined;
    if (content.length > DELTA_BYTES_MAX) return undefined;
    const before = this.#contents.get(base.id) ?? this.#objects.read(base.id).content;
    const delta = makeDelta(before, content, content.length - 1);
    if (delta === undefined) return undefined;
    const deflated = deflateSync(delta, { level: DEFLATE_LEVEL });
    const isClear = delta.length * CLEARLY_SMALLER < content.length;
    if (!isClear && deflated.length >= deflateSync(content, { level: DEFLATE_LEVEL }).length) {
      return undefined;
    }
    draft.addDelta(id, { base: base.id, sizeBytes: delta.length, deflated });
    return base.depth + 1;
  }
}

function addWhole(draft: PackDraft, { id, object: { type, content } }: Placed): number {
  const deflated = deflateSync(content, { level: DEFLATE_LEVEL });
  draft.addDeflated(id, { type, sizeBytes: content.length, deflated });
  return 0;
}
