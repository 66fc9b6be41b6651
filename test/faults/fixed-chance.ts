// Makes chance come out the same in each run of a process, so that two runs of one verb leave the same names and ids. Whoever continues
// after a crash takes another seed than the one who crashed, as it would in life.

import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import { seededRandom } from '../support/seeded-random.ts';

/** From now on, `randomBytes` and `randomUUID` follow from the seed. */
export function fixChance(seed: number): void {
  const bytes = bytesFrom(seed);
  // Of their own, so that an id does not depend on how many temporary names were needed before it.
  const uuidBytes = bytesFrom(~seed);
  const uuid = () => {
    const hex = uuidBytes(16).toString('hex');
    const parts = [hex.slice(0, 8), hex.slice(8, 12), `4${hex.slice(13, 16)}`];
    return [...parts, `8${hex.slice(17, 20)}`, hex.slice(20)].join('-');
  };
  Object.assign(crypto, { randomBytes: bytes, randomUUID: uuid });
  syncBuiltinESMExports();
}

function bytesFrom(seed: number): (size: number) => Buffer {
  const { below } = seededRandom(seed);
  return (size) => Buffer.from(Array.from({ length: size }, () => below(256)));
}
