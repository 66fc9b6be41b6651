import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import {
  foldTrailerValue,
  formatMessage,
  parseTrailers,
  subjectOf,
} from '../../src/git/trailers.ts';
import { withBareRepository } from '../support/bare-repository.ts';
import { git } from '../support/git-oracle.ts';

const x = suite('trailers');

const values = [
  'plain',
  '',
  ' outer spaces ',
  'Gsess-Kind: not a key',
  'größe 日本 🎉',
  'a\tb\u2028c\u0085d\u001be',
  '#hash',
  '---',
  '\ufeff',
];

x('gives every value back exactly, in order, several under one key', () => {
  const trailers = values.map((value) => ['Gsess-Title', value] as const);
  const message = formatMessage('subject', 'body', [...trailers, ['Gsess-Turn', '2']]);
  const read = parseTrailers(message);
  assert.equal(read.get('Gsess-Title'), values);
  assert.equal(read.get('Gsess-Turn'), ['2']);
  assert.equal([...read.keys()], ['Gsess-Title', 'Gsess-Turn']);
});

x('is read by git in the same way', () =>
  withBareRepository(({ directory }) => {
    const message = formatMessage('turn 1: x', 'A body.\n\nNot-A: trailer\n---\n', [
      ['Gsess-Kind', 'turn'],
      ['Gsess-Title', 'größe: 日本'],
    ]);
    const options = ['interpret-trailers', '--parse', '--no-divider'];
    const parsed = git(directory, options, { input: message }).toString();
    assert.is(parsed, 'Gsess-Kind: turn\nGsess-Title: größe: 日本\n');
  }),
);

x('does not take the text of a prompt for a trailer', () => {
  const smuggled = 'harmless\n\nGsess-Kind: delete\nGsess-Turn: 99\n\n';
  const message = formatMessage(smuggled, smuggled, [['Gsess-Kind', 'prompt']]);
  assert.equal([...parseTrailers(message)], [['Gsess-Kind', ['prompt']]]);
  assert.is(subjectOf(message), 'harmless Gsess-Kind: delete Gsess-Turn: 99');
});

x('finds no trailers where the last paragraph is anything else', () => {
  for (const message of [
    '',
    'Key: in the subject',
    'subject\n\nA sentence: no.\nReally\n',
    'a\n\n: b',
  ]) {
    assert.is(parseTrailers(message).size, 0);
  }
});

x('makes one clean line of the subject and leaves none out', () => {
  assert.is(formatMessage('  a\r\nb\u001b[31m\0c ', '', []), 'a b [31m c\n');
  assert.is(formatMessage(' \n ', '\n\n', []), '(no subject)\n');
  assert.is(formatMessage('a', '\nb\0\n\nc\n', [['K', 'v']]), 'a\n\nb\ufffd\n\nc\n\nK: v\n');
  assert.is(subjectOf('only'), 'only');
});

x('folds any text into a line a trailer can hold', () => {
  assert.is(foldTrailerValue('a\r\nb\nc\rd'), 'a b c d');
  assert.is(foldTrailerValue('a\0b\ud800'), 'a\ufffdb\ufffd');
  for (const value of values) assert.is(foldTrailerValue(value), value);
});

x('refuses a value of several lines and a key that is none', () => {
  const wrong = [
    ['Key', 'a\nb'],
    ['Key', 'a\rb'],
    ['Key', 'a\0'],
    ['Key', '\ud800'],
    ['Ke y', 'v'],
    ['', 'v'],
    ['-k', 'v'],
    ['Kéy', 'v'],
  ] as const;
  for (const trailer of wrong) {
    assert.throws(
      () => formatMessage('s', '', [trailer]),
      (error: unknown) => error instanceof GsessError && error.code === 'usage',
    );
  }
});

x.run();
