import { gzipSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { decodeTranscript } from '../../src/transcript/compressed.ts';
import { endOfValue, fieldsOf } from '../../src/transcript/json-values.ts';
import { type JsonLinesOptions, readJsonLines } from '../../src/transcript/jsonl.ts';

const x = suite('Lines of a transcript');

function read(content: string | Buffer, options: JsonLinesOptions = {}): unknown[] {
  return [...readJsonLines(Buffer.from(content), options)].map((entry) =>
    'value' in entry ? entry.value : `${entry.problem} ${entry.offset}+${entry.length}`,
  );
}

const A = '{"type":"a","n":1}';
const B = '{"type":"b","in":{"type":"block"}}';
const a = { type: 'a', n: 1 };
const b = { type: 'b', in: { type: 'block' } };

x('reads one record a line, with blank lines, CRLF, a byte order mark and no final newline', () => {
  assert.equal(read(`${A}\n${B}\n`), [a, b]);
  assert.equal(read(`\ufeff${A}\r\n\r\n  \n${B}`), [a, b]);
  assert.equal(read(''), []);
});

x('says where each record stands in bytes', () => {
  const text = `{"t":"é"}\n ${A}\n`;
  assert.equal(
    [...readJsonLines(Buffer.from(text))].map(({ offset, length }) => [offset, length]),
    [
      [0, 10],
      [12, 18],
    ],
  );
});

x('reports a torn last line and a torn line in the middle', () => {
  assert.equal(read(`${A}\n${B.slice(0, 20)}`), [a, 'torn 19+20']);
  assert.equal(read(`${A.slice(0, 9)}\n${B}\n`), ['torn 0+9', b]);
  assert.equal(read(`${A}\nhello\n`), [a, 'not-json 19+5']);
  assert.equal(read(`${A}\nhello`), [a, 'torn 19+5']);
});

x('reads records glued on one line', () => {
  assert.equal(read(`${A}${B}\n${A} ${A}\n`), [a, b, a, a]);
});

x('finds the whole record behind a torn one, not an object inside the torn one', () => {
  const torn = '{"type":"c","message":{"content":[{"type":"text","text":"cut he';
  assert.equal(read(`${torn}${B}\n`, { isRecord: (value) => !('text' in value) }), [
    `torn 0+${torn.length}`,
    b,
  ]);
  assert.equal(read('{"type":"c","x":[{"type":"text"},{"no":1},\n', { isRecord: () => false }), [
    'torn 0+42',
  ]);
  assert.equal(read(`{"x":{"no":"type"},"y":"${A}\n`), ['torn 0+24', a]);
});

x('passes over runs of NUL and reads what stands around them', () => {
  assert.equal(read(`${A}\n${'\0'.repeat(5)}${B}\n`), [a, 'nul 19+5', b]);
  assert.equal(read(`${A}\0\0${B}\0\n${A}\n\0\0\0`), [a, 'nul 18+2', b, 'nul 54+1', a, 'nul 75+3']);
});

x('reads an array of records in place of lines, closed or not', () => {
  assert.equal(read(`[${A},${B}]`), [a, b]);
  assert.equal(read(` [\n  ${A},\n  ${B}\n]\n`), [a, b]);
  assert.equal(read(`[${A},${B.slice(0, 12)}`), [a, `torn 20+12`]);
});

x('keeps bytes that are no UTF-8, lone surrogates and raw line separators readable', () => {
  const odd = Buffer.concat([
    Buffer.from('{"t":"'),
    Buffer.from([0xff, 0xfe]),
    Buffer.from('"}\n'),
  ]);
  assert.equal(read(odd), [{ t: '\ufffd\ufffd' }]);
  assert.equal(read('{"t":"cut \\ud83d"}\n{"t":"a\u2028b"}\n'), [
    { t: 'cut \ud83d' },
    { t: 'a\u2028b' },
  ]);
});

x('does not parse a line over the limit', () => {
  const long = `{"t":"${'x'.repeat(100)}"}`;
  assert.equal(read(`${long}\n${A}\n`, { lineBytesMax: long.length - 1 }), ['too-long 0+108', a]);
  assert.is(read(`${long}\n`, { lineBytesMax: long.length }).length, 1);
});

x('reads no more than so many records, and names the rest', () => {
  assert.equal(read(`${A}\n${B}\n${A}${A}\n`, { entriesMax: 3 }), [a, b, a, 'too-many 72+18']);
  assert.equal(read(`${A}\n${B}\n`, { entriesMax: 2 }), [a, b]);
});

x('does not parse what holds millions of values, but a text of any length', () => {
  const dense = `{"type":"a","x":[${'[],'.repeat(2_000_000)}1]}`;
  assert.equal(read(`${dense}\n${A}\n`), [`too-long 0+${dense.length}`, a]);
  const text = `{"type":"a","x":"${'[,{\\"'.repeat(1_000_000)}"}`;
  assert.is((read(`${text}\n`)[0] as { x: string }).x.length, 4_000_000);
});

x('takes hostile nesting without recursion and without long searches', () => {
  const deep = `{"type":"a","x":${'['.repeat(100_000)}${']'.repeat(100_000)}}`;
  assert.is(read(`${deep}${A}\n`).length, 2);
  assert.equal(read('{"a":'.repeat(50_000)), ['torn 0+250000']);
  assert.equal(Object.keys(read('{"__proto__":{"x":1}}\n')[0] as object), ['__proto__']);
});

x('finds the fields of an object in place, whatever their values hold', () => {
  const text = '{ "a" : "}\\"," , "\\u0062":{"a":[1,"]"]}, "c": -1.50e3 ,"d":null,"d":true}';
  assert.equal(
    fieldsOf(text).map(({ key, valueStart, valueEnd }) => [key, text.slice(valueStart, valueEnd)]),
    [
      ['a', '"}\\","'],
      ['b', '{"a":[1,"]"]}'],
      ['c', '-1.50e3'],
      ['d', 'null'],
      ['d', 'true'],
    ],
  );
  assert.equal(fieldsOf('{}'), []);
  assert.is(endOfValue('{"a":"b', 0), -1);
  assert.is(endOfValue('{"a":{}', 0), -1);
});

x('decodes gzip within a limit, and gives plain bytes back as they are', () => {
  const plain = Buffer.from(`${A}\n`);
  assert.is(decodeTranscript(plain).bytes, plain);
  const gzip = gzipSync(plain);
  assert.equal(Buffer.from(decodeTranscript(gzip).bytes), plain);
  assert.is(decodeTranscript(gzip).compression, 'gzip');
  assert.match(decodeTranscript(gzip, { bytesMax: 5 }).problem ?? '', 'could not be decompressed');
  assert.match(decodeTranscript(gzip.subarray(0, 20)).problem ?? '', 'could not be decompressed');
});

x('decodes zstd where Node can, and says so where it cannot', () => {
  const zstd = Buffer.from('28b52ffd0000', 'hex');
  const without = decodeTranscript(zstd, { zstdDecompress: undefined });
  assert.match(without.problem ?? '', 'this Node.js cannot read');
  assert.is(without.bytes.length, 0);
  const decoded = decodeTranscript(zstd, { zstdDecompress: () => Buffer.from(A) });
  assert.is(Buffer.from(decoded.bytes).toString(), A);
  assert.ok(decodeTranscript(zstd).problem);
});

x.run();
