import { inflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { UNDEFLATED_BYTES_MAX, undeflated } from '../../src/git/undeflated.ts';
import { seededRandom } from '../support/seeded-random.ts';

const stored = suite('undeflated');

stored('zlib takes the stream for what it holds, from nothing to all that a block can hold', () => {
  const random = seededRandom(9);
  for (const length of [0, 1, 2, 300, 5551, 5552, 5553, 11_105, UNDEFLATED_BYTES_MAX]) {
    const content = Buffer.from(Array.from({ length }, () => random.below(256)));
    assert.ok(inflateSync(undeflated(content)).equals(content), `${length} bytes`);
    const highest = Buffer.alloc(length, 0xff);
    assert.ok(inflateSync(undeflated(highest)).equals(highest), `${length} times 255`);
  }
});

stored('what is more than a block is refused', () => {
  assert.throws(() => undeflated(Buffer.alloc(UNDEFLATED_BYTES_MAX + 1)), /65536 bytes/);
});

stored.run();
