import { randomBytes } from 'node:crypto';
import { constants, deflateSync, gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  deflatedBytesMax,
  inflateAtMost,
  inflateExactly,
  inflateStart,
} from '../../src/git/inflate.ts';

const x = suite('inflate');

x('gives exactly the size asked for, and nothing for any other', () => {
  for (const size of [0, 1, 63, 64, 65, 16_384, 100_000]) {
    const content = randomBytes(size);
    const deflated = deflateSync(content);
    assert.equal(inflateExactly(deflated, size), content);
    assert.is(inflateExactly(deflated, size + 1), undefined);
    if (size > 0) assert.is(inflateExactly(deflated, size - 1), undefined);
  }
});

x('stops at the limit, so a bomb stays small', () => {
  const bomb = deflateSync(Buffer.alloc(64 * 1024 * 1024));
  assert.is(inflateExactly(bomb, 1000), undefined);
  assert.is(inflateAtMost(bomb, 1024 * 1024), undefined);
  assert.ok((inflateStart(bomb.subarray(0, 512))?.length ?? 0) <= 576 * 1032);
});

x('does not even try a size that deflate cannot reach', () => {
  assert.is(inflateExactly(deflateSync(Buffer.from('x')), 2 ** 31 - 1), undefined);
});

x('finds damage by the checksum, the end, or the format', () => {
  const content = randomBytes(2000);
  const deflated = deflateSync(content);
  const flipped = Buffer.from(deflated);
  flipped[1000] = (flipped[1000] ?? 0) ^ 1;
  for (const bytes of [flipped, deflated.subarray(0, -1), Buffer.alloc(0), gzipSync(content)]) {
    assert.is(inflateExactly(bytes, content.length), undefined);
    assert.is(inflateAtMost(bytes, 4000), undefined);
  }
  assert.is(inflateStart(Buffer.from('not deflated at all')), undefined);
});

x('knows how large deflated data can get, even from a poor writer', () => {
  for (const size of [0, 1, 1000, 300_000]) {
    const content = randomBytes(size);
    for (const options of [
      { level: 0 },
      { level: 1 },
      { level: 9, memLevel: 1 },
      { strategy: constants.Z_FIXED },
      { strategy: constants.Z_HUFFMAN_ONLY, memLevel: 1 },
    ]) {
      assert.ok(deflateSync(content, options).length <= deflatedBytesMax(size));
    }
  }
});

x.run();
