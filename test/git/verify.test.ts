import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeCommit, type Signature } from '../../src/git/commit.ts';
import { ObjectBatch } from '../../src/git/object-batch.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { rawName } from '../../src/git/raw-path.ts';
import { createRepository, openRepository, type Repository } from '../../src/git/repository.ts';
import { openSecondReader } from '../../src/git/second-reader.ts';
import { encodeTag } from '../../src/git/tag.ts';
import { encodeTree } from '../../src/git/tree.ts';
import { verifyStore } from '../../src/git/verify.ts';
import { assertFsckClean, git, gitText } from '../support/git-oracle.ts';
import { processes } from '../support/process-table.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const verify = suite('verify');

const options = { processes, now: () => Date.now(), userId: process.getuid?.() };
const agent: Signature = {
  name: 'Clàude ',
  email: 'agent@example.com',
  at: 1_700_000_000_000,
  offsetMinutes: -150,
};
const committer: Signature = {
  name: 'gsess',
  email: '',
  at: 1_700_000_001_000,
  offsetMinutes: 330,
};

interface Filled {
  readonly repository: Repository;
  readonly blob: ObjectId;
  readonly tree: ObjectId;
  readonly first: ObjectId;
  readonly second: ObjectId;
  readonly tag: ObjectId;
}

/** A store with two commits on a branch and a tag on the first. */
async function fill(repository: Repository): Promise<Filled> {
  const batch = new ObjectBatch(repository.objects, { now: () => Date.now(), looseMax: 24 });
  const blob = batch.put('blob', Buffer.from('hello\n'));
  const inner = batch.put('tree', encodeTree([{ mode: '100644', name: rawName('a'), id: blob }]));
  const tree = batch.put('tree', encodeTree([{ mode: '40000', name: rawName('d'), id: inner }]));
  const commit = (parents: ObjectId[], message: string) =>
    batch.put('commit', encodeCommit({ tree, parents, author: agent, committer, message }));
  const first = commit([], 'first\n\nbody\n');
  const second = commit([first], '\n second ünïcode\r\n\n\n');
  const tag = batch.put(
    'tag',
    encodeTag({ object: first, type: 'commit', name: 't', tagger: agent, message: 'note' }),
  );
  batch.flush();
  await repository.refs.update(
    [
      { name: 'refs/heads/main', value: second, expect: 'absent' },
      { name: 'refs/tags/t', value: tag, expect: 'absent' },
    ],
    'test',
  );
  return { repository, blob, tree, first, second, tag };
}

function withFilledStore(use: (filled: Filled) => Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (parent) => {
    await use(await fill(createRepository(join(parent, 's.git'), { ...options, config: {} })));
  });
}

function pathOf({ directory }: Repository, id: ObjectId): string {
  return join(directory, 'objects', id.slice(0, 2), id.slice(2));
}

/** What is wrong with the store as it stands on disk now: kinds with the object or ref. */
async function problemsOf({ directory }: Repository): Promise<string[]> {
  const { problems } = await verifyStore(openRepository(directory, options));
  return problems.map(({ kind, object, ref }) => [kind, object, ref].filter(Boolean).join(' '));
}

verify('a sound store has no problems, loose or packed by stock git', () =>
  withFilledStore(async ({ repository }) => {
    assertFsckClean(repository.directory);
    const expected = { objects: 6, commits: 2, readOnce: 0, problems: [] };
    assert.equal(await verifyStore(repository), expected);
    git(repository.directory, ['gc', '-q', '--prune=now']);
    git(repository.directory, ['pack-refs', '--all', '--prune']);
    assert.equal(await verifyStore(repository), expected);
  }),
);

verify(
  'what the second reader cannot read because its pack was gathered meanwhile is no difference',
  () =>
    withFilledStore(async ({ repository, first }) => {
      const { directory, objects } = repository;
      git(directory, ['repack', '-adq']);
      const reader = await openSecondReader(directory);
      const ours = objects.readCommit(first);
      const packs = join(directory, 'objects', 'pack');
      const [name = ''] = readdirSync(packs).filter((file) => file.endsWith('.pack'));
      const [pack, index] = [join(packs, name), join(packs, name.replace(/pack$/, 'idx'))];
      const indexBytes = readFileSync(index);
      rmSync(index);
      // A pipe keeps the reader between index and pack.
      assert.is(spawnSync('mkfifo', [index]).status, 0);
      const reading = reader?.commitDifference(first, ours);
      const pipe = await open(index, 'w');
      const gathered = join(packs, `pack-${'0'.repeat(40)}`);
      renameSync(pack, `${gathered}.pack`);
      writeFileSync(`${gathered}.idx`, indexBytes);
      rmSync(index);
      await pipe.writeFile(indexBytes);
      await pipe.close();
      assert.is(await reading, undefined);
    }),
);

verify('commits and tags of stock git, signed ones too, are read alike by both readers', () =>
  withFilledStore(async ({ repository, tree, first }) => {
    const { directory } = repository;
    const signed = [
      `tree ${tree}`,
      `parent ${first}`,
      'author  <> 1 +0000',
      'committer C O <c@o> 2 -0030',
      'gpgsig -----BEGIN PGP SIGNATURE-----',
      ' ',
      ' abc',
      ' -----END PGP SIGNATURE-----',
      '',
      'signed',
      '',
    ].join('\n');
    const write = (type: string, content: string) =>
      gitText(directory, ['hash-object', '-t', type, '-w', '--stdin'], { input: content });
    write('commit', signed);
    const signature = '-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----\n';
    write('tag', `object ${tree}\ntype tree\ntag x\ntagger A <a> 1 +0000\n\nnote\n${signature}`);
    assert.equal(await problemsOf(repository), []);
  }),
);

verify('a flipped, empty or missing object is named with the ref that needs it', () =>
  withFilledStore(async ({ repository, blob, tree, first, second }) => {
    for (const id of [blob, tree, first]) {
      const path = pathOf(repository, id);
      const bytes = readFileSync(path);
      chmodSync(path, 0o600);
      for (const damaged of [Buffer.alloc(0), flipped(bytes)]) {
        writeFileSync(path, damaged);
        const problems = await problemsOf(repository);
        assert.ok(problems.includes(`object-damaged ${id}`), `${problems}`);
        assert.ok(
          problems.some((problem) => problem.startsWith(`object-damaged ${id} refs/`)),
          `${problems}`,
        );
      }
      rmSync(path);
      const problems = await problemsOf(repository);
      assert.is(problems.length, 1);
      assert.ok(problems[0]?.startsWith(`object-missing ${id} refs/`));
      writeFileSync(path, bytes);
    }
    assert.equal(await problemsOf(repository), []);
    renameSync(pathOf(repository, first), pathOf(repository, second));
    assert.ok((await problemsOf(repository)).includes(`object-damaged ${second}`));
  }),
);

verify('a damaged loose copy is told even where a pack holds a sound one', () =>
  withFilledStore(async ({ repository, blob }) => {
    git(repository.directory, ['gc', '-q', '--prune=now']);
    mkdirSync(dirname(pathOf(repository, blob)), { recursive: true });
    closeSync(openSync(pathOf(repository, blob), 'w'));
    assert.equal(await problemsOf(repository), [`object-damaged ${blob}`]);
  }),
);

verify('CR-10: a flipped byte in a pack is found wherever it is', () =>
  withFilledStore(async ({ repository }) => {
    const { directory } = repository;
    git(directory, ['gc', '-q', '--prune=now']);
    const packs = join(directory, 'objects', 'pack');
    for (const name of readdirSync(packs).filter((each) => /\.(pack|idx)$/.test(each))) {
      const path = join(packs, name);
      const bytes = readFileSync(path);
      chmodSync(path, 0o600);
      for (const offset of [0, Math.floor(bytes.length / 2), bytes.length - 1]) {
        writeFileSync(path, flipped(bytes, offset));
        const problems = await problemsOf(repository);
        assert.ok(
          problems.some((problem) => problem.startsWith('pack-damaged')),
          `${name} at ${offset}: ${problems}`,
        );
      }
      writeFileSync(path, bytes);
    }
    assert.equal(await problemsOf(repository), []);
  }),
);

verify('damaged and foreign refs are told, and the others still followed', () =>
  withFilledStore(async ({ repository, blob }) => {
    const { directory } = repository;
    const write = (name: string, content: string) => writeFileSync(join(directory, name), content);
    write('refs/heads/empty', '');
    write('refs/heads/main (conflicted copy)', 'x');
    write('refs/heads/nowhere', `${'1'.repeat(40)}\n`);
    write('refs/heads/no-commit', `${blob}\n`);
    write('HEAD', '\0\0');
    assert.equal((await problemsOf(repository)).sort(), [
      `object-damaged ${blob} refs/heads/no-commit`,
      `object-missing ${'1'.repeat(40)} refs/heads/nowhere`,
      'ref-damaged HEAD',
      'ref-damaged refs/heads/empty',
      'ref-ignored refs/heads/main (conflicted copy)',
    ]);
    write('packed-refs', 'garbage');
    assert.ok((await problemsOf(repository)).includes('ref-damaged packed-refs'));
  }),
);

verify('objects that cannot be parsed are damage though their hash is right', () =>
  withFilledStore(async ({ repository, blob }) => {
    const { directory } = repository;
    const write = (type: string, input: string | Buffer) =>
      gitText(directory, ['hash-object', '--literally', '-t', type, '-w', '--stdin'], { input });
    const commit = write('commit', 'tree none\n\n');
    const tag = write('tag', 'object\n\n');
    const entry = Buffer.concat([Buffer.from('100644 ..\0'), Buffer.from(blob, 'hex')]);
    const tree = write('tree', entry);
    assert.equal(
      (await problemsOf(repository)).sort(),
      [commit, tag, tree].map((id) => `object-damaged ${id}`).sort(),
    );
  }),
);

verify('a file that cannot be read is told and ends nothing', () =>
  withFilledStore(async ({ repository, blob }) => {
    const path = pathOf(repository, blob);
    rmSync(path);
    mkdirSync(path);
    const problems = await problemsOf(repository);
    assert.ok(problems.length >= 1 && problems.every((problem) => problem.includes(blob)));
  }),
);

verify(
  'the second reader says what it reads otherwise, and stays away from packs too large for it',
  () =>
    withFilledStore(async ({ repository, first, tag, blob }) => {
      const { directory, objects } = repository;
      const reader = await openSecondReader(directory);
      assert.ok(reader);
      const commit = objects.readCommit(first);
      const changed = {
        ...commit,
        parents: [first],
        author: { ...commit.author, at: 0 },
        message: 'other',
      };
      assert.is(
        await reader?.commitDifference(first, changed),
        'it reads another parents, author, message',
      );
      assert.is(await reader?.commitDifference(first, commit), undefined);
      const ours = objects.readTag(tag);
      assert.is(await reader?.tagDifference(tag, ours), undefined);
      assert.is(
        await reader?.tagDifference(tag, { ...ours, name: 'other' }),
        'it reads another name',
      );
      assert.match(String(await reader?.commitDifference(blob, commit)), /commit/);
      const huge = join(directory, 'objects', 'pack', 'pack-huge.pack');
      writeFileSync(huge, '');
      truncateSync(huge, 1024 ** 3 + 1);
      assert.is(await openSecondReader(directory), undefined);
      assert.is((await verifyStore(repository)).readOnce, 3);
    }),
);

verify('a store without a pack directory is read all the same', () =>
  withFilledStore(async ({ repository }) => {
    rmSync(join(repository.directory, 'objects', 'pack'), { recursive: true });
    assert.equal(await problemsOf(repository), []);
  }),
);

function flipped(bytes: Buffer, offset = Math.floor(bytes.length / 2)): Buffer {
  const copy = Buffer.from(bytes);
  copy[offset] = (copy[offset] ?? 0) ^ 0xff;
  return copy;
}

verify.run();
