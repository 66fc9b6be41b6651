import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RawName, type RawPath, rawPath } from '../../src/git/raw-path.ts';
import { parseIgnorePattern } from '../../src/worktree/ignore-pattern.ts';
import { IgnoreRules, ignoreFilesAmong } from '../../src/worktree/ignore-rules.ts';
import { compileWildmatch } from '../../src/worktree/wildmatch.ts';

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

test('a listing shows which ignore files there are, whatever their case', () => {
  const among = (...names: string[]) => ignoreFilesAmong(names as RawName[]);
  assert.equal(among('a', '.b', 'gitignore'), { gitignore: false, gsessignore: false });
  assert.equal(among('a', '.gitignore'), { gitignore: true, gsessignore: false });
  assert.equal(among('.GitIgnore', '.GSESSIGNORE'), { gitignore: true, gsessignore: true });
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
