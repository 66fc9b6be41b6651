import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { RecentCache } from '../../src/git/recent-cache.ts';

const x = suite('recent-cache');

x('forgets what was not used for longest once the budget is spent', () => {
  const cache = new RecentCache<string, number>(4);
  for (const [index, key] of ['a', 'b', 'c', 'd'].entries()) cache.set(key, index, 1);
  assert.is(cache.get('a'), 0);
  cache.set('e', 4, 1);
  assert.is(cache.get('b'), undefined);
  assert.equal(
    ['a', 'c', 'd', 'e'].map((key) => cache.get(key)),
    [0, 2, 3, 4],
  );
});

x('does not keep a value that would push out most of the others', () => {
  const cache = new RecentCache<string, number>(8);
  cache.set('small', 1, 2);
  cache.set('large', 2, 3);
  assert.is(cache.get('large'), undefined);
  assert.is(cache.get('small'), 1);
});

x('replaces a value and its cost', () => {
  const cache = new RecentCache<string, number>(8);
  for (let round = 0; round < 20; round += 1) cache.set('a', round, 2);
  cache.set('b', 1, 2);
  assert.is(cache.get('a'), 19);
  assert.is(cache.get('b'), 1);
  cache.clear();
  assert.is(cache.get('a'), undefined);
});

x.run();
