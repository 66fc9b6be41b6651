// Two processes may add to the same session at once. The one that comes second finds the branch moved and makes its checkpoint again on
// the new tip; nothing is lost and nobody waits for a lock.

import { GsessError } from '../errors.ts';

const ATTEMPTS_MAX = 100;

/** Runs the attempt again from its beginning as long as the branch moved under it. */
export async function retryMoved<T>(attempt: () => Promise<T>): Promise<T> {
  for (let count = 1; ; count += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!isLostRace(error) || count === ATTEMPTS_MAX) throw error;
    }
  }
}

/** Whether another process was faster. */
export function isLostRace(error: unknown): boolean {
  return error instanceof GsessError && error.code === 'ref-moved';
}
