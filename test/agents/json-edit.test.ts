import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { appendItem, removeItem, replaceScalar } from '../../src/agents/hooks-file/json-edit.ts';
import {
  type JsonContainer,
  type JsonValue,
  memberOf,
  nestingMax,
  scanJson,
} from '../../src/agents/hooks-file/json-scan.ts';
import { GsessError } from '../../src/errors.ts';

const x = suite('edits of a JSON text');

function container(value: JsonValue): JsonContainer {
  if (value.kind === 'scalar') throw new Error('not a container');
  return value;
}

const root = (text: string): JsonContainer => container(scanJson(text));

/** What the scanner understood, as plain values. */
function plain(value: JsonValue): unknown {
  if (value.kind === 'scalar') return value.value;
  if (value.kind === 'array') return value.items.map((item) => plain(item.value));
  return Object.fromEntries(value.items.map((item) => [item.key, plain(item.value)]));
}

x('the scanner reads what JSON.parse reads, with positions', () => {
  const text = '{"a": [1, -2.5e3, true, false, null, "x\\"\\u00fc\\\\"], "b": {"c": {}}, "": []}';
  assert.equal(plain(scanJson(text)), JSON.parse(text));
  const item = memberOf(root(text), 'b');
  assert.is(text.slice(item?.start, item?.value.end), '"b": {"c": {}}');
});

x('the scanner tolerates a byte order mark, comments, trailing commas and duplicate keys', () => {
  const text = '\uFEFF// top\r\n{ /* a */ "a" /* b */ : // c\r\n 1, "a": [2, /* d */], }\r\n// end';
  assert.equal(plain(scanJson(text)), { a: [2] });
  assert.is(memberOf(root(text), 'a')?.value.kind, 'array');
});

const FAULTS = [
  '',
  ' ',
  '{',
  '[',
  '{"a"}',
  '{"a":}',
  '{"a":1 "b":2}',
  '[1 2]',
  '{,}',
  '[,]',
  '[1,,2]',
  '{a:1}',
  '{1:2}',
  "{'a':1}",
  '{"a":1}}',
  '{"a":1} x',
  '"\n"',
  '"\\x"',
  '"open',
  '01',
  '-',
  '1.',
  '+1',
  'nul',
  'undefined',
  '{"a":1]',
  '/* open',
  '[1',
  '{"a":1',
  '{"a":1,',
];

x('what is not JSON is refused with a place', () => {
  for (const text of FAULTS) {
    try {
      scanJson(text);
      assert.unreachable(`accepted ${JSON.stringify(text)}`);
    } catch (error) {
      assert.instance(error, GsessError, text);
      if (error instanceof GsessError) assert.is(error.code, 'settings-invalid');
    }
  }
  assert.throws(() => scanJson('{\n  "a": 1,\n  b\n}'), /at line 3, column 3, a value is missing/);
});

x('nesting is bounded', () => {
  const nested = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
  scanJson(nested(nestingMax));
  scanJson(nested(nestingMax + 1));
  assert.throws(() => scanJson(nested(nestingMax + 2)), /nests deeper/);
  assert.throws(() => scanJson('['.repeat(100_000)), /nests deeper/);
});

/** The text, a key (none for an array), and the text with `{"n": [1]}` or `[1]` added. */
const APPENDED: readonly [string, string | undefined, string][] = [
  ['{}', 'n', '{\n  "n": [\n    1\n  ]\n}'],
  ['{\n}\n', 'n', '{\n  "n": [\n    1\n  ]\n}\n'],
  ['[]', undefined, '[\n  [\n    1\n  ]\n]'],
  ['{"a":1}', 'n', '{"a":1,"n":[1]}'],
  ['{"a": 1}', 'n', '{"a": 1, "n": [ 1 ]}'],
  ['[1]', undefined, '[1, [ 1 ]]'],
  ['{\n  "a": 1\n}', 'n', '{\n  "a": 1,\n  "n": [\n    1\n  ]\n}'],
  ['{\n\t"a": 1\n}', 'n', '{\n\t"a": 1,\n\t"n": [\n\t\t1\n\t]\n}'],
  [
    '{\r\n    "a": 1\r\n}\r\n',
    'n',
    '{\r\n    "a": 1,\r\n    "n": [\r\n        1\r\n    ]\r\n}\r\n',
  ],
  ['{\n  "a": 1,\n}', 'n', '{\n  "a": 1,\n  "n": [\n    1\n  ],\n}'],
  ['{\n  "a": 1 // one\n}', 'n', '{\n  "a": 1, // one\n  "n": [\n    1\n  ]\n}'],
  [
    '{\n  "a": 1, // one\n  // two\n}',
    'n',
    '{\n  "a": 1, // one\n  // two\n  "n": [\n    1\n  ],\n}',
  ],
  ['{ // none\n}', 'n', '{ // none\n  "n": [\n    1\n  ]\n}'],
  ['{"a": 1 /* c */}', 'n', '{"a": 1, /* c */\n"n": [\n  1\n]}'],
];

for (const [before, key, after] of APPENDED) {
  x(
    `an item joins ${JSON.stringify(before)} in its layout, and leaves no trace when removed`,
    () => {
      const added = key === undefined ? { value: [1] } : { key, value: [1] };
      const text = appendItem(before, root(before), added);
      assert.is(text, after);
      const grown = root(text);
      const last = grown.items.at(-1);
      if (last === undefined) return assert.unreachable('nothing was added');
      const emptied = before === '{\n}\n' ? '{}\n' : before;
      assert.is(removeItem(text, grown, last), emptied);
    },
  );
}

/** The text, the index of the item to remove, and what is left. */
const REMOVED: readonly [string, number, string][] = [
  ['[1, 2, 3]', 0, '[2, 3]'],
  ['[1, 2, 3]', 1, '[1, 3]'],
  ['[1, 2, 3]', 2, '[1, 2]'],
  ['[1]', 0, '[]'],
  ['[ 1, ]', 0, '[ ]'],
  ['[1, 2,]', 1, '[1,]'],
  ['{\n  "a": 1,\n  "b": 2\n}', 0, '{\n  "b": 2\n}'],
  ['{\n  "a": 1,\n  "b": 2\n}', 1, '{\n  "a": 1\n}'],
  ['{\n  "a": 1, // one\n  "b": 2\n}', 0, '{ // one\n  "b": 2\n}'],
  ['{\n  "a": 1, // one\n  "b": 2\n}', 1, '{\n  "a": 1 // one\n}'],
  ['{\n  // about a\n  "a": 1\n}', 0, '{\n  // about a\n}'],
];

for (const [before, index, after] of REMOVED) {
  x(`removing item ${index} of ${JSON.stringify(before)} leaves the rest as it was`, () => {
    const items = root(before);
    const item = items.items[index];
    if (item === undefined) return assert.unreachable('no such item');
    assert.is(removeItem(before, items, item), after);
  });
}

x('a scalar is replaced where it stands', () => {
  const text = '{"a": "x" /* why */, "b": 1}';
  const value = memberOf(root(text), 'a')?.value;
  if (value?.kind !== 'scalar') return assert.unreachable('not a scalar');
  assert.is(replaceScalar(text, value, 'C:\\y'), '{"a": "C:\\\\y" /* why */, "b": 1}');
});

x.run();
