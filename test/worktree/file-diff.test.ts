import { mkdirSync, readFileSync, readlinkSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EMPTY_TREE, hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { type RawPath, rawPath } from '../../src/git/raw-path.ts';
import {
  type BlobReader,
  diffFiles,
  type FileDiff,
  type FileDiffLimits,
} from '../../src/worktree/file-diff.ts';
import { quotedPath } from '../../src/worktree/quoted-path.ts';
import type { EntryState, TreeChange } from '../../src/worktree/tree-diff.ts';
import { git } from '../support/git-oracle.ts';
import { seededRandom } from '../support/seeded-random.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('difference of files');

type Mode = EntryState['mode'];
interface Side {
  readonly content: string;
  readonly mode?: Mode;
}
interface Change {
  readonly path: string;
  readonly before?: Side;
  readonly after?: Side;
}

/** Blobs in memory, and the changes that speak of them; content is one character per byte. */
function scene(changes: readonly Change[]): { changes: TreeChange[]; blobs: BlobReader } {
  const contents = new Map<ObjectId, Buffer>();
  const state = ({ content, mode = '100644' }: Side): EntryState => {
    if (mode === '40000') return { mode, id: EMPTY_TREE };
    const bytes = Buffer.from(content, 'latin1');
    const id = hashObject('blob', bytes);
    contents.set(id, bytes);
    return { mode, id };
  };
  const contentOf = (id: ObjectId): Buffer => {
    const content = contents.get(id);
    if (content === undefined) throw new Error(`no blob ${id}`);
    return content;
  };
  return {
    changes: changes.map(({ path, before, after }) => ({
      path: path as RawPath,
      ...(before !== undefined && { before: state(before) }),
      ...(after !== undefined && { after: state(after) }),
    })),
    blobs: {
      read: (id) => ({ type: 'blob', content: contentOf(id) }),
      sizeOf: (id) => ({ type: 'blob', size: contentOf(id).length }),
    },
  };
}

function diffsOf(changes: readonly Change[], limits?: FileDiffLimits): FileDiff[] {
  const { changes: treeChanges, blobs } = scene(changes);
  return [...diffFiles(treeChanges, blobs, limits)];
}

function patchOf(changes: readonly Change[], limits?: FileDiffLimits): Buffer {
  return Buffer.concat(diffsOf(changes, limits).map(({ patch }) => patch));
}

function changed(path: string, before: string, after: string): Change {
  return { path, before: { content: before }, after: { content: after } };
}

/** What git prints between two commits that hold the two sides. */
function gitDiff(directory: string, changes: readonly Change[]): string {
  git(directory, ['init', '--quiet', '.']);
  const commits = (['before', 'after'] as const).map((side) => {
    const input = changes.flatMap(({ path, [side]: entry }) => {
      if (entry === undefined) return [];
      const content = Buffer.from(entry.content, 'latin1');
      const id = git(directory, ['hash-object', '-w', '--stdin'], { input: content });
      return [`${entry.mode ?? '100644'} ${id.toString().trim()}\t${path}\0`];
    });
    git(directory, ['read-tree', '--empty']);
    const entries = Buffer.from(input.join(''), 'latin1');
    git(directory, ['update-index', '-z', '--index-info'], { input: entries });
    return git(directory, ['write-tree']).toString().trim();
  });
  const args = ['diff', '--no-renames', '--abbrev=7', '--no-color', '--diff-algorithm=myers'];
  return git(directory, [...args, ...commits]).toString('latin1');
}

const SAME_AS_GIT: readonly (readonly [title: string, change: Change])[] = [
  ['a line changed', changed('f', 'a\nb\nc\n', 'a\nB\nc\n')],
  ['a file added', { path: 'f', after: { content: 'a\nb\n' } }],
  ['a file of one line added', { path: 'f', after: { content: 'a\n' } }],
  ['an empty file added', { path: 'f', after: { content: '' } }],
  ['a file deleted', { path: 'f', before: { content: 'a\nb\n' } }],
  ['an empty file deleted', { path: 'f', before: { content: '', mode: '100755' } }],
  ['a file emptied', changed('f', 'a\n', '')],
  ['a file filled', changed('f', '', 'a\nb')],
  ['the last line end taken away', changed('f', 'a\nb\n', 'a\nb')],
  ['the last line end given', changed('f', 'a', 'a\n')],
  ['no last line end on either side', changed('f', 'a\nb', 'c\nb')],
  ['line ends changed', changed('f', 'a\r\nb\r\n', 'a\nb\r\n')],
  ['bytes that are not UTF-8', changed('f', 'caf\xe9\n\x85x\n', 'caf\xc3\xa9\n\x85x\n')],
  ['a form feed and a lone carriage return', changed('f', 'a\fb\rc\n', 'a\fb\rd\n')],
  ['two hunks', changed('f', `x\n${'m\n'.repeat(20)}y\n`, `X\n${'m\n'.repeat(20)}Y\n`)],
  ['hunks that touch', changed('f', `x\n${'m\n'.repeat(6)}y\n`, `X\n${'m\n'.repeat(6)}Y\n`)],
  ['binary content', changed('f', 'a\0b', 'a\0c')],
  ['text that becomes binary', changed('f', 'a\n', 'a\0\n')],
  [
    'a NUL beyond the first 8,000 bytes',
    changed('f', `${'a\n'.repeat(4000)}\0\n`, `${'a\n'.repeat(4000)}\0x\n`),
  ],
  ['a binary file added', { path: 'f g', after: { content: '\0' } }],
  [
    'the mode alone',
    { path: 'f', before: { content: 'a\n' }, after: { content: 'a\n', mode: '100755' } },
  ],
  [
    'mode and content',
    { path: 'f', before: { content: 'a\n' }, after: { content: 'b\n', mode: '100755' } },
  ],
  [
    'a link to elsewhere',
    {
      path: 'l',
      before: { content: 'x', mode: '120000' },
      after: { content: 'y', mode: '120000' },
    },
  ],
  [
    'a file that becomes a link',
    { path: 'l', before: { content: 'x\n' }, after: { content: 'x', mode: '120000' } },
  ],
  ['a name with spaces', changed('a b', 'a\n', 'b\n')],
  ['a name with spaces and quotes, added', { path: 'a "b" c', after: { content: 'b\n' } }],
  ['a name beyond ASCII', changed('d/caf\xc3\xa9\xff', 'a\n', 'b\n')],
  ['a name with control characters', changed('a\t\x01\x1b[31m\n\\', 'a\n', 'b\n')],
];

for (const [title, change] of SAME_AS_GIT) {
  test(`is shown as git shows it: ${title}`, async () => {
    await withTemporaryDirectory((directory) => {
      const expected = gitDiff(directory, [change]).replace(/^(@@ [^@]+ @@).*$/gm, '$1');
      assert.is(patchOf([change]).toString('latin1'), expected);
    });
  });
}

test('random edits make a patch that git applies, also where they are too many to compare', async () => {
  const random = seededRandom(7);
  const changes: Change[] = [];
  const text = (): string => {
    let lines = '';
    for (let count = random.below(40); count > 0; count -= 1)
      lines += `${random.pick(['a', 'b', '', 'c\r', '-- x', '++ y', '\xe9'])}\n`;
    return random.chance(0.3) ? lines.slice(0, -1) : lines;
  };
  for (let index = 0; index < 60; index += 1) {
    const [before, after] = [text(), text()];
    if (before !== after) changes.push(changed(`f ${index}`, before, after));
  }
  for (const editsMax of [2000, 3]) {
    await withTemporaryDirectory((directory) => {
      for (const { path, before } of changes)
        writeFileSync(join(directory, path), before?.content ?? '', 'latin1');
      git(directory, ['apply', '--whitespace=nowarn'], {
        input: patchOf(changes, { fileBytesMax: 1000, editsMax }),
      });
      for (const { path, after } of changes) {
        assert.is(readFileSync(join(directory, path), 'latin1'), after?.content, path);
      }
    });
  }
});

test('links, modes, additions and deletions make a patch that git applies', async () => {
  await withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 'd'));
    writeFileSync(join(directory, 'd/gone'), 'x\n');
    writeFileSync(join(directory, 'becomes link'), 'x');
    symlinkSync('x', join(directory, 'becomes file'));
    const patch = patchOf([
      {
        path: 'becomes file',
        before: { content: 'x', mode: '120000' },
        after: { content: 'new\n' },
      },
      {
        path: 'becomes link',
        before: { content: 'x' },
        after: { content: 'target', mode: '120000' },
      },
      { path: 'd/gone', before: { content: 'x\n' } },
      { path: 'n\xc3\xa9w', after: { content: 'y', mode: '100755' } },
    ]);
    git(directory, ['apply'], { input: patch });
    assert.is(readFileSync(join(directory, 'becomes file'), 'utf8'), 'new\n');
    assert.is(readlinkSync(join(directory, 'becomes link')), 'target');
    assert.is(readFileSync(join(directory, 'n\u00e9w'), 'utf8'), 'y');
    assert.throws(() => readFileSync(join(directory, 'd/gone')), /ENOENT/);
    rmSync(join(directory, 'becomes link'));
  });
});

test('added and removed lines are counted, heads of the patch are not', () => {
  const [diff] = diffsOf([changed('f', '-- a\nb\n', '++ c\nb\nd\n')]);
  assert.equal([diff?.linesAdded, diff?.linesRemoved, diff?.content], [2, 1, 'text']);
});

test('a file beyond the limit is named and never read', () => {
  const limits = { fileBytesMax: 4, editsMax: 10 };
  assert.is(diffsOf([changed('f', 'a\nb\n', 'c\n')], limits)[0]?.content, 'text');
  const { changes, blobs } = scene([changed('f', 'a\nb\n', 'c\nd\n\n')]);
  const unread: BlobReader = {
    sizeOf: blobs.sizeOf,
    read: () => {
      throw new Error('read');
    },
  };
  const [diff] = [...diffFiles(changes, unread, limits)];
  assert.is(diff?.content, 'too-large');
  assert.match(diff?.patch.toString() ?? '', 'Files a/f and b/f differ, too large to show\n');
});

test('two large files with nothing in common take bounded time', () => {
  const [before, after] = ['a', 'b'].map((letter) =>
    Array.from({ length: 60_000 }, (_, line) => `${letter}${line}\n`).join(''),
  );
  const startedAt = performance.now();
  const [diff] = diffsOf([changed('f', before ?? '', after ?? '')]);
  assert.equal([diff?.linesAdded, diff?.linesRemoved], [60_000, 60_000]);
  assert.ok(performance.now() - startedAt < 5000);
});

test('empty directories are named without a patch, and become files in two steps', () => {
  const directory = { content: '', mode: '40000' } as const;
  const diffs = diffsOf([
    { path: 'a', after: directory },
    { path: 'b', before: directory, after: { content: 'x\n' } },
    { path: 'c', before: directory },
  ]);
  assert.equal(
    diffs.map(({ path, status, content, patch }) => [path, status, content, patch.length > 0]),
    [
      ['a', 'added', 'directory', false],
      ['b', 'deleted', 'directory', false],
      ['b', 'added', 'text', true],
      ['c', 'deleted', 'directory', false],
    ],
  );
});

test('a caller that stops early causes no further reading', () => {
  const { changes, blobs } = scene([changed('f', 'a\n', 'b\n'), changed('g', 'a\n', 'c\n')]);
  let reads = 0;
  const counting: BlobReader = {
    sizeOf: blobs.sizeOf,
    read: (id) => {
      reads += 1;
      return blobs.read(id);
    },
  };
  for (const { path } of diffFiles(changes, counting)) {
    assert.is(path, 'f');
    break;
  }
  assert.is(reads, 2);
});

test('a plain name is not quoted', () => {
  assert.is(quotedPath(rawPath('a b/c~'), 'a/'), 'a/a b/c~');
  assert.is(quotedPath(rawPath('\u007f')), '"\\177"');
});

test.run();
