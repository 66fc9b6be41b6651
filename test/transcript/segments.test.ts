import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  type ByteSource,
  completeLength,
  growth,
  type StoredSegments,
  segmentIndex,
  segmentPath,
  splitSegments,
  WHOLE_CHECK_BYTES_MAX,
} from '../../src/transcript/segments.ts';

const x = suite('Transcript segments');

interface Watched extends ByteSource {
  largestRead: number;
  bytesRead: number;
}

function file(content: string | Buffer): Watched {
  const bytes = Buffer.from(content);
  const source: Watched = {
    size: bytes.length,
    largestRead: 0,
    bytesRead: 0,
    read(offset, length) {
      source.largestRead = Math.max(source.largestRead, length);
      source.bytesRead += length;
      return bytes.subarray(offset, offset + length);
    },
  };
  return source;
}

function stored(...segments: (string | Buffer)[]): StoredSegments {
  const all = segments.map((segment) => Buffer.from(segment));
  return {
    count: all.length,
    bytes: all.reduce((sum, segment) => sum + segment.length, 0),
    length: (index) => all[index]!.length,
    equals: (index, chunks) => Buffer.concat([...chunks]).equals(all[index]!),
  };
}

const whole = { check: 'whole' } as const;

x('takes the complete lines of a transcript seen for the first time', () => {
  assert.equal(growth(stored(), file('a\nb\nhalf'), whole), {
    kind: 'appended',
    keepSegments: 0,
    from: 0,
    to: 4,
  });
});

x('says same when nothing was appended', () => {
  assert.equal(growth(stored('a\n', 'b\n'), file('a\nb\n'), whole), { kind: 'same' });
});

x('says same when all that was appended is half a line', () => {
  assert.equal(growth(stored('a\n'), file('a\n{"ty'), whole), { kind: 'same' });
});

x('takes a torn last line when no more will come, and goes on behind it', () => {
  const torn = growth(stored('a\n'), file('a\n{"ty'), { check: 'whole', final: true });
  assert.equal(torn, { kind: 'appended', keepSegments: 1, from: 2, to: 6 });
  assert.equal(growth(stored('a\n', '{"ty'), file('a\n{"type":1}\nb\n'), whole), {
    kind: 'appended',
    keepSegments: 2,
    from: 6,
    to: 15,
  });
});

x('keeps the longest unchanged run when the file was rewritten', () => {
  assert.equal(growth(stored('a\n', 'b\n', 'c\n'), file('a\nX\nc\nd\n'), whole), {
    kind: 'rewritten',
    keepSegments: 1,
    from: 2,
    to: 8,
  });
});

x('keeps what still matches of a file that shrank', () => {
  assert.equal(growth(stored('a\n', 'b\n', 'c\n'), file('a\nb\n'), whole), {
    kind: 'rewritten',
    keepSegments: 2,
    from: 4,
    to: 4,
  });
  assert.equal(growth(stored('a\n'), file(''), whole), {
    kind: 'rewritten',
    keepSegments: 0,
    from: 0,
    to: 0,
  });
});

x('takes a file that shrinks while it is read for a rewritten one', () => {
  const shrinking: ByteSource = { size: 4, read: (offset) => Buffer.from('a\n').subarray(offset) };
  assert.equal(growth(stored('a\n', 'b\n'), shrinking, whole).kind, 'rewritten');
});

const LINE = `${'k'.repeat(1023)}\n`;
const SEGMENT = Buffer.from(LINE.repeat(512));
const LARGE = Array.from({ length: 9 }, () => SEGMENT);

x('compares only the ends of a large transcript unless asked to compare it whole', () => {
  const bytes = Buffer.concat([...LARGE, Buffer.from('new\n')]);
  assert.ok(bytes.length > WHOLE_CHECK_BYTES_MAX);
  bytes[4 * SEGMENT.length + 7] = 0x58;
  const quick = file(bytes);
  const end = 9 * SEGMENT.length;
  assert.equal(growth(stored(...LARGE), quick, { check: 'ends' }), {
    kind: 'appended',
    keepSegments: 9,
    from: end,
    to: end + 4,
  });
  assert.ok(quick.bytesRead < 2 * SEGMENT.length + 100_000);
  assert.equal(growth(stored(...LARGE), file(bytes), whole), {
    kind: 'rewritten',
    keepSegments: 4,
    from: 4 * SEGMENT.length,
    to: end + 4,
  });
});

x('compares a large transcript whole whenever it has grown by a quarter', () => {
  const bytes = Buffer.concat([...LARGE, ...LARGE.slice(0, 3)]);
  bytes[4 * SEGMENT.length + 7] = 0x58;
  assert.equal(growth(stored(...LARGE), file(bytes), { check: 'ends' }), {
    kind: 'rewritten',
    keepSegments: 4,
    from: 4 * SEGMENT.length,
    to: bytes.length,
  });
});

x('notices a change at either end of a large transcript at once', () => {
  for (const at of [5, 9 * SEGMENT.length - 5]) {
    const bytes = Buffer.concat(LARGE);
    bytes[at] = 0x58;
    assert.equal(growth(stored(...LARGE), file(bytes), { check: 'ends' }).kind, 'rewritten');
  }
});

x('compares a transcript at the limit whole even on a quick check', () => {
  const half = Buffer.alloc(WHOLE_CHECK_BYTES_MAX / 4, 'a');
  const segments = [half, half, half, half];
  const bytes = Buffer.concat(segments);
  bytes[Math.floor(bytes.length / 2)] = 0x62;
  assert.equal(growth(stored(...segments), file(bytes), { check: 'ends' }).kind, 'rewritten');
});

x('finds the end of the last line however long the torn one after it is', () => {
  const source = file(`a\n${'t'.repeat(300_000)}`);
  assert.is(completeLength(source, 0, false), 2);
  assert.is(completeLength(source, 2, false), 2);
  assert.is(completeLength(source, 0, true), 300_002);
  assert.ok(source.largestRead <= 64 * 1024);
});

x('splits what is too large at line ends, and a line that is too long where it must', () => {
  const lines = file('aaaa\nbbbb\ncccc\n');
  assert.equal(splitSegments(lines, { from: 0, to: 15 }, 12), [
    { offset: 0, length: 10 },
    { offset: 10, length: 5 },
  ]);
  assert.equal(splitSegments(lines, { from: 5, to: 15 }, 10), [{ offset: 5, length: 10 }]);
  assert.equal(splitSegments(file('x'.repeat(25)), { from: 0, to: 25 }, 10), [
    { offset: 0, length: 10 },
    { offset: 10, length: 10 },
    { offset: 20, length: 5 },
  ]);
  assert.equal(splitSegments(lines, { from: 3, to: 3 }), []);
});

x('reads a large file in small pieces', () => {
  const source = file(Buffer.concat(LARGE));
  growth(stored(Buffer.concat(LARGE)), source, whole);
  assert.ok(source.largestRead <= 1024 * 1024);
});

x('names segments so that a directory holds a hundred, and reads the names back', () => {
  assert.is(segmentPath(17), '0000/0017.jsonl');
  assert.is(segmentPath(99), '0000/0099.jsonl');
  assert.is(segmentPath(100), '0001/0100.jsonl');
  for (const index of [0, 17, 99, 100, 9_999, 10_000, 1_234_567]) {
    assert.is(segmentIndex(segmentPath(index)), index);
  }
  for (const path of ['0001/0017.jsonl', '0000/17.jsonl', '0000/0017.json', 'x/0017.jsonl']) {
    assert.is(segmentIndex(path), undefined);
  }
});

x.run();
