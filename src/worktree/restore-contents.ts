// The bytes a restore needs, checked before anything is touched: what shall be written must be readable and be what its id says,
// and what shall be replaced or deleted must be in the store. Contents read for the check are kept for the writing, up to a limit.

import { GsessError } from '../errors.ts';
import { hashObject, type ObjectId } from '../git/object-id.ts';
import { displayPath, type RawPath } from '../git/raw-path.ts';
import type { StoredObject } from '../git/stored-object.ts';
import type { RestoreStep } from './restore-steps.ts';

export interface RestoreObjects {
  read(id: ObjectId): StoredObject;
  has(id: ObjectId): boolean;
}

const KEPT_BYTES_MAX = 32 * 1024 * 1024;

/** Throws unless everything the steps take away is in the store. */
export function refuseUnsaved(
  objects: Pick<RestoreObjects, 'has'>,
  steps: readonly RestoreStep[],
): void {
  for (const { path, before } of steps) {
    if (typeof before !== 'object' || objects.has(before.id)) continue;
    throw new GsessError(
      'restore-failed',
      `Refused to touch '${displayPath(path)}': it is not saved`,
      { data: { path: displayPath(path), id: before.id } },
    );
  }
}

export class RestoreContents {
  readonly #objects: RestoreObjects;
  readonly #readable = new Set<ObjectId>();
  readonly #kept = new Map<ObjectId, Buffer>();
  #keptBytes = 0;

  constructor(objects: RestoreObjects) {
    this.#objects = objects;
  }

  /** Throws unless everything the steps write can be read; what could be already is not read again. */
  checkReadable(steps: readonly Pick<RestoreStep, 'path' | 'after'>[]): void {
    for (const { path, after } of steps) {
      if (typeof after === 'object' && !this.#readable.has(after.id)) {
        this.#checkReadable(path, after.id);
        this.#readable.add(after.id);
      }
    }
  }

  read(id: ObjectId): Buffer {
    return this.#kept.get(id) ?? this.#objects.read(id).content;
  }

  #checkReadable(path: RawPath, id: ObjectId): void {
    const { type, content } = this.#objects.read(id);
    if (type !== 'blob' || hashObject('blob', content) !== id) {
      throw new GsessError(
        'object-damaged',
        `Cannot restore '${displayPath(path)}': its content is damaged`,
        {
          hint: 'Run `gsess verify` to see what is affected.',
          data: { path: displayPath(path), id },
        },
      );
    }
    if (this.#keptBytes + content.length > KEPT_BYTES_MAX) return;
    this.#kept.set(id, content);
    this.#keptBytes += content.length;
  }
}
