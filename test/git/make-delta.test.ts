import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { applyDelta } from '../../src/git/apply-delta.ts';
import { makeDelta } from '../../src/git/make-delta.ts';
import { type Random, seededRandom } from '../support/seeded-random.ts';

const deltas = suite('making deltas');

/** Few different bytes, so that there is much to be found. */
function someBytes(random: Random, length: number): Buffer {
  return Buffer.from(Array.from({ length }, () => 97 + random.below(4)));
}

/** The same with some stretches replaced, inserted, removed or moved. */
function changed(random: Random, bytes: Buffer): Buffer {
  let result = bytes;
  for (let change = random.below(4); change > 0; change -= 1) {
    const at = random.below(result.length + 1);
    const gone = result.subarray(at, at + random.below(30));
    const come = random.chance(0.5) ? someBytes(random, random.below(300)) : gone;
    const rest = Buffer.concat([result.subarray(0, at), result.subarray(at + gone.length)]);
    const to = random.below(rest.length + 1);
    result = Buffer.concat([rest.subarray(0, to), come, rest.subarray(to)]);
  }
  return result;
}

deltas('give the object back from its base, whatever both are', () => {
  const random = seededRandom(1);
  for (let round = 0; round < 2000; round += 1) {
    const base = someBytes(random, random.below(1500));
    const target = random.chance(0.1) ? someBytes(random, 200) : changed(random, base);
    const delta = makeDelta(base, target, target.length + 100);
    assert.ok(delta, `round ${round}`);
    assert.ok(applyDelta(base, delta)?.equals(target), `round ${round}`);
  }
});

deltas('are small where little differs, wherever it is, in large objects too', () => {
  const random = seededRandom(2);
  const base = Buffer.from(Array.from({ length: 300_000 }, () => random.below(256)));
  const middle = Buffer.concat([
    base.subarray(0, 150_000),
    Buffer.from('x'),
    base.subarray(150_000),
  ]);
  assert.ok((makeDelta(base, middle, 1000)?.length ?? 0) < 40);
  const moved = Buffer.concat([base.subarray(200_000), base.subarray(0, 200_000)]);
  const delta = makeDelta(base, moved, 1000);
  assert.ok(delta && delta.length < 100 && applyDelta(base, delta)?.equals(moved));
});

deltas('are none where the object itself is no longer', () => {
  const random = seededRandom(3);
  const bytes = (length: number) => Buffer.from(Array.from({ length }, () => random.below(256)));
  assert.is(makeDelta(bytes(5000), bytes(5000), 4999), undefined);
  assert.is(makeDelta(Buffer.alloc(0), bytes(100), 99), undefined);
  assert.ok(makeDelta(bytes(100), Buffer.alloc(0), 10));
});

deltas.run();
