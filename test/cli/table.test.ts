import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { nearWords } from '../../src/cli/near-words.ts';
import { renderPairs, renderTable } from '../../src/cli/table.ts';
import { ageText, bytesText } from '../../src/ui/human-units.ts';
import { padText, textWidth, truncateText, wrapText } from '../../src/ui/text-width.ts';

const width = suite('text width');

width('counts columns, not characters', () => {
  assert.is(textWidth('abc'), 3);
  assert.is(textWidth('日本'), 4);
  assert.is(textWidth('e\u0301'), 1);
  assert.is(textWidth('👍'), 2);
  assert.is(textWidth('❤\ufe0f'), 2);
  assert.is(textWidth('한'), 2);
  assert.is(textWidth('é½→'), 3);
});

width('cuts to columns and says that it did', () => {
  assert.is(truncateText('abcdef', 6), 'abcdef');
  assert.is(truncateText('abcdefg', 6), 'abcde…');
  assert.is(truncateText('日本語', 5), '日本…');
  assert.is(truncateText('日本語', 4), '日…');
  assert.is(truncateText('abc', 1), '…');
  assert.is(truncateText('abc', 0), '');
});

width('fills up to columns on either side', () => {
  assert.is(padText('日', 4), '日  ');
  assert.is(padText('7', 3, 'right'), '  7');
  assert.is(padText('long', 2), 'long');
});

width('breaks at spaces only', () => {
  assert.equal(wrapText('aa bb cc', 5), ['aa bb', 'cc']);
  assert.equal(wrapText('a\n  b incomprehensible c', 4), ['a b', 'incomprehensible', 'c']);
  assert.equal(wrapText('  ', 4), []);
});

const table = suite('table');
const columns = [
  { heading: '#', align: 'right' as const },
  { heading: 'TITLE', isFlexible: true },
  { heading: 'NONE' },
  { heading: 'ID' },
];

table('lines up cells, makes them safe and leaves out empty columns', () => {
  const rows = [
    ['1', 'first\u001b[2J', '', 'aa'],
    ['10', '日本', '', 'bb'],
  ];
  assert.is(
    renderTable(columns, rows),
    [' #  TITLE         ID', ' 1  first\\x1b[2J  aa', '10  日本          bb'].join('\n'),
  );
});

table('cuts the flexible column to fit the screen, and no other', () => {
  const rows = [['1', 'a title that is rather long', '', 'abcdef']];
  const lines = renderTable(columns, rows, 30).split('\n');
  assert.is(lines[1], '1  a title that is ra…  abcdef');
  assert.is(renderTable(columns, rows, 5).split('\n')[1], '1  a title tha…  abcdef');
});

table('paints cells, not headings', () => {
  const painted = renderTable([{ heading: 'A', paint: (text) => `<${text}>` }], [['x']]);
  assert.is(painted, 'A\n<x>');
});

table('shows pairs, without those that have no value', () => {
  const pairs = [['a', '1'] as const, ['none', ''] as const, ['long', 'x\ny'] as const];
  assert.is(renderPairs(pairs), 'a     1\nlong  x y');
});

const units = suite('units for people');
const DAY = 86_400_000;

units('gives an age in one unit', () => {
  const now = 1e12;
  const ages = [0, 1000, 59_000, 120_000, 2 * 3_600_000, 3 * DAY, 90 * DAY, 1000 * DAY];
  assert.equal(
    ages.map((age) => ageText(now - age, now)),
    [
      ...['now', '1 second ago', '59 seconds ago', '2 minutes ago', '2 hours ago'],
      ...['3 days ago', '3 months ago', '2 years ago'],
    ],
  );
  assert.is(ageText(Number.NaN, now), 'at an unknown time');
  assert.is(ageText(now + 5000, now), 'now');
});

units('gives a size with one digit after the point', () => {
  const sizes = [0, 999, 1000, 1_500_000, 999_949, 999_960, 2.5e13, 5e15];
  const expected = [
    '0 B',
    '999 B',
    '1.0 kB',
    '1.5 MB',
    '999.9 kB',
    '1.0 MB',
    '25.0 TB',
    '5000.0 TB',
  ];
  assert.equal(sizes.map(bytesText), expected);
});

const near = suite('near words');

near('finds what a slip of the finger meant, nearest first', () => {
  const known = ['list', 'log', 'restore', 'resume', 'rename', 'undo', 'redo', 'git'];
  assert.equal(nearWords('lsit', known), ['list']);
  assert.equal(nearWords('res', known), ['restore', 'resume', 'redo']);
  assert.equal(nearWords('resotre', known), ['restore']);
  assert.equal(nearWords('unod', known)[0], 'undo');
  assert.equal(nearWords('frobnicate', known), []);
  assert.equal(nearWords('x'.repeat(1000), known), []);
});

width.run();
table.run();
units.run();
near.run();
