import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { parseName, tagSlug } from '../../src/session/name.ts';

const x = suite('Names of sessions and tags');

x('are what people type, trimmed', () => {
  assert.is(parseName('  before refactor  ', 'tag'), 'before refactor');
  assert.is(parseName('x', 'tag'), 'x');
  assert.is(parseName('名前', 'session'), '名前');
  assert.is([...parseName('😀'.repeat(100), 'session')].length, 100);
});

for (const [text, why] of [
  ['', /is empty/],
  ['   ', /is empty/],
  ['😀'.repeat(101), /longer than 100/],
  ['a\u001b[31m', /control character/],
  ['a\nb', /control character/],
  ['\ud800', /control character/],
  ['42', /list number/],
  ['Latest', /meaning of its own/],
  ['last', /meaning of its own/],
  ['0F8FAD5B-D9CB-469F-A165-70867728950E', /reads as an id/],
  ['x@2', /a turn or an ancestor/],
  ['x~', /a turn or an ancestor/],
] as const) {
  x(`are refused: ${JSON.stringify(text).slice(0, 40)}`, () => {
    assert.throws(
      () => parseName(text, 'session'),
      (error: { code?: string; message: string }) =>
        error.code === 'name-invalid' && why.test(error.message),
    );
  });
}

x('become ref names that no two names share, on any file system', () => {
  assert.is(tagSlug('before-refactor'), 'before-refactor');
  const names = [
    'Before-Refactor',
    'before refactor',
    'before_refactor',
    '名前',
    'a'.repeat(61),
    '…',
  ];
  const slugs = names.map(tagSlug);
  for (const slug of slugs) assert.match(slug, /^[a-z0-9]+(-[a-z0-9]+)*$/);
  assert.ok(slugs.every((slug) => slug.length <= 60));
  assert.is(new Set(slugs).size, names.length);
});

x.run();
