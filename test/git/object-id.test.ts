import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import {
  EMPTY_TREE,
  hashObject,
  isObjectId,
  isObjectType,
  objectIdAt,
  parseObjectId,
} from '../../src/git/object-id.ts';
import { withBareRepository } from '../support/bare-repository.ts';
import { gitText } from '../support/git-oracle.ts';

const x = suite('object-id');

x('names content exactly as git hash-object does', () =>
  withBareRepository(({ directory }) => {
    const contents = ['', 'a', 'two\nlines\n', '\0\xff\xfe', 'x'.repeat(100_000)];
    for (const text of contents) {
      const content = Buffer.from(text, 'latin1');
      const expected = gitText(directory, ['hash-object', '--stdin'], { input: content });
      assert.is(hashObject('blob', content), expected);
    }
    const tree = gitText(directory, ['hash-object', '-t', 'tree', '--stdin']);
    assert.is(hashObject('tree', Buffer.alloc(0)), tree);
    assert.is(EMPTY_TREE, tree);
  }),
);

x('takes forty lower-case hexadecimal digits for an id and nothing else', () => {
  assert.ok(isObjectId(EMPTY_TREE));
  assert.is(parseObjectId(EMPTY_TREE), EMPTY_TREE);
  for (const text of ['', 'abc', EMPTY_TREE.toUpperCase(), `${EMPTY_TREE}\n`, `${EMPTY_TREE}0`]) {
    assert.not(isObjectId(text));
    assert.throws(
      () => parseObjectId(text),
      (error: unknown) => error instanceof GsessError && error.code === 'usage',
    );
  }
});

x('knows the four types', () => {
  assert.equal(['blob', 'tree', 'commit', 'tag', 'delta', ''].map(isObjectType), [
    true,
    true,
    true,
    true,
    false,
    false,
  ]);
});

x('reads an id from its bytes', () => {
  const bytes = Buffer.concat([Buffer.from([1, 2]), Buffer.from(EMPTY_TREE, 'hex')]);
  assert.is(objectIdAt(bytes, 2), EMPTY_TREE);
});

x.run();
