// Keeps the number of packs in a store within bounds between two runs of `gsess gc`. Only one at a time; who finds another one at it
// leaves it to that one.

import { join } from 'node:path';
import { GsessError } from '../errors.ts';
import { gatherPacks } from '../git/gather-packs.ts';
import { removeLeftoverKeeps } from '../git/keep-file.ts';
import { GATHERED_BYTES_MAX } from './gc-due.ts';
import { alone, removalOf } from './removal.ts';
import type { Store } from './store.ts';

/** Puts small packs together; returns what kept it from that, for nobody's write fails by it. */
export async function gatherObjects(store: Store): Promise<string | undefined> {
  try {
    await alone(store, { verb: 'gather', waitMs: 0 }, () => {
      removeLeftoverKeeps(join(store.objects.objectsDirectory, 'pack'), store.surroundings);
      const options = { ...removalOf(store, {}), bytesMax: GATHERED_BYTES_MAX };
      return gatherPacks(store.objects, options);
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof GsessError)) throw error;
    return error.code === 'locked' ? undefined : `packs were not put together: ${error.message}`;
  }
}
