// A reference to a session whose branch is damaged.

import { GsessError } from '../errors.ts';
import type { Store } from './store.ts';

/** What cannot be read is not "not there": nobody shall begin it anew because of that. */
export function unlessDamaged<T>(store: Store, text: string, resolve: () => T): T {
  try {
    return resolve();
  } catch (error) {
    if (!(error instanceof GsessError) || error.code !== 'not-found') throw error;
    const [word = ''] = text.toLowerCase().split(/[@~]/);
    const damage = [...store.damage].find(([ref]) => ref.split('/').at(-1)?.startsWith(word));
    if (damage === undefined || word === '') throw error;
    const [ref, reason] = damage;
    throw new GsessError('ref-damaged', `Cannot read '${ref}': ${reason}`, {
      hint: `Run 'gsess doctor', which says what can be recovered.`,
      data: { name: ref, reason },
      cause: error,
    });
  }
}
