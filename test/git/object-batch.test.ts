import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { encodeCommit } from '../../src/git/commit.ts';
import { loosePath } from '../../src/git/loose-object.ts';
import { ObjectBatch } from '../../src/git/object-batch.ts';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { ObjectStore } from '../../src/git/object-store.ts';
import { rawFromBytes, rawName } from '../../src/git/raw-path.ts';
import { encodeTree, type TreeEntry } from '../../src/git/tree.ts';
import {
  BATCH_TIME,
  type BareRepository,
  looseBatch,
  packBatch,
  withBareRepository,
} from '../support/bare-repository.ts';
import { assertFsckClean, git, gitText } from '../support/git-oracle.ts';
import { stopAtCall } from '../support/kill-at-call.ts';

const x = suite('object-batch');
const signature = { name: 'n', email: 'e', at: 1_700_000_000_000, offsetMinutes: 0 };

/** Puts a small project into the batch, children first, and returns its commit. */
function putProject(batch: ObjectBatch, label = ''): ObjectId {
  const file = (text: string): ObjectId => batch.put('blob', Buffer.from(`${text}${label}`));
  const inner: TreeEntry[] = [
    { mode: '100644', name: rawName('größe'), id: file('') },
    { mode: '100644', name: rawName('back\\slash'), id: file('a') },
    { mode: '100644', name: rawFromBytes(Buffer.from([0xff, 0x80])), id: file('b') },
    { mode: '120000', name: rawName('link'), id: file('target') },
  ];
  const sub = batch.put('tree', encodeTree(inner));
  const outer: TreeEntry[] = [
    { mode: '40000', name: rawName('a'), id: sub },
    { mode: '100644', name: rawName('a.b'), id: file('c') },
    { mode: '100755', name: rawName('a0'), id: file('x'.repeat(100_000)) },
  ];
  const tree = batch.put('tree', encodeTree(outer));
  return batch.put(
    'commit',
    encodeCommit({ tree, parents: [], author: signature, committer: signature, message: 'm\n' }),
  );
}

/** Everything git finds in the repository, with content hashed by git, must be what we find, and the other way round. */
function assertAgrees(directory: string): void {
  const store = new ObjectStore(directory);
  const shown = gitText(directory, [
    'cat-file',
    '--batch-all-objects',
    '--batch-check=%(objectname) %(objecttype) %(objectsize)',
  ]);
  const ours = store.allIds().map((id) => {
    const { type, content } = store.read(id);
    assert.is(hashObject(type, content), id);
    return `${id} ${type} ${content.length}`;
  });
  assert.equal(ours, shown === '' ? [] : shown.split('\n'));
  store.close();
}

function filesBelow(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
}

function packFiles(directory: string): string[] {
  return readdirSync(join(directory, 'objects/pack')).sort();
}

const kinds = [
  ['loose objects', looseBatch],
  ['a pack', packBatch],
] as const;

for (const [kind, makeBatch] of kinds) {
  x(`writes ${kind} that git reads, lists and finds clean`, () =>
    withBareRepository(({ directory, store }) => {
      const batch = makeBatch(store);
      const commit = putProject(batch);
      batch.flush();
      git(directory, ['update-ref', 'refs/heads/main', commit]);
      assertFsckClean(directory);
      assertAgrees(directory);
      const listed = git(directory, ['ls-tree', '-r', '-z', '--name-only', commit]);
      assert.is(
        listed.toString('latin1'),
        ['a.b', 'a/back\\slash', `a/${rawName('größe')}`, 'a/link', 'a/\xff\x80', 'a0', ''].join(
          '\0',
        ),
      );
      git(directory, ['gc', '-q', '--prune=now']);
      assertAgrees(directory);
    }),
  );

  x(`shows nothing of ${kind} before the flush, and reads its own objects`, () =>
    withBareRepository(({ directory, store }) => {
      const batch = makeBatch(store);
      const commit = putProject(batch);
      const other = new ObjectStore(directory);
      assert.equal(other.allIds(), []);
      assert.equal(gitText(directory, ['cat-file', '--batch-all-objects', '--batch-check']), '');
      const { tree } = { tree: batch.read(commit).content.toString().slice(5, 45) as ObjectId };
      assert.equal(
        batch.readTree(tree).map(({ name }) => name),
        ['a.b', 'a', 'a0'],
      );
      assert.ok(batch.has(commit));
      assert.not(other.has(commit));
      batch.flush();
      assert.ok(batch.has(commit) && other.has(commit));
      assert.is(batch.readTree(tree).length, 3);
      assert.is(batch.read(commit).type, 'commit');
      other.close();
    }),
  );

  x(`leaves nothing of ${kind} after a discard`, () =>
    withBareRepository(({ directory, store }) => {
      const before = filesBelow(directory);
      const batch = makeBatch(store);
      const commit = putProject(batch);
      batch.discard();
      assert.equal(filesBelow(directory), before);
      assert.not(batch.has(commit));
      batch.flush();
      assert.equal(store.allIds(), []);
      putProject(batch);
      batch.flush();
      assert.ok(store.has(commit));
    }),
  );

  x(`makes files and directories of ${kind} for the owner alone`, () =>
    withBareRepository(({ directory, store }) => {
      rmSync(join(directory, 'objects'), { recursive: true });
      mkdirSync(join(directory, 'objects'), { mode: 0o700 });
      const batch = makeBatch(store);
      putProject(batch);
      batch.flush();
      for (const name of ['.', ...filesBelow(join(directory, 'objects'))]) {
        const stat = lstatSync(join(directory, 'objects', name));
        assert.is(stat.mode & 0o777, stat.isDirectory() ? 0o700 : 0o600, name);
      }
    }),
  );

  x(`never shows ${kind} that name something missing, wherever it is killed`, () =>
    withBareRepository(async ({ directory, store }) => {
      let finished = false;
      let call = 0;
      for (call = 1; !finished; call += 1) {
        const label = `round ${call}`;
        finished = await stopAtCall(call, async () => {
          const batch = makeBatch(store);
          try {
            putProject(batch, label);
            batch.flush();
          } catch (error) {
            throw error instanceof GsessError ? error.cause : error;
          }
        });
        if (call % 6 === 0 || finished) assertFsckClean(directory);
        const retry = makeBatch(store);
        const commit = putProject(retry, label);
        retry.flush();
        assert.is(new ObjectStore(directory).readCommit(commit).message, 'm\n');
      }
      assert.ok(call > 8, `${call}`);
      assertFsckClean(directory);
      assertAgrees(directory);
    }),
  );

  x(`does not write ${kind} again that are there, and marks them as new`, () =>
    withBareRepository(({ directory, store }) => {
      const batch = makeBatch(store);
      const commit = putProject(batch);
      batch.flush();
      const before = filesBelow(directory);
      putProject(batch);
      batch.flush();
      assert.equal(filesBelow(directory), before);
      const [pack] = packFiles(directory).filter((name) => name.endsWith('.pack'));
      const path =
        pack === undefined
          ? loosePath(store.objectsDirectory, commit)
          : join(store.objectsDirectory, 'pack', pack);
      assert.is(statSync(path).mtimeMs, BATCH_TIME);
    }),
  );
}

/** A store that holds this one blob loose, as git or anybody might have left it. */
function withBlob(
  use: (repository: BareRepository & { readonly path: string; readonly content: Buffer }) => void,
): Promise<void> {
  return withBareRepository(({ directory, store }) => {
    const content = Buffer.from('kept content '.repeat(1000));
    const id = gitText(directory, ['hash-object', '-w', '--stdin'], { input: content });
    const path = loosePath(store.objectsDirectory, id as ObjectId);
    chmodSync(path, 0o600);
    use({ directory, store, path, content });
  });
}

x('CR-09: writes a loose object anew that is empty, cut short, flipped or another', () =>
  withBlob(({ directory, store, path, content }) => {
    const whole = readFileSync(path);
    const flipped = Buffer.from(whole);
    flipped[30] = (flipped[30] ?? 0) ^ 2;
    const otherId = gitText(directory, ['hash-object', '-w', '--stdin'], { input: 'other' });
    const other = readFileSync(loosePath(store.objectsDirectory, otherId as ObjectId));
    for (const bytes of [Buffer.alloc(0), whole.subarray(0, -5), flipped, other]) {
      writeFileSync(path, bytes);
      const batch = looseBatch(store);
      const id = batch.put('blob', content);
      batch.flush();
      assert.ok(store.readBlob(id).equals(content));
      assert.is(gitText(directory, ['cat-file', '-t', id]), 'blob');
      assertFsckClean(directory);
    }
  }),
);

x('writes an object anew whose copy in a pack is damaged, and reads the new one', () =>
  withBareRepository(({ directory, store }) => {
    const content = Buffer.from('0123456789'.repeat(100));
    const first = packBatch(store);
    const id = first.put('blob', content);
    first.flush();
    const [pack = ''] = packFiles(directory).filter((name) => name.endsWith('.pack'));
    const path = join(store.objectsDirectory, 'pack', pack);
    const bytes = readFileSync(path);
    bytes[18] = (bytes[18] ?? 0) ^ 0xff;
    writeFileSync(path, bytes);
    const fresh = new ObjectStore(directory);
    const batch = looseBatch(fresh);
    assert.is(batch.put('blob', content), id);
    batch.flush();
    assert.ok(existsSync(loosePath(store.objectsDirectory, id)));
    assert.ok(fresh.readBlob(id).equals(content));
    fresh.close();
  }),
);

x('writes an object anew whose pack vanished since it was opened', () =>
  withBareRepository(({ directory, store }) => {
    const content = Buffer.from('about to be pruned');
    const first = packBatch(store);
    const id = first.put('blob', content);
    first.flush();
    assert.ok(store.readBlob(id).equals(content));
    git(directory, ['gc', '-q', '--prune=now']);
    for (const name of packFiles(directory)) rmSync(join(directory, 'objects/pack', name));
    const batch = looseBatch(store);
    batch.put('blob', content);
    batch.flush();
    assert.is(gitText(directory, ['cat-file', 'blob', id]), 'about to be pruned');
  }),
);

x('saves a freshened object from a prune by age', () =>
  withBlob(({ directory, store, path, content }) => {
    utimesSync(path, 1_000_000_000, 1_000_000_000);
    const batch = new ObjectBatch(store, { now: () => Date.now() });
    const id = batch.put('blob', content);
    batch.flush();
    git(directory, ['prune', '--expire=1.hour.ago']);
    assert.ok(store.has(id));
  }),
);

x('goes over to a pack with the third object or one byte too many, and not before', () =>
  withBareRepository(({ directory, store }) => {
    const now = (): number => BATCH_TIME;
    const atLimit = new ObjectBatch(store, { now });
    for (let count = 0; count < 2; count += 1) atLimit.put('blob', Buffer.from(`a${count}`));
    atLimit.flush();
    assert.equal(packFiles(directory), []);
    const over = new ObjectBatch(store, { now });
    for (let count = 0; count < 3; count += 1) over.put('blob', Buffer.from(`b${count}`));
    over.flush();
    assert.is(packFiles(directory).length, 2);
    const bytes = 4 * 1024 * 1024;
    const full = new ObjectBatch(store, { now });
    full.put('blob', Buffer.alloc(bytes, 'c'));
    full.put('blob', Buffer.alloc(0));
    full.flush();
    assert.is(packFiles(directory).length, 2);
    const large = new ObjectBatch(store, { now });
    large.put('blob', Buffer.alloc(bytes + 1, 'd'));
    large.flush();
    assert.is(packFiles(directory).length, 4);
    assertFsckClean(directory);
    assertAgrees(directory);
  }),
);

x('splits what is too much for one pack, and shows all of them together', () =>
  withBareRepository(({ directory, store }) => {
    const batch = packBatch(store, 20_000);
    const ids: ObjectId[] = [];
    for (let count = 0; count < 60; count += 1) {
      const text = Array.from({ length: 200 }, (_, index) => `${count * index * 7919}`).join(' ');
      ids.push(batch.put('blob', Buffer.from(text)));
    }
    assert.not(packFiles(directory).some((name) => name.startsWith('pack-')));
    for (const id of ids) assert.is(hashObject('blob', batch.read(id).content), id);
    batch.flush();
    const packs = packFiles(directory).filter((name) => name.endsWith('.pack'));
    assert.ok(packs.length >= 2, packs.join());
    assert.is(packFiles(directory).length, packs.length * 2);
    assertFsckClean(directory);
    assertAgrees(directory);
  }),
);

x('holds an object once, however often it is put', () =>
  withBareRepository(({ directory, store }) => {
    for (const batch of [looseBatch(store), packBatch(store)]) {
      const content = Buffer.from(`same ${batch === undefined}`);
      const ids = [0, 1, 2].map(() => batch.put('blob', content));
      assert.is(new Set(ids).size, 1);
      batch.flush();
    }
    assert.is(store.allIds().length, 1);
    assert.equal(packFiles(directory), []);
  }),
);

x('takes content by value, so that the caller may use its buffer again', () =>
  withBareRepository(({ store }) => {
    for (const batch of [looseBatch(store), packBatch(store)]) {
      const buffer = Buffer.from('first ');
      const id = batch.put('blob', new Uint8Array(buffer.buffer, buffer.byteOffset, 5));
      buffer.fill(0);
      batch.flush();
      assert.is(store.readBlob(id).toString(), 'first');
    }
  }),
);

x('writes large and hardly deflatable objects into a pack that git accepts', () =>
  withBareRepository(({ directory, store }) => {
    const batch = packBatch(store);
    for (const size of [0, 15, 16, 2047, 2048, 262_143, 262_144, 3_000_000]) {
      const content = Buffer.alloc(size);
      for (let at = 0, state = 7; at < size; at += 1) {
        state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
        content[at] = state >>> 16;
      }
      const id = batch.put('blob', content);
      assert.ok(batch.read(id).content.equals(content));
    }
    batch.flush();
    assertFsckClean(directory);
    assertAgrees(directory);
  }),
);

x('says what failed when nothing can be written, and leaves nothing half done', () =>
  withBareRepository(({ directory, store }) => {
    rmSync(join(directory, 'objects/pack'), { recursive: true });
    writeFileSync(join(directory, 'objects/pack'), 'in the way');
    const fails = (action: () => unknown): void => {
      assert.throws(
        action,
        (error: unknown) => error instanceof GsessError && error.code === 'io-failed',
      );
    };
    fails(() => packBatch(store).put('blob', Buffer.from('x')));
    rmSync(join(directory, 'objects/pack'));
    const batch = looseBatch(store);
    const ids = ['y', 'z'].map((text) => batch.put('blob', Buffer.from(text)));
    writeFileSync(join(directory, 'objects', ids[1]?.slice(0, 2) ?? ''), 'in the way');
    fails(() => batch.flush());
    assert.equal(store.allIds(), []);
    assert.not(filesBelow(join(directory, 'objects')).some((name) => name.includes('tmp_')));
    assert.not(batch.has(ids[0] as ObjectId));
  }),
);

x.run();
