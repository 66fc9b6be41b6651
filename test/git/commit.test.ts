import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import {
  type Commit,
  encodeCommit,
  formatSignature,
  parseCommit,
  type Signature,
} from '../../src/git/commit.ts';
import { EMPTY_TREE, type ObjectId } from '../../src/git/object-id.ts';
import { encodeTag, parseTag, type Tag } from '../../src/git/tag.ts';
import { looseBatch, withBareRepository } from '../support/bare-repository.ts';
import { assertFsckClean, git, gitText } from '../support/git-oracle.ts';

const x = suite('commit and tag');

const author: Signature = {
  name: 'Claude Code',
  email: 'agent@gsess.local',
  at: 1_763_712_345_000,
  offsetMinutes: 345,
};
const committer: Signature = { ...author, name: 'gsess', offsetMinutes: -150 };
const root: Commit = {
  tree: EMPTY_TREE,
  parents: [],
  author,
  committer,
  message: 'turn 1: größe 日本 🎉\n\nbody\n',
};

function damaged(action: () => unknown): void {
  assert.throws(
    action,
    (error: unknown) => error instanceof GsessError && error.code === 'object-damaged',
  );
}

function refused(action: () => unknown): void {
  assert.throws(action, (error: unknown) => error instanceof GsessError && error.code === 'usage');
}

x('writes commits and tags that git reads and fsck accepts', () =>
  withBareRepository(({ directory, store }) => {
    const batch = looseBatch(store);
    batch.put('tree', Buffer.alloc(0));
    const first = batch.put('commit', encodeCommit(root));
    const second = batch.put('commit', encodeCommit({ ...root, parents: [first] }));
    const merge = batch.put('commit', encodeCommit({ ...root, parents: [second, first] }));
    const tag = batch.put(
      'tag',
      encodeTag({ object: merge, type: 'commit', name: 'v-1', tagger: committer, message: 'n\n' }),
    );
    batch.flush();
    git(directory, ['update-ref', 'refs/heads/main', merge]);
    git(directory, ['update-ref', 'refs/tags/v-1', tag]);
    assertFsckClean(directory);
    const format = '%an|%ae|%ad|%cn|%cd|%P|%B';
    assert.is(
      gitText(directory, ['log', '-1', '--date=raw', `--format=${format}`, merge]),
      [
        'Claude Code|agent@gsess.local|1763712345 +0545|gsess|1763712345 -0230',
        `${second} ${first}`,
        'turn 1: größe 日本 🎉\n\nbody\n',
      ].join('|'),
    );
    assert.equal(store.readCommit(merge), { ...root, parents: [second, first] });
    assert.is(store.readTag(tag).object, merge);
  }),
);

x('reads commits and tags that git wrote', () =>
  withBareRepository(({ directory, store }) => {
    const tree = git(directory, ['hash-object', '-w', '-t', 'tree', '--stdin']).toString().trim();
    const id = gitText(directory, ['commit-tree', tree, '-m', 'made by git']) as ObjectId;
    git(directory, ['tag', '-a', '-m', 'annotated', 'v1', id]);
    const tagId = gitText(directory, ['rev-parse', 'refs/tags/v1']) as ObjectId;
    assert.equal(store.readCommit(id), {
      tree,
      parents: [],
      author: {
        name: 'Oracle Author',
        email: 'author@oracle.example',
        at: 1_700_000_000_000,
        offsetMinutes: 60,
      },
      committer: {
        name: 'Oracle Committer',
        email: 'committer@oracle.example',
        at: 1_700_000_060_000,
        offsetMinutes: -150,
      },
      message: 'made by git\n',
    });
    const tag = store.readTag(tagId);
    assert.equal(
      [tag.object, tag.type, tag.name, tag.message],
      [id, 'commit', 'v1', 'annotated\n'],
    );
  }),
);

x('comes back equal, whatever the message', () => {
  for (const message of [
    '',
    '\n',
    'no end',
    'a\n\nb\n\n\n',
    '\n\nleading',
    'tab\tand \u2028 too',
  ]) {
    const commit = { ...root, message };
    assert.equal(parseCommit(encodeCommit(commit)), commit);
    const tag: Tag = { object: EMPTY_TREE, type: 'tree', name: 'n', tagger: author, message };
    assert.equal(parseTag(encodeTag(tag)), tag);
  }
});

x('makes a signature safe instead of failing on it', () => {
  const strange = { name: ' <b>\nx\0 ', email: 'a<b>@c\n', at: -5, offsetMinutes: 0 };
  assert.is(formatSignature(strange), 'bx <ab@c> 0 +0000');
  const empty = { name: '', email: '', at: 1999, offsetMinutes: -0 };
  assert.is(formatSignature(empty), ' <> 1 +0000');
  const back = parseCommit(encodeCommit({ ...root, author: empty }));
  assert.equal(back.author, { name: '', email: '', at: 1000, offsetMinutes: 0 });
});

x('refuses a date that is none, and a NUL in a message', () => {
  for (const at of [Number.NaN, Number.POSITIVE_INFINITY, 9e15]) {
    refused(() => formatSignature({ ...author, at }));
  }
  refused(() => formatSignature({ ...author, offsetMinutes: 10_000 }));
  refused(() => encodeCommit({ ...root, message: 'a\0b' }));
});

x('refuses a tag name that would break out of its line', () => {
  for (const name of ['', 'a\nb', 'a\0b']) {
    refused(() =>
      encodeTag({ object: EMPTY_TREE, type: 'tree', name, tagger: author, message: '' }),
    );
  }
});

x('passes over headers it does not know', () => {
  const text = encodeCommit(root).toString();
  const signed = text.replace('\n\n', '\ngpgsig -----BEGIN-----\n \n -----END-----\n\n');
  assert.equal(parseCommit(Buffer.from(signed)), root);
});

x('reports a commit or tag with headers missing or senseless as damaged', () => {
  const text = encodeCommit(root).toString();
  const wrong = [
    '',
    'tree',
    text.slice(0, 20),
    text.replace('tree ', 'tre '),
    text.replace(EMPTY_TREE, 'x'.repeat(40)),
    text.replace('author ', 'auth '),
    text.replace('committer ', 'nobody '),
    text.replace('+0545', '0545'),
    text.replace('\nauthor', '\nparent 12\nauthor'),
  ];
  for (const content of wrong) damaged(() => parseCommit(Buffer.from(content)));
  const tag = encodeTag({
    object: EMPTY_TREE,
    type: 'tree',
    name: 'n',
    tagger: author,
    message: 'm',
  }).toString();
  for (const content of ['', tag.replace('type tree', 'type wood'), tag.replace('tagger', 'by')]) {
    damaged(() => parseTag(Buffer.from(content)));
  }
});

x.run();
