import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { loosePath } from '../../src/git/loose-object.ts';
import { EMPTY_TREE, hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { ObjectStore } from '../../src/git/object-store.ts';
import { rawName } from '../../src/git/raw-path.ts';
import { encodeTree } from '../../src/git/tree.ts';
import { looseBatch, packBatch, withBareRepository } from '../support/bare-repository.ts';
import { git, gitText } from '../support/git-oracle.ts';

const x = suite('object-store');
const nowhere = 'f'.repeat(40) as ObjectId;

function throwsCode(action: () => unknown, code: string): GsessError {
  try {
    action();
  } catch (error) {
    assert.instance(error, GsessError);
    assert.is((error as GsessError).code, code);
    return error as GsessError;
  }
  return assert.unreachable(`expected '${code}'`) as never;
}

/** Files any bytes under an id. */
function fileLoose(directory: string, id: ObjectId, bytes: Uint8Array): string {
  const path = loosePath(join(directory, 'objects'), id);
  mkdirSync(join(path, '..'), { recursive: true });
  rmSync(path, { force: true });
  writeFileSync(path, bytes);
  return path;
}

/** The only pack there is. */
function packPath(directory: string): string {
  const packs = join(directory, 'objects/pack');
  const names = readdirSync(packs).filter((name) => name.endsWith('.pack'));
  assert.is(names.length, 1);
  return join(packs, names[0] ?? '');
}

/** What git has to say about every object there is. */
function census(directory: string): string {
  const format = '--batch-check=%(objectname) %(objecttype) %(objectsize)';
  return gitText(directory, ['cat-file', '--batch-all-objects', format]);
}

function ourCensus(store: ObjectStore): string {
  const line = (id: ObjectId): string => {
    const { type, size } = store.sizeOf(id);
    const object = store.read(id);
    assert.equal([object.type, object.content.length], [type, size]);
    assert.is(hashObject(object.type, object.content), id);
    return `${id} ${type} ${size}`;
  };
  return store.allIds().map(line).join('\n');
}

x('reads loose objects that git wrote', () =>
  withBareRepository(({ directory, store }) => {
    for (const text of ['', 'small', 'x'.repeat(5_000_000), 'line\n'.repeat(30_000)]) {
      const id = gitText(directory, ['hash-object', '-w', '--stdin'], { input: text }) as ObjectId;
      assert.ok(store.has(id));
      assert.is(store.readBlob(id).toString(), text);
      assert.equal(store.sizeOf(id), { type: 'blob', size: text.length });
    }
    assert.is(ourCensus(store), census(directory));
  }),
);

x('reads a loose object too large for one read and hard to deflate', () =>
  withBareRepository(({ directory, store }) => {
    const content = Buffer.alloc(300_000);
    let state = 1;
    for (let at = 0; at < content.length; at += 1) {
      state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
      content[at] = state >> 16;
    }
    const id = gitText(directory, ['hash-object', '-w', '--stdin'], { input: content });
    assert.ok(store.readBlob(id as ObjectId).equals(content));
  }),
);

x('says that an object is missing, and has it once somebody else writes it', () =>
  withBareRepository(({ directory, store }) => {
    const id = hashObject('blob', Buffer.from('later'));
    assert.not(store.has(id));
    assert.is(throwsCode(() => store.read(id), 'object-missing').data['id'], id);
    throwsCode(() => store.sizeOf(id), 'object-missing');
    git(directory, ['hash-object', '-w', '--stdin'], { input: 'later' });
    assert.ok(store.has(id));
    assert.is(store.readBlob(id).toString(), 'later');
  }),
);

x('reports a loose file that is not its object as damaged, and names it', () =>
  withBareRepository(({ directory, store }) => {
    const id = hashObject('blob', Buffer.from('content'));
    const whole = deflateSync(Buffer.from('blob 7\0content'));
    const flipped = Buffer.from(whole);
    flipped[10] = (flipped[10] ?? 0) ^ 4;
    const large = deflateSync(Buffer.alloc(20_000, 'blob 7\0content'), { level: 0 });
    const wrong = [
      Buffer.alloc(0),
      whole.subarray(0, 12),
      flipped,
      deflateSync(Buffer.from('blob 7\0another')),
      deflateSync(Buffer.from('blob 6\0content')),
      deflateSync(Buffer.from('blob 8\0content')),
      deflateSync(Buffer.from('blub 7\0content')),
      deflateSync(Buffer.from('blob 07\0content')),
      deflateSync(Buffer.from('content')),
      Buffer.alloc(8192, 'x'),
      large,
    ];
    for (const bytes of wrong) {
      const path = fileLoose(directory, id, bytes);
      const error = throwsCode(() => store.read(id), 'object-damaged');
      assert.equal([error.data['id'], error.data['path']], [id, path]);
    }
    fileLoose(directory, id, whole);
    assert.is(store.readBlob(id).toString(), 'content');
    fileLoose(directory, id, Buffer.from('not deflated'));
    throwsCode(() => store.sizeOf(id), 'object-damaged');
  }),
);

x('does not inflate a loose object beyond the size it declares', () =>
  withBareRepository(({ directory, store }) => {
    const bomb = Buffer.alloc(200 * 1024 * 1024);
    bomb.write('blob 10\0');
    fileLoose(directory, nowhere, deflateSync(bomb, { level: 9 }));
    const before = process.memoryUsage().arrayBuffers;
    throwsCode(() => store.read(nowhere), 'object-damaged');
    assert.ok(process.memoryUsage().arrayBuffers - before < 8 * 1024 * 1024);
  }),
);

x('finds objects by the digits they begin with, loose and packed', () =>
  withBareRepository(({ directory, store }) => {
    const ids: ObjectId[] = [];
    for (const [index, batch] of [packBatch(store), looseBatch(store)].entries()) {
      for (let count = 0; count < 300; count += 1) {
        ids.push(batch.put('blob', Buffer.from(`${index} ${count}`)));
      }
      batch.flush();
    }
    const sorted = [...ids].sort();
    assert.equal(store.allIds(), sorted);
    assert.is(ourCensus(store), census(directory));
    for (const id of [sorted[0], sorted[299], sorted[599]] as ObjectId[]) {
      for (const length of [1, 2, 3, 4, 8, 9, 40]) {
        const prefix = id.slice(0, length);
        const expected = sorted.filter((other) => other.startsWith(prefix));
        assert.equal(store.findByPrefix(prefix), expected);
      }
    }
    assert.equal(store.findByPrefix('f'.repeat(12)), []);
    assert.equal(store.findByPrefix('0'.repeat(12)), []);
    assert.equal(store.findByPrefix('xyz'), []);
    assert.equal(store.findByPrefix('AB'), []);
  }),
);

x('refuses to read an object as something it is not', () =>
  withBareRepository(({ store }) => {
    const batch = looseBatch(store);
    const blob = batch.put('blob', Buffer.from('not a tree'));
    const tree = batch.put('tree', Buffer.from('100644 a\0short'));
    const commit = batch.put('commit', Buffer.from('tree nowhere\n\n'));
    batch.flush();
    throwsCode(() => store.readTree(blob), 'object-damaged');
    throwsCode(() => store.readCommit(blob), 'object-damaged');
    throwsCode(() => store.readTag(blob), 'object-damaged');
    throwsCode(() => store.readBlob(tree), 'object-damaged');
    assert.is(throwsCode(() => store.readTree(tree), 'object-damaged').data['id'], tree);
    assert.is(throwsCode(() => store.readCommit(commit), 'object-damaged').data['id'], commit);
    throwsCode(() => store.readCommit(nowhere), 'object-missing');
  }),
);

x('keeps trees it has read', () =>
  withBareRepository(({ directory, store }) => {
    const batch = looseBatch(store);
    const entry = { mode: '40000', name: rawName('a'), id: EMPTY_TREE } as const;
    const id = batch.put('tree', encodeTree([entry]));
    batch.flush();
    assert.equal(store.readTree(id), [entry]);
    rmSync(loosePath(join(directory, 'objects'), id));
    assert.equal(store.readTree(id), [entry]);
  }),
);

x('uses the whole copy of an object when another is damaged', () =>
  withBareRepository(({ directory, store }) => {
    const content = Buffer.from('twice there');
    const packed = packBatch(store);
    const id = packed.put('blob', content);
    packed.flush();
    const file = fileLoose(directory, id, Buffer.alloc(0));
    assert.is(store.readBlob(id).toString(), 'twice there');
    writeFileSync(file, deflateSync(Buffer.concat([Buffer.from('blob 11\0'), content])));
    const pack = packPath(directory);
    chmodSync(pack, 0o600);
    const bytes = readFileSync(pack);
    bytes[15] = (bytes[15] ?? 0) ^ 0xff;
    writeFileSync(pack, bytes);
    const fresh = new ObjectStore(directory);
    assert.is(fresh.readBlob(id).toString(), 'twice there');
    rmSync(file);
    throwsCode(() => fresh.read(id), 'object-damaged');
    assert.is(fresh.damagedPacks()[0]?.path, pack);
    fresh.close();
  }),
);

x('reports damage, not "missing", when an index cannot be used', () =>
  withBareRepository(({ directory, store }) => {
    const packed = packBatch(store);
    const id = packed.put('blob', Buffer.from('in the pack'));
    packed.flush();
    const loose = looseBatch(store);
    const other = loose.put('blob', Buffer.from('beside it'));
    loose.flush();
    const index = packPath(directory).replace(/pack$/, 'idx');
    const bytes = readFileSync(index);
    for (const wrong of [Buffer.alloc(0), bytes.subarray(0, -30), Buffer.alloc(2000, 1)]) {
      writeFileSync(index, wrong);
      const fresh = new ObjectStore(directory);
      assert.is(fresh.readBlob(other).toString(), 'beside it');
      assert.is(throwsCode(() => fresh.read(id), 'object-damaged').data['id'], id);
      assert.is(fresh.damagedPacks().length, 1);
      fresh.close();
    }
    bytes[8 + 1024] = (bytes[8 + 1024] ?? 0) ^ 1;
    writeFileSync(index, bytes);
    const fresh = new ObjectStore(directory);
    assert.is(fresh.damagedPacks().length, 1);
    fresh.close();
  }),
);

x('does not confuse an unreadable store with an empty one', () =>
  withBareRepository(({ directory, store }) => {
    const loose = loosePath(join(directory, 'objects'), nowhere);
    mkdirSync(loose, { recursive: true });
    throwsCode(() => store.read(nowhere), 'io-failed');
  }),
);

x('ignores temporary and unfinished packs', () =>
  withBareRepository(({ directory, store }) => {
    const batch = packBatch(store);
    const id = batch.put('blob', Buffer.from('whole'));
    batch.flush();
    const pack = packPath(directory);
    const torn = readFileSync(pack).subarray(0, 20);
    const packs = join(directory, 'objects/pack');
    for (const name of ['tmp_pack_abc', 'pack-1.pack', 'pack-2.idx', 'pack-3.rev']) {
      writeFileSync(join(packs, name), torn);
    }
    const fresh = new ObjectStore(directory);
    assert.equal(fresh.allIds(), [id]);
    assert.is(fresh.readBlob(id).toString(), 'whole');
    assert.equal(fresh.damagedPacks(), []);
    fresh.close();
  }),
);

x('refuses a pack that does not belong to its index, until the right one is there', () =>
  withBareRepository(({ directory, store }) => {
    const first = packBatch(store);
    const id = first.put('blob', Buffer.from('right'));
    first.flush();
    const pack = packPath(directory);
    renameSync(pack, `${pack}.kept`);
    const second = packBatch(store);
    second.put('blob', Buffer.from('wrong'));
    second.flush();
    const wrong = readFileSync(packPath(directory));
    const fresh = new ObjectStore(directory);
    for (const bytes of [wrong, wrong.subarray(0, 16), Buffer.alloc(100)]) {
      writeFileSync(pack, bytes);
      throwsCode(() => fresh.read(id), 'object-damaged');
    }
    renameSync(`${pack}.kept`, pack);
    assert.is(fresh.readBlob(id).toString(), 'right');
    fresh.close();
  }),
);

x('vouches for an object only if it holds this very content, loose or packed', () =>
  withBareRepository(({ store }) => {
    const other = Buffer.from('something else');
    for (const [index, batch] of [looseBatch(store), packBatch(store)].entries()) {
      const content = Buffer.from(`what was asked for ${index}`);
      const id = batch.put('blob', content);
      batch.flush();
      assert.ok(store.freshen(id, { type: 'blob', content }, { now: Date.now() }));
      assert.not.ok(store.freshen(id, { type: 'blob', content: other }, { now: Date.now() }));
      assert.not.ok(store.freshen(id, { type: 'tag', content }, { now: Date.now() }));
    }
  }),
);

x.run();
