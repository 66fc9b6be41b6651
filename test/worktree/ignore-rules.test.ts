import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RawName, type RawPath, rawPath } from '../../src/git/raw-path.ts';
import { parseIgnorePattern } from '../../src/worktree/ignore-pattern.ts';
import { IgnoreRules } from '../../src/worktree/ignore-rules.ts';
import { compileWildmatch } from '../../src/worktree/wildmatch.ts';
import {
  type AskedPath,
  gitVerdicts,
  makeRepository,
  ownVerdicts,
} from '../support/check-ignore.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('ignore rules');

type Files = Readonly<Record<string, string>>;

/** Rules over ignore files that exist in memory only. */
function rulesOver(
  files: Files,
  options: { base?: string; secrets?: string[]; ignoreCase?: boolean } = {},
): IgnoreRules {
  return new IgnoreRules({
    read: (path) => (Object.hasOwn(files, path) ? Buffer.from(files[path] ?? '') : undefined),
    base: rawPath(options.base ?? ''),
    secrets: options.secrets ?? [],
    ignoreCase: options.ignoreCase ?? false,
  });
}

function reasonFor(rules: IgnoreRules, path: string): string | undefined {
  return rules.verdict(rawPath(path.replace(/\/$/, '')), path.endsWith('/'))?.reason;
}

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
  const ignored = await assertSameAsGit(
    files,
    [
      'abc',
      'ABC',
      'x.txt',
      'x.Txt',
      'dir/file',
      'DIR/FILE',
      'qa',
      'qA',
      'rA',
      'sb',
      'tu',
      'Tu',
      'Vw',
      'X/a/y',
    ],
    true,
  );
  assert.equal(ignored, [
    'abc',
    'ABC',
    'x.txt',
    'x.Txt',
    'dir/file',
    'DIR/FILE',
    'rA',
    'sb',
    'Vw',
    'X/a/y',
  ]);
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

test('an ignore file of 200,000 lines costs no more than reading it', () => {
  const lines = Array.from({ length: 100_000 }, (_, index) => `name${index}\n*.ext${index}\n`);
  const rules = rulesOver({ '.gitignore': lines.join('') });
  const startedAt = performance.now();
  for (let index = 0; index < 10_000; index += 1) {
    assert.is(rules.root().verdict(rawPath(`other${index}.c`) as RawName, false), undefined);
  }
  assert.is(rules.root().verdict('name77777' as RawName, false)?.line, 2 * 77_777 + 1);
  assert.is(rules.root().verdict('x.ext5' as RawName, false)?.line, 12);
  assert.ok(performance.now() - startedAt < 5000);
});

test('a pattern made to be slow is not', () => {
  const startedAt = performance.now();
  const text = 'a'.repeat(4000);
  for (const pattern of [
    `${'a*'.repeat(100)}b`,
    `${'*a'.repeat(100)}b`,
    `**/${'a*'.repeat(50)}/**/${'*a'.repeat(50)}b`,
    `${'**/'.repeat(50)}b`,
    `${'*?'.repeat(100)}b`,
  ]) {
    assert.is(compileWildmatch(pattern, false)?.(text), false);
    assert.is(compileWildmatch(pattern, false)?.(`${'aa/'.repeat(1000)}c`), false);
  }
  assert.ok(performance.now() - startedAt < 2000);
});

test('a line that says nothing is no pattern', () => {
  for (const line of ['', '#a', ' ', '   ', '/', '!', '!/', '\r', '\0a']) {
    assert.is(parseIgnorePattern(line), undefined, JSON.stringify(line));
  }
});

test('a verdict names the file, the line and the pattern', () => {
  const rules = rulesOver({ 'd\u00c3\u00a9/.gitignore': '# x\n\n  \n*.o \n' });
  assert.equal(rules.verdict(rawPath('d\u00e9/x.o'), false), {
    reason: 'ignored',
    source: 'd\u00e9/.gitignore',
    line: 4,
    pattern: '*.o',
  });
});

test('the root itself is never left out, and nothing is without rules', () => {
  assert.is(rulesOver({ '.gitignore': '*\n' }).verdict('' as RawPath, true), undefined);
  assert.is(reasonFor(rulesOver({}), 'a/b/c'), undefined);
});

test('secrets are left out in any case and depth, and .gsessignore brings them back', () => {
  const secrets = ['.env', '.env.*', '!.env.example', '*.pem'];
  const rules = rulesOver(
    { '.gsessignore': '!test.pem\nscratch/\n', 'sub/.gsessignore': '!.env\n' },
    { secrets },
  );
  assert.is(reasonFor(rules, '.env'), 'secret');
  assert.is(reasonFor(rules, 'a/b/.ENV.local'), 'secret');
  assert.is(reasonFor(rules, '.env.example'), undefined);
  assert.is(reasonFor(rules, 'x.pem'), 'secret');
  assert.is(reasonFor(rules, 'a/test.pem'), undefined);
  assert.is(reasonFor(rules, 'sub/.env'), undefined);
  assert.is(reasonFor(rules, 'scratch/x'), 'gsessignore');
});

test('what git ignores stays ignored, whatever .gsessignore says, and the other way round', () => {
  const files = { '.gitignore': '*.o\n!*.key\n', '.gsessignore': '!*.o\n*.tmp\n' };
  const rules = rulesOver(files, { secrets: ['*.key'] });
  assert.is(reasonFor(rules, 'a.o'), 'ignored');
  assert.is(reasonFor(rules, 'a.tmp'), 'gsessignore');
  assert.is(reasonFor(rules, 'a.key'), 'secret');
});

test('a root below the top of the work tree obeys the ignore files above it', () => {
  const files = {
    '.gitignore': '*.o\n/sub/x\n/x2\n',
    'sub/.gitignore': 'y\n',
    'sub/deep/.gitignore': 'z\n',
    '.gsessignore': '*.tmp\n',
  };
  const rules = rulesOver(files, { base: 'sub' });
  assert.equal(
    ['a.o', 'x', 'x2', 'y', 'deep/z', 'a.tmp', 'q/x'].map((path) => reasonFor(rules, path)),
    ['ignored', 'ignored', undefined, 'ignored', 'ignored', 'gsessignore', undefined],
  );
});

test('a root that the repository around it ignores counts as a project of its own', () => {
  const files = { '.gitignore': '/sub/\n*.o\n', 'sub/in/.gitignore': 'y\n', '.gsessignore': '' };
  const rules = rulesOver(files, { base: 'sub/in' });
  assert.equal(
    ['a.o', 'y', 'b'].map((path) => reasonFor(rules, path)),
    [undefined, 'ignored', undefined],
  );
});

test('a root that .gsessignore leaves out is left out whole', () => {
  const rules = rulesOver({ '.gsessignore': 'private/\n' }, { base: 'private/in' });
  assert.is(reasonFor(rules, 'a'), 'gsessignore');
  assert.is(
    rules
      .root()
      .child('a' as RawName)
      .verdict('b' as RawName, false)?.reason,
    'gsessignore',
  );
});

test('ignore files are looked for only where the listing showed them', () => {
  const reads: string[] = [];
  const rules = new IgnoreRules({
    read: (path) => {
      reads.push(path);
      return path === 'd/.gitignore' ? Buffer.from('x\n') : undefined;
    },
    secrets: [],
  });
  const name = 'd' as RawName;
  assert.is(rules.root().verdict('x' as RawName, false), undefined);
  const child = rules.root().child(name, { gitignore: true, gsessignore: false });
  assert.is(child.verdict('x' as RawName, false)?.reason, 'ignored');
  child.child(name, { gitignore: false, gsessignore: false }).verdict('x' as RawName, false);
  assert.equal(reads, ['.gitignore', '.gsessignore', 'd/.gitignore']);
});

test('an ignore file that cannot be read is an error, never an empty one', () => {
  const failing = new IgnoreRules({
    read: () => {
      throw new Error('EIO');
    },
    secrets: [],
  });
  assert.throws(() => failing.verdict('a' as RawPath, false), /EIO/);
});

test('more directories than are remembered get the right verdicts all the same', () => {
  const rules = rulesOver({ '.gitignore': '/d5/x\n' });
  for (let index = 0; index < 10_050; index += 1) reasonFor(rules, `d${index}/x`);
  assert.is(reasonFor(rules, 'd5/x'), 'ignored');
  assert.is(reasonFor(rules, 'd6/x'), undefined);
});

test.run();
