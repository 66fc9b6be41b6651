// Ignore files written for one rule each: git's verdict, ours, and the one we expect must be the same.

import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RawPath } from '../../src/git/raw-path.ts';
import {
  type AskedPath,
  gitVerdicts,
  makeRepository,
  ownVerdicts,
} from '../support/check-ignore.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('ignore files as git reads them');

/** Writes the ignore files and asks both; a path that ends with a slash is made as a directory. */
async function assertSameAsGit(
  files: Readonly<Record<string, string | Buffer>>,
  paths: readonly string[],
  ignoreCase = false,
): Promise<string[]> {
  return withTemporaryDirectory((directory) => {
    makeRepository(directory);
    for (const [path, content] of Object.entries(files)) {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    }
    const asked: AskedPath[] = paths.map((path) => {
      const isDirectory = path.endsWith('/');
      if (isDirectory) mkdirSync(join(directory, path), { recursive: true });
      return { path: (isDirectory ? path.slice(0, -1) : path) as RawPath, isDirectory };
    });
    const expected = gitVerdicts(directory, asked, [`core.ignoreCase=${ignoreCase}`]);
    assert.equal(ownVerdicts(directory, asked, { ignoreCase }), expected);
    return paths.filter((_, index) => expected[index] !== '');
  });
}

const CASES: readonly (readonly [
  title: string,
  files: Readonly<Record<string, string | Buffer>>,
  asked: string[],
  ignored: string[],
])[] = [
  [
    'a name matches at any depth, as a file or a directory',
    { '.gitignore': 'a\n' },
    ['a', 'x/a', 'x/y/a/', 'x/y/a/z', 'ab'],
    ['a', 'x/a', 'x/y/a/', 'x/y/a/z'],
  ],
  [
    'a slash at the end asks for a directory',
    { '.gitignore': 'a/\n' },
    ['a', 'x/a/', 'x/a/f'],
    ['x/a/', 'x/a/f'],
  ],
  [
    'a slash at the start or in the middle anchors',
    { '.gitignore': '/a\nb/c\n' },
    ['a', 'x/a', 'b/c', 'x/b/c'],
    ['a', 'b/c'],
  ],
  [
    'two slashes at the start match nothing',
    { '.gitignore': '//a\n//\n/\n' },
    ['a', 'x/a', 'b/'],
    [],
  ],
  [
    'the last line that matches decides',
    { '.gitignore': '*.o\n!a.o\n!b.o\nb.o\n' },
    ['a.o', 'b.o', 'c.o', 'x/a.o'],
    ['b.o', 'c.o'],
  ],
  [
    'a negation below an excluded directory has no effect',
    { '.gitignore': 'd/\n!d/keep\n', 'd/.gitignore': '!*\n' },
    ['d/', 'd/keep', 'd/x'],
    ['d/', 'd/keep', 'd/x'],
  ],
  [
    'a negation works where only the contents are excluded',
    { '.gitignore': 'd/*\n!d/keep\n' },
    ['d/', 'd/keep', 'd/x'],
    ['d/x'],
  ],
  [
    'a nested file counts more than those above',
    { '.gitignore': '*.log\n', 'n/.gitignore': '!*.log\n/top\n', 'n/m/.gitignore': 'x.log\n' },
    ['a.log', 'n/a.log', 'n/m/a.log', 'n/m/x.log', 'n/top', 'n/m/top', 'top'],
    ['a.log', 'n/m/x.log', 'n/top'],
  ],
  [
    'a pattern only for directories hides an earlier one from directories alone',
    { '.gitignore': 'a\n!a/\n' },
    ['x/a', 'y/a/'],
    ['x/a'],
  ],
  [
    'stars stay within a component',
    { '.gitignore': '/a*b\n/c/*/d\n' },
    ['ab', 'axb', 'a/b', 'c/d', 'c/x/d', 'c/x/y/d'],
    ['ab', 'axb', 'c/x/d'],
  ],
  [
    'two stars between slashes span components',
    { '.gitignore': 'a/**/b\n**/p/q\ns/**\n' },
    ['a/b', 'a/x/b', 'a/x/y/b', 'x/a/b', 'p/q', 'x/y/p/q', 's/', 's/t', 's/t/u'],
    ['a/b', 'a/x/b', 'a/x/y/b', 'p/q', 'x/y/p/q', 's/t', 's/t/u'],
  ],
  [
    'two stars behind a plain beginning span components too',
    { '.gitignore': '/foo**/bar\n/x/a**/b\n' },
    ['foobar', 'foo/x/bar', 'fooz/bar', 'x/ab', 'x/a/y/b'],
    ['foobar', 'foo/x/bar', 'fooz/bar', 'x/ab', 'x/a/y/b'],
  ],
  [
    'two stars between wildcards and other text are ordinary',
    { '.gitignore': '/?**x/b\n/?c**\n' },
    ['ax/b', 'ayx/b', 'a/x/b', 'acd', 'ac/d'],
    ['ax/b', 'ayx/b', 'acd', 'ac/d'],
  ],
  [
    'stars before an escaped slash',
    { '.gitignore': 'a/**\\/b\nq/*\\/r\n' },
    ['a/b', 'a/x/b', 'a/x/y/b', 'q/r', 'q/s/r'],
    ['a/x/b', 'a/x/y/b', 'q/s/r'],
  ],
  [
    'spaces at the end do not count unless escaped',
    { '.gitignore': 'a  \nb\\ \nc\\  \nd \\ \n e\n' },
    ['a', 'a  ', 'b', 'b ', 'c ', 'c  ', 'd  ', ' e', 'e'],
    ['a', 'b ', 'c ', 'd  ', ' e'],
  ],
  ['tabs at the end count', { '.gitignore': 'a\t\n' }, ['a', 'a\t'], ['a\t']],
  [
    'escapes make the next character ordinary',
    { '.gitignore': '\\#a\n\\!b\n\\*c\n#d\nx\\\\y\nz\\\n' },
    ['#a', '!b', '*c', 'xc', '#d', 'd', 'x\\y', 'z', 'z\\'],
    ['#a', '!b', '*c', 'x\\y'],
  ],
  [
    'lines may end with carriage returns, the last with nothing',
    { '.gitignore': 'a\r\nb/\r\n\r\nc\r\r\nd\r' },
    ['a', 'b/', 'c', 'c\r', 'd', '\r'],
    ['a', 'b/', 'c\r', 'd'],
  ],
  ['a byte order mark does not count', { '.gitignore': '\ufeffa\nb\n' }, ['a', 'b'], ['a', 'b']],
  ['a NUL ends the line', { '.gitignore': 'a\0b\nc\0\r\n' }, ['a', 'ab', 'c'], ['a', 'c']],
  ['only exclamation marks', { '.gitignore': '*\n!\n!!a\n!/\n' }, ['a', '!a', 'b'], ['a', 'b']],
  [
    'malformed classes match nothing',
    { '.gitignore': 'a[\nb[x\n[[:foo:]]\n[\\\n[!\n[a-\n[[:alpha:\n[a\\\n[a-\\\n' },
    ['a', 'a[', 'b[x', 'f', 'x', '['],
    [],
  ],
  [
    'brackets in classes',
    { '.gitignore': 'a[]]\nb[]-_]\nc[!]a]\nd[[]\ne[[:]\nf[a[:]\ng[\\]]\n' },
    ['a]', 'b]', 'b^', 'b_', 'b`', 'c]', 'cb', 'd[', 'e[', 'e:', 'f[', 'f:', 'fa', 'g]'],
    ['a]', 'b]', 'b^', 'b_', 'cb', 'd[', 'e[', 'e:', 'f[', 'f:', 'fa', 'g]'],
  ],
  [
    'dashes in classes',
    { '.gitignore': 'a[a-c-e]\nb[-a]\nc[a-]\nd[[:digit:]-z]\ne[c-a]\nf[\\a-\\c]\n' },
    [
      'aa',
      'ab',
      'a-',
      'ae',
      'ad',
      'b-',
      'ba',
      'c-',
      'ca',
      'cb',
      'd5',
      'd-',
      'dz',
      'da',
      'eb',
      'fb',
      'f-',
    ],
    ['aa', 'ab', 'a-', 'ae', 'b-', 'ba', 'c-', 'ca', 'd5', 'd-', 'dz', 'fb'],
  ],
  [
    'an ignore file that is a directory is no ignore file',
    { '.gitignore/x': '', a: '' },
    ['a'],
    [],
  ],
];

for (const [title, files, asked, ignored] of CASES) {
  test(`git and we agree: ${title}`, async () => {
    assert.equal(await assertSameAsGit(files, asked), ignored);
  });
}

test('each POSIX class holds the bytes that git says, with and without case', async () => {
  const classes = [
    'alnum',
    'alpha',
    'blank',
    'cntrl',
    'digit',
    'graph',
    'lower',
    'print',
    'punct',
    'space',
    'upper',
    'xdigit',
  ];
  const ranges = [
    '[A-Z]',
    '[a-z]',
    '[!A-C]',
    '[Z-c]',
    '[A]',
    '[\\A-\\B]',
    'A',
    '\\A',
    'a',
    '?',
    '[!a]',
    '[\u00c0-\u00ff]',
  ];
  const patterns = [...classes.flatMap((name) => [`[[:${name}:]]`, `[^[:${name}:]]`]), ...ranges];
  const files = Object.fromEntries(
    patterns.map((pattern, index) => [
      `p${index}/.gitignore`,
      Buffer.from(`x${pattern}\n`, 'latin1'),
    ]),
  );
  const paths: string[] = [];
  for (let code = 1; code < 256; code += 1) {
    if (code === 0x2f) continue;
    const name = `x${String.fromCharCode(code)}`;
    for (let index = 0; index < patterns.length; index += 1) paths.push(`p${index}/${name}`);
  }
  await assertSameAsGit(files, paths);
  await assertSameAsGit(files, paths, true);
});

test('where case is ignored git and we agree', async () => {
  const files = { '.gitignore': 'Abc\n*.TXT\n/Dir/File\nq[A]\nr[a]\ns[A-C]\n\\Tu\nv*W\nx/**/Y\n' };
  const asked = 'abc ABC x.txt x.Txt dir/file DIR/FILE qa qA rA sb tu Tu Vw X/a/y';
  const expected = 'abc ABC x.txt x.Txt dir/file DIR/FILE rA sb Vw X/a/y';
  assert.equal(await assertSameAsGit(files, asked.split(' '), true), expected.split(' '));
});

test('names that are not UTF-8 are compared byte by byte', async () => {
  const files = { '.gitignore': Buffer.from('\xff*\ncaf\xe9\nx?z\n', 'latin1') };
  const ignored = await assertSameAsGit(files, [
    '\xff\xfe',
    'caf\xe9',
    'caf\xc3\xa9',
    'x\xe9z',
    'x\xc3\xa9z',
  ]);
  assert.equal(ignored, ['\xff\xfe', 'caf\xe9', 'x\xe9z']);
});

test('an ignore file that is a link is not followed', async () => {
  await withTemporaryDirectory((directory) => {
    makeRepository(directory);
    writeFileSync(join(directory, 'patterns'), 'a\n');
    symlinkSync('patterns', join(directory, '.gitignore'));
    const asked = [{ path: 'a' as RawPath, isDirectory: false }];
    assert.equal(gitVerdicts(directory, asked), ['']);
    assert.equal(ownVerdicts(directory, asked), ['']);
  });
});

test.run();
