import { inflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { deflate } from '../../src/git/deflate.ts';
import { seededRandom } from '../support/seeded-random.ts';

const deflated = suite('deflate');

deflated(
  'each content comes back from what it was deflated to, however many there are and whatever came before it',
  () => {
    const random = seededRandom(7);
    for (let count = 0; count < 300; count += 1) {
      const bytes = count % 50 === 49 ? 200_000 : random.below(count % 10 === 0 ? 70_000 : 3000);
      const letters = count % 3 === 0 ? 256 : 1 + random.below(20);
      const content = Buffer.from(Array.from({ length: bytes }, () => random.below(letters)));
      assert.ok(inflateSync(deflate(content)).equals(content), `content ${count}`);
    }
  },
);

deflated('content that cannot be made smaller fits as well', () => {
  const random = seededRandom(8);
  const content = Buffer.from(Array.from({ length: 128 * 1024 }, () => random.below(256)));
  for (let count = 0; count < 40; count += 1) {
    assert.ok(inflateSync(deflate(content)).equals(content));
  }
});

deflated.run();
