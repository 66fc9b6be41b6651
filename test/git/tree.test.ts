import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { EMPTY_TREE, hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { type RawName, rawFromBytes, rawName } from '../../src/git/raw-path.ts';
import { encodeTree, parseTree, type TreeEntry, type TreeMode } from '../../src/git/tree.ts';
import { withBareRepository } from '../support/bare-repository.ts';
import { git } from '../support/git-oracle.ts';

const x = suite('tree');
const blob = hashObject('blob', Buffer.alloc(0));

function entry(mode: TreeMode, name: string): TreeEntry {
  return { mode, name: rawName(name), id: mode === '40000' ? EMPTY_TREE : blob };
}

function refuses(action: () => unknown, code: string, message: RegExp): void {
  assert.throws(
    action,
    (error: unknown) =>
      error instanceof GsessError && error.code === code && message.test(error.message),
  );
}

/** A tree written by hand, to be as wrong as wanted. */
function handmade(...entries: readonly (readonly [mode: string, name: string])[]): Buffer {
  const id = Buffer.from(blob, 'hex');
  return Buffer.concat(
    entries.flatMap(([mode, name]) => [Buffer.from(`${mode} ${name}\0`, 'latin1'), id]),
  );
}

const kinds: readonly TreeEntry[] = [
  entry('40000', 'a'),
  entry('100644', 'a.b'),
  entry('100755', 'a-b'),
  entry('120000', 'a0'),
  entry('40000', 'a.c'),
  entry('100644', 'B'),
  entry('100644', 'back\\slash'),
  entry('100644', 'größe'),
  entry('100644', ' leading and trailing '),
  entry('100644', 'line\nend'),
  { mode: '100644', name: rawFromBytes(Buffer.from([0xff, 0xfe])), id: blob },
];

x('writes the very tree git mktree makes of the same entries', () =>
  withBareRepository(({ directory }) => {
    git(directory, ['hash-object', '-w', '--stdin']);
    git(directory, ['hash-object', '-w', '-t', 'tree', '--stdin']);
    const lines = kinds.map(({ mode, name, id }) => {
      const type = mode === '40000' ? 'tree' : 'blob';
      return Buffer.from(`${mode.padStart(6, '0')} ${type} ${id}\t${name}\0`, 'latin1');
    });
    const made = git(directory, ['mktree', '-z'], { input: Buffer.concat(lines) });
    assert.is(hashObject('tree', encodeTree(kinds)), made.toString().trim());
  }),
);

x('reads back what it wrote, in order, names byte for byte', () => {
  const read = parseTree(encodeTree(kinds));
  assert.equal(
    read.map(({ name }) => name),
    [
      ' leading and trailing ',
      'B',
      'a-b',
      'a.b',
      'a.c',
      'a',
      'a0',
      'back\\slash',
      rawName('größe'),
      'line\nend',
      '\xff\xfe',
    ],
  );
  assert.equal(parseTree(encodeTree(read)), read);
  assert.equal(parseTree(encodeTree([])), []);
});

x('refuses to write a name that git could not hold', () => {
  for (const name of ['', '.', '..', 'a/b', 'a\0b']) {
    refuses(() => encodeTree([entry('100644', name)]), 'usage', /cannot hold the name/);
  }
});

x('refuses to write a name twice, even as a file and a directory that stand apart', () => {
  const twice = [entry('100644', 'a'), entry('100644', 'a')];
  const apart = [entry('100644', 'a'), entry('100644', 'a.b'), entry('40000', 'a')];
  const beside = [entry('100644', 'a'), entry('100644', 'a.b'), entry('40000', 'a.c')];
  refuses(() => encodeTree(twice), 'usage', /twice/);
  refuses(() => encodeTree(apart), 'usage', /twice/);
  assert.is(parseTree(encodeTree(beside)).length, 3);
});

x('refuses to read names that would lead a restore elsewhere', () => {
  for (const name of ['', '.', '..', 'a/b', '../up']) {
    refuses(() => parseTree(handmade(['100644', name])), 'object-damaged', /name/);
  }
});

x('refuses to read entries out of order or twice', () => {
  const file = '100644';
  refuses(() => parseTree(handmade([file, 'b'], [file, 'a'])), 'object-damaged', /out of order/);
  refuses(() => parseTree(handmade([file, 'a'], [file, 'a'])), 'object-damaged', /twice/);
  refuses(
    () => parseTree(handmade([file, 'a'], [file, 'a.b'], ['40000', 'a'])),
    'object-damaged',
    /twice/,
  );
});

x('refuses to read modes gsess never writes', () => {
  for (const mode of ['100664', '160000', '040000', '', '777', '1006440']) {
    refuses(() => parseTree(handmade([mode, 'a'])), 'object-damaged', /mode/);
  }
});

x('refuses to read a tree cut at any byte within an entry', () => {
  const content = encodeTree([entry('100644', 'name'), entry('40000', 'other')]);
  const whole = new Set([0, '100644 name'.length + 21, content.length]);
  for (let length = 0; length <= content.length; length += 1) {
    const cut = content.subarray(0, length);
    if (whole.has(length)) parseTree(cut);
    else refuses(() => parseTree(cut), 'object-damaged', /ends within/);
  }
});

x('writes ten thousand names that begin alike without checking each against all', () => {
  const entries = Array.from({ length: 10_000 }, (_, index) => ({
    mode: '100644' as const,
    name: `name-${index}` as RawName,
    id: blob as ObjectId,
  }));
  assert.is(parseTree(encodeTree(entries)).length, 10_000);
});

x.run();
