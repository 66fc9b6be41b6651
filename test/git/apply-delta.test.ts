import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { applyDelta, readDeltaSizes } from '../../src/git/apply-delta.ts';

const x = suite('apply-delta');
const base = Buffer.from('0123456789');

function delta(baseBytes: number, resultBytes: number, ...instructions: number[]): Buffer {
  return Buffer.from([baseBytes, resultBytes, ...instructions]);
}

x('copies from the base and inserts', () => {
  const instructions = [0x91, 2, 3, 2, 0x41, 0x42, 0x90, 1];
  assert.is(applyDelta(base, delta(10, 6, ...instructions))?.toString(), '234AB0');
});

x('takes a copy of no stated length for 64 KiB', () => {
  const large = Buffer.alloc(0x10000 + 5, 'x');
  const size = [0x85, 0x80, 0x04];
  const result = [0x80, 0x80, 0x04];
  const whole = applyDelta(large, Buffer.from([...size, ...result, 0x80]));
  assert.ok(whole?.equals(large.subarray(0, 0x10000)));
});

x('reads offsets and lengths of all their bytes', () => {
  const large = Buffer.alloc(0x1000100, 'y');
  large.write('end', 0x1000005);
  const size = [0x80, 0x82, 0x80, 0x08];
  const found = applyDelta(large, Buffer.from([...size, 3, 0x99, 5, 1, 3]));
  assert.is(found?.toString(), 'end');
});

x('refuses a delta that does not fit its base, its result or itself', () => {
  const wrong = [
    delta(9, 1, 0x90, 1),
    delta(10, 2, 0x90, 1),
    delta(10, 1, 0x90, 2),
    delta(10, 4, 0x91, 8, 4),
    delta(10, 3, 3, 0x41),
    delta(10, 1, 0),
    delta(10, 1),
    Buffer.alloc(0),
    Buffer.from([10]),
    Buffer.from([10, 0x80]),
    Buffer.alloc(20, 0xff),
    Buffer.from([10, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x90, 1]),
  ];
  for (const bytes of wrong) assert.is(applyDelta(base, bytes), undefined);
});

x('tells the sizes from the start alone', () => {
  assert.equal(readDeltaSizes(delta(10, 6, 0x91)), { baseBytes: 10, resultBytes: 6, end: 2 });
});

x.run();
