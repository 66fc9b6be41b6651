import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { encodeCommit } from '../../src/git/commit.ts';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { ObjectStore } from '../../src/git/object-store.ts';
import { PackFile } from '../../src/git/pack-file.ts';
import { encodePackIndex, PackIndex, type PackIndexEntry } from '../../src/git/pack-index.ts';
import { rawName } from '../../src/git/raw-path.ts';
import { RecentCache } from '../../src/git/recent-cache.ts';
import type { StoredObject } from '../../src/git/stored-object.ts';
import { encodeTree } from '../../src/git/tree.ts';
import { looseBatch, packBatch, withBareRepository } from '../support/bare-repository.ts';
import { assertFsckClean, git, gitText } from '../support/git-oracle.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite('pack-file');

/** Sixty versions of a text that git will store as deltas of each other, and what goes with them. */
function commitVersions(directory: string, store: ObjectStore): Map<ObjectId, string> {
  const texts = new Map<ObjectId, string>();
  const lines = Array.from({ length: 400 }, (_, index) => `line ${index} ${index * 7919}`);
  const batch = looseBatch(store);
  const who = { name: 'n', email: 'e', at: 1_700_000_000_000, offsetMinutes: 0 };
  let parents: ObjectId[] = [];
  for (let version = 0; version < 60; version += 1) {
    lines[(version * 37) % lines.length] = `changed in version ${version}`;
    lines.push(`added in version ${version}`);
    const text = lines.join('\n');
    const id = batch.put('blob', Buffer.from(text));
    texts.set(id, text);
    const tree = batch.put('tree', encodeTree([{ mode: '100644', name: rawName('file'), id }]));
    const commit = { tree, parents, author: who, committer: who, message: `${version}\n` };
    parents = [batch.put('commit', encodeCommit(commit))];
  }
  batch.flush();
  git(directory, ['update-ref', 'refs/heads/main', parents[0] ?? '']);
  return texts;
}

function packNames(directory: string): string[] {
  return readdirSync(join(directory, 'objects/pack')).filter((name) => name.endsWith('.pack'));
}

for (const [kind, useOffsets] of [
  ['offset', 'true'],
  ['reference', 'false'],
] as const) {
  x(`reads ${kind} deltas exactly, with their sizes`, () =>
    withBareRepository(({ directory, store }) => {
      const texts = commitVersions(directory, store);
      git(directory, ['config', 'repack.useDeltaBaseOffset', useOffsets]);
      // Threads share the versions among them, and cut their chain.
      git(directory, ['-c', 'pack.threads=1', 'repack', '-adfq', '--depth=50']);
      const [index] = readdirSync(join(directory, 'objects/pack')).filter((n) => /idx$/.test(n));
      const verified = gitText(directory, ['verify-pack', '-v', `objects/pack/${index}`]);
      assert.match(verified, /chain length = 20/);
      const fresh = new ObjectStore(directory);
      assert.is(fresh.allIds().length, 180);
      for (const [id, text] of texts) {
        assert.equal(fresh.sizeOf(id), { type: 'blob', size: Buffer.byteLength(text) });
        assert.is(fresh.readBlob(id).toString(), text);
      }
      for (const id of fresh.allIds()) {
        const { type, content } = fresh.read(id);
        assert.is(hashObject(type, content), id);
      }
      assert.equal(fresh.damagedPacks(), []);
      fresh.close();
    }),
  );
}

x('survives gc, repack and prune by stock git between any two reads', () =>
  withBareRepository(({ directory, store }) => {
    const texts = [...commitVersions(directory, store)];
    const commands = [
      ['repack', '-q'],
      ['prune-packed', '-q'],
      ['repack', '-adq'],
      ['repack', '-adfq', '--depth=1'],
      ['gc', '-q', '--prune=now'],
      ['repack', '-adfq', '--depth=3'],
      ['repack', '-Adq', '--max-pack-size=1m'],
    ];
    for (const [round, command] of commands.entries()) {
      const [before, after] = [texts[round * 2], texts[round * 2 + 1]];
      assert.is(store.readBlob(before?.[0] as ObjectId).toString(), before?.[1]);
      git(directory, command);
      assert.is(store.readBlob(after?.[0] as ObjectId).toString(), after?.[1]);
      for (const [id] of texts) assert.ok(store.has(id));
    }
    assertFsckClean(directory);
  }),
);

x('finds an object again that git moved from a pack nobody has opened yet', () =>
  withBareRepository(({ directory, store }) => {
    const batch = packBatch(store);
    const id = batch.put('blob', Buffer.from('unreachable'));
    batch.flush();
    assert.ok(store.has(id));
    const [name = ''] = packNames(directory);
    git(directory, ['unpack-objects', '-q'], { input: movedAway(directory, name) });
    assert.equal(packNames(directory), []);
    assert.is(store.readBlob(id).toString(), 'unreachable');
    assert.equal(store.allIds(), [id]);
  }),
);

/** Takes a pack away, for unpack-objects leaves out what the store still has. */
function movedAway(directory: string, name: string): Buffer {
  const path = join(directory, 'objects/pack', name);
  const bytes = readFileSync(path);
  rmSync(path);
  rmSync(path.replace(/pack$/, 'idx'));
  return bytes;
}

x('keeps few packs open, however many it reads from', () =>
  withBareRepository(({ directory, store }) => {
    const ids: ObjectId[] = [];
    for (let count = 0; count < 20; count += 1) {
      const batch = packBatch(store);
      ids.push(batch.put('blob', Buffer.from(`in pack ${count}`)));
      batch.flush();
    }
    const open = (): number =>
      readdirSync('/proc/self/fd').length; /* Linux only, as the number of descriptors is. */
    const before = process.platform === 'linux' ? open() : 0;
    for (const round of [0, 1]) {
      for (const [count, id] of ids.entries()) {
        assert.is(store.readBlob(id).toString(), `in pack ${count}`, `round ${round}`);
      }
    }
    if (process.platform === 'linux') assert.ok(open() - before <= 8);
    store.close();
    if (process.platform === 'linux') assert.ok(open() <= before);
    assert.is(store.readBlob(ids[3] as ObjectId).toString(), 'in pack 3');
    assert.is(packNames(directory).length, 20);
  }),
);

x('names the pack for every flipped byte of a delta chain, and never gives wrong content', () =>
  withBareRepository(({ directory, store }) => {
    const texts = [...commitVersions(directory, store)].slice(50);
    git(directory, ['repack', '-adfq', '--depth=50']);
    const [name = ''] = packNames(directory);
    const path = join(directory, 'objects/pack', name);
    const whole = readFileSync(path);
    let damaged = 0;
    for (let at = 12; at < whole.length - 20; at += 97) {
      const bytes = Buffer.from(whole);
      bytes[at] = (bytes[at] ?? 0) ^ 0x10;
      rmSync(path);
      writeFileSync(path, bytes);
      const fresh = new ObjectStore(directory);
      for (const [id, text] of texts) {
        try {
          assert.is(fresh.readBlob(id).toString(), text);
        } catch (error) {
          assert.ok(error instanceof GsessError && error.code === 'object-damaged', `${error}`);
          damaged += 1;
        }
      }
      fresh.close();
    }
    assert.ok(damaged > 20, `${damaged}`);
  }),
);

/** A pack of entries written by hand, to be as wrong as wanted, opened with an index that says so. */
function withHandmadePack(
  entries: readonly { readonly id: ObjectId; readonly bytes: Buffer }[],
  use: (pack: PackFile, offsets: readonly number[]) => void,
): Promise<void> {
  return withTemporaryDirectory((directory) => {
    const parts: Buffer[] = [Buffer.from('PACK\0\0\0\x02\0\0\0\0', 'latin1')];
    const listed: PackIndexEntry[] = [];
    for (const { id, bytes } of entries) {
      listed.push({ id, offset: Buffer.concat(parts).length, crc: 0 });
      parts.push(bytes);
    }
    const content = Buffer.concat(parts);
    const checksum = createHash('sha1').update(content).digest();
    writeFileSync(join(directory, 'x.pack'), Buffer.concat([content, checksum]));
    writeFileSync(join(directory, 'x.idx'), encodePackIndex(listed, checksum));
    const index = new PackIndex(join(directory, 'x.idx'));
    const bases = new RecentCache<string, StoredObject>(1_000_000);
    const pack = new PackFile(join(directory, 'x.pack'), index, bases);
    use(
      pack,
      listed.map(({ offset }) => offset),
    );
    pack.close();
  });
}

const idA = 'a'.repeat(40) as ObjectId;
const idB = 'b'.repeat(40) as ObjectId;
const REFERENCE_DELTA_OF_4 = 0x74;
const OFFSET_DELTA_OF_4 = 0x64;
const copyOneByte = deflateSync(Buffer.from([1, 1, 0x90, 1]));

x('gives up on deltas that refer to each other in a circle', () => {
  const bytes = (base: ObjectId): Buffer =>
    Buffer.concat([Buffer.from([REFERENCE_DELTA_OF_4]), Buffer.from(base, 'hex'), copyOneByte]);
  const entries = [
    { id: idA, bytes: bytes(idB) },
    { id: idB, bytes: bytes(idA) },
  ];
  return withHandmadePack(entries, (pack, [offset = 0]) => {
    assert.throws(() => pack.read(offset), /no end/);
    assert.throws(() => pack.info(offset), /no end/);
  });
});

x('refuses entries that are none, and deltas with a base that is none', () => {
  const wrong = [
    Buffer.from([0x00, 1]),
    Buffer.from([0x54, 1]),
    Buffer.concat([Buffer.from([REFERENCE_DELTA_OF_4]), Buffer.from(idB, 'hex'), copyOneByte]),
    Buffer.from([REFERENCE_DELTA_OF_4, 1, 2]),
    Buffer.concat([Buffer.from([OFFSET_DELTA_OF_4, 0x00]), copyOneByte]),
    Buffer.concat([Buffer.from([OFFSET_DELTA_OF_4, 0x7f]), copyOneByte]),
    Buffer.concat([Buffer.from([OFFSET_DELTA_OF_4, 0xff, 0x7f]), copyOneByte]),
    Buffer.concat([Buffer.alloc(12, 0xff), copyOneByte]),
    Buffer.concat([Buffer.from([0xb4, 0xff, 0xff, 0xff, 0xff, 0x7f]), copyOneByte]),
    Buffer.from([0x34]),
    Buffer.from([0x34, 1, 2, 3]),
  ];
  const entries = wrong.map((bytes) => ({ id: idA, bytes }));
  return withHandmadePack(entries, (pack, offsets) => {
    for (const offset of offsets) {
      assert.throws(
        () => pack.read(offset),
        (error: unknown) => error instanceof GsessError && error.code === 'object-damaged',
        `${offset}`,
      );
    }
    assert.throws(() => pack.read(4), /no object begins/);
    assert.throws(() => pack.read(1_000_000), /no object begins/);
  });
});

x('refuses the size of a delta that does not inflate', () => {
  const blob = Buffer.concat([Buffer.from([0x31]), deflateSync(Buffer.from('x'))]);
  const delta = Buffer.concat([Buffer.from([OFFSET_DELTA_OF_4, blob.length]), Buffer.alloc(30)]);
  const entries = [
    { id: idA, bytes: blob },
    { id: idB, bytes: delta },
  ];
  return withHandmadePack(entries, (pack, [first = 0, second = 0]) => {
    assert.equal(pack.info(first), { type: 'blob', size: 1 });
    assert.is(pack.read(first).content.toString(), 'x');
    assert.throws(() => pack.info(second), /has no size/);
    assert.throws(() => pack.read(second), /cut short or altered/);
  });
});

x.run();
