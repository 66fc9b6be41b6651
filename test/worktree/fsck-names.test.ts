import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashObject, type ObjectId, type ObjectType } from '../../src/git/object-id.ts';
import type { RawName } from '../../src/git/raw-path.ts';
import {
  type EntryKind,
  isContentPlain,
  judgeName,
  meansDotGit,
} from '../../src/worktree/fsck-names.ts';
import { git, gitOutcome } from '../support/git-oracle.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('names that fsck refuses');

const NAMES = [
  'git',
  'a.git',
  '.gita',
  '.gi',
  '.git.a',
  'git~2',
  'git~11',
  '.gitx',
  'x.git ',
  '.github',
  '.gitkeep',
  '.gitlab-ci.yml',
  '.git.',
  '.git ',
  '.git . .',
  '.git::$INDEX_ALLOCATION',
  '.git:x',
  '.GIT ',
  'git~1',
  'GIT~1',
  'GiT~1 .',
  'git~1:a',
  'git~1a',
  '.git\\x',
  'a\\.git',
  'a\\.git\\b',
  'a\\b\\git~1',
  'x\\.gitx',
  'a\\.gitmodules',
  '\\',
  'a\\',
  '.g\xe2\x80\x8cit',
  '.\xe2\x80\x8dg\xe2\x81\xaait',
  '.git\xe2\x80\xae',
  '\xef\xbb\xbf.git',
  '.g\xef\xbb\xbfit',
  '.git\xff',
  '.git\xc3',
  '.git\xc3\xa9',
  '.git\xed\xa0\x80',
  '.git\xef\xbf\xbe',
  '.git\xef\xbf\xbd',
  '.git\xf0\x9f\x98\x80',
  '.git\xf0\x80\x80\x80',
  '.gi\xfft',
  '.g\xe2\x80\x8bit',
  '.gitmodules',
  '.GITMODULES',
  '.gitmodules ',
  '.gitmodules.',
  '.gitmodules:x',
  '.gitmodulesx',
  'gitmod~1',
  'GITMOD~4',
  'gitmod~5',
  'gitmod~1 ',
  'gitmod~1x',
  'gi7eba~1',
  'gi7eba~9',
  'gi7eba~0',
  'gi7eb~10',
  'gi7eb~01',
  'gi~12345',
  '~1234567',
  '~0234567',
  'gi7eba~1.',
  'gi7ebax~1',
  'gi7eba~',
  'GI7EBA~1:x',
  '.gitmodule\xe2\x80\x8cs',
  '.gitmodules\xff',
  'gi7eba~10',
  '.gitattributes',
  '.GITATTRIBUTES',
  'gitatt~1',
  'gi7d29~1',
  'gi7d2~11',
  '.gitattributes ',
  '.gitattribute',
  'gitatt~9',
  '.gitignore',
  'gitign~1',
  'gi250a~3',
  '.gitignore.',
  '.mailmap',
  'mailma~1',
  'maba30~1',
  '.mailmap ',
  '.mailmapx',
] as RawName[];

const BAD_MODULES = '[submodule "../x"]\n\tpath = x\n\turl = https://example.com/x\n';
const GOOD_MODULES = '[submodule "x"]\n\tpath = x\n\turl = https://example.com/x.git\n';

/** Asks real git about trees of one entry each; `#` and a number after the content keep the objects of the cases apart. */
async function gitAccepts(
  entries: { mode: string; name: string; content: string }[],
): Promise<boolean[]> {
  return await withTemporaryDirectory((directory) => {
    git(directory, ['init', '-q', '--bare', '.']);
    const ids = entries.map(({ mode, name, content }, number) => {
      const text = content === '' ? content : `${content}\n#${number}\n`;
      const blob = writeObject(directory, 'blob', Buffer.from(text, 'latin1'));
      const id = mode === '040000' ? writeTree(directory, `100644 x${number}`, blob) : blob;
      return { id, tree: writeTree(directory, `${mode.replace(/^0/, '')} ${name}`, id) };
    });
    const { stdout, stderr } = gitOutcome(directory, ['fsck', '--strict', '--no-dangling']);
    const said = `${stdout}${stderr}`;
    return ids.map(({ id, tree }) => !said.includes(id) && !said.includes(tree));
  });
}

function writeTree(directory: string, modeAndName: string, id: ObjectId): ObjectId {
  const entry = Buffer.from(`${modeAndName}\0`, 'latin1');
  return writeObject(directory, 'tree', Buffer.concat([entry, Buffer.from(id, 'hex')]));
}

/** Writes what git itself would refuse to write. */
function writeObject(directory: string, type: ObjectType, content: Buffer): ObjectId {
  const id = hashObject(type, content);
  const path = join(directory, 'objects', id.slice(0, 2), id.slice(2));
  mkdirSync(dirname(path), { recursive: true });
  const header = Buffer.from(`${type} ${content.length}\0`);
  writeFileSync(path, deflateSync(Buffer.concat([header, content])));
  return id;
}

function ours(name: RawName, kind: EntryKind, content: string): boolean {
  const verdict = judgeName(name, kind);
  if (verdict === 'ask-content') return isContentPlain(name, Buffer.from(content, 'latin1'));
  return verdict === 'plain';
}

test('each name, as file, link and directory, gets the verdict of git fsck', async () => {
  const cases = NAMES.flatMap((name) => [
    { name, mode: '100644', kind: 'file' as const, content: BAD_MODULES },
    { name, mode: '120000', kind: 'link' as const, content: 'target' },
    { name, mode: '040000', kind: 'directory' as const, content: '' },
  ]);
  const verdicts = await gitAccepts(cases);
  for (const [index, { name, kind, content }] of cases.entries()) {
    const text = `${JSON.stringify(name)} as ${kind}`;
    assert.is(`${text}: ${ours(name, kind, content)}`, `${text}: ${verdicts[index]}`);
  }
});

test('an attributes file is plain as long as git accepts the length of its lines', async () => {
  const contents = [2046, 2047, 2048].flatMap((length) => {
    const line = 'x'.repeat(length);
    return [line, `${line}\n`, `a\n${line}\nb\n`];
  });
  const verdicts = await gitAccepts(
    contents.map((content) => ({ name: '.gitattributes', mode: '100644', content })),
  );
  assert.equal(
    contents.map((content) => ours('.gitattributes' as RawName, 'file', content)),
    verdicts,
  );
});

test('a submodules file that passes here passes git fsck', async () => {
  const section = '[submodule "lib/x"]\n';
  const passing = [
    GOOD_MODULES,
    '',
    '\n# comment\n; other\n',
    `${section}\tpath = lib/x\r\n`,
    `${section}url = git@github.com:a/b.git\n`,
    `${section}url = ../b.git\n`,
    `${section}url = ./b\n`,
    `${section}url = /srv/git/b\n`,
    `${section}url = ssh://git@host:22/a/b\n`,
    `${section}update = rebase\n`,
    `${section}branch = main\n\tshallow = true\n`,
    `${section}url = git://example.com/a/b/\n`,
  ];
  const refused = [
    BAD_MODULES,
    'junk',
    'path = x\n',
    `${section}url = -x\n`,
    `${section}path = -x\n`,
    `${section}update = !rm\n`,
    `${section}url = "https://a%0ab"\n`,
    `${section}url = https://\n`,
    '[submodule ""]\n',
    '[core]\n',
    `${section}url\n`,
    `${section}url = ext::sh\n`,
    '[submodule "a//b"]\n',
    `#${'x'.repeat(1024 * 1024)}`,
  ];
  const name = '.gitmodules' as RawName;
  assert.equal(
    passing.filter((content) => !ours(name, 'file', content)),
    [],
  );
  assert.equal(
    refused.filter((content) => ours(name, 'file', content)).map((text) => text.slice(0, 60)),
    [],
  );
  const verdicts = await gitAccepts(passing.map((content) => ({ name, mode: '100644', content })));
  assert.equal(
    passing.filter((_, index) => !verdicts[index]),
    [],
  );
});

test('names that some file system takes for .git are known', () => {
  for (const name of [
    '.git',
    '.GIT',
    'git~1',
    '.git...',
    '.git\xe2\x80\x8c',
    'a\\.git',
  ] as RawName[]) {
    assert.ok(meansDotGit(name), name);
  }
  for (const name of ['git', '.gitignore', 'a', '.github'] as RawName[])
    assert.not(meansDotGit(name));
});

test.run();
