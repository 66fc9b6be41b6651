import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { encodePackIndex, PackIndex, type PackIndexEntry } from '../../src/git/pack-index.ts';
import { gitText } from '../support/git-oracle.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite('pack-index');
const checksum = Buffer.alloc(20, 7);

function entries(count: number, offsetOf: (index: number) => number): PackIndexEntry[] {
  return Array.from({ length: count }, (_, index) => ({
    id: hashObject('blob', Buffer.from(`${index}`)),
    offset: offsetOf(index),
    crc: (index * 2_654_435_761) % 2 ** 32,
  }));
}

function openIndex(directory: string, bytes: Buffer): PackIndex {
  const path = join(directory, 'x.idx');
  writeFileSync(path, bytes);
  return new PackIndex(path);
}

x('is read by git as it was meant, offsets beyond two gigabytes included', () =>
  withTemporaryDirectory((directory) => {
    const listed = entries(500, (index) => 12 + index * 20_000_000);
    const index = openIndex(directory, encodePackIndex(listed, checksum));
    const shown = gitText(directory, ['show-index'], {
      input: encodePackIndex(listed, checksum),
    });
    const expected = [...listed]
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .map(({ id, offset, crc }) => `${offset} ${id} (${crc.toString(16).padStart(8, '0')})`);
    assert.equal(shown.split('\n'), expected);
    for (const { id, offset } of listed) assert.is(index.offsetOf(id), offset);
    assert.ok(index.isIntact());
    assert.is(index.count, 500);
    assert.equal(index.packChecksum, checksum);
  }),
);

x('finds what it holds and nothing else, also among ids that begin alike', () =>
  withTemporaryDirectory((directory) => {
    const ids = ['0', '1', '7', '8', 'f'].map((digit) => `12345678${digit.repeat(32)}` as ObjectId);
    const first = '0'.repeat(40) as ObjectId;
    const last = 'f'.repeat(40) as ObjectId;
    const listed = [last, ...ids, first].map((id, index) => ({ id, offset: 12 + index, crc: 0 }));
    const index = openIndex(directory, encodePackIndex(listed, checksum));
    for (const { id, offset } of listed) assert.is(index.offsetOf(id), offset);
    for (const absent of [`12345678${'5'.repeat(32)}`, '1'.repeat(40), `f${'0'.repeat(39)}`]) {
      assert.is(index.offsetOf(absent as ObjectId), undefined);
    }
    assert.equal([...index.ids()], [first, ...ids, last]);
    assert.equal([...index.ids('12345678')], ids);
    assert.equal([...index.ids('123456787')], [ids[2]]);
    assert.equal([...index.ids('2')], []);
  }),
);

x('may be empty', () =>
  withTemporaryDirectory((directory) => {
    const index = openIndex(directory, encodePackIndex([], checksum));
    assert.is(index.offsetOf('f'.repeat(40) as ObjectId), undefined);
    assert.equal([...index.ids()], []);
  }),
);

x('refuses a file that is no index, or cut anywhere, and notices a flipped byte', () =>
  withTemporaryDirectory((directory) => {
    const whole = encodePackIndex(
      entries(3, (index) => 12 + index),
      checksum,
    );
    for (const length of [0, 7, 8, 1031, 1032, 1071, whole.length - 1]) {
      assert.throws(() => openIndex(directory, whole.subarray(0, length)), /it is no index/);
    }
    const version = Buffer.from(whole);
    version[7] = 3;
    const fanOut = Buffer.from(whole);
    fanOut[8] = 1;
    for (const bytes of [version, fanOut]) {
      assert.throws(() => openIndex(directory, bytes), /it is no index/);
    }
    const flipped = Buffer.from(whole);
    flipped[1040] = (flipped[1040] ?? 0) ^ 1;
    assert.not(openIndex(directory, flipped).isIntact());
  }),
);

x('refuses a large offset that points out of its table', () =>
  withTemporaryDirectory((directory) => {
    const listed = entries(1, () => 12);
    const bytes = encodePackIndex(listed, checksum);
    bytes.writeUInt32BE(0x8000_0001, 8 + 1024 + 24);
    const index = openIndex(directory, bytes);
    assert.throws(() => index.offsetOf(listed[0]?.id as ObjectId), /an offset is wrong/);
  }),
);

x.run();
