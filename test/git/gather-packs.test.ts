import { readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { encodeCommit } from '../../src/git/commit.ts';
import { chooseSmall, gatherPacks } from '../../src/git/gather-packs.ts';
import type { ObjectId } from '../../src/git/object-id.ts';
import { rawName } from '../../src/git/raw-path.ts';
import { encodeTree } from '../../src/git/tree.ts';
import { type BareRepository, packBatch, withBareRepository } from '../support/bare-repository.ts';
import { assertFsckClean, git, gitText } from '../support/git-oracle.ts';

const gathering = suite('gathering packs');
const options = { bytesMax: 1 << 20, freeBytes: () => Number.POSITIVE_INFINITY };
const LINES = Array.from({ length: 60 }, (_, index) => `line ${index} of a file\n`);

/** A pack for each of some commits on `main`, each with another version of one file. */
function commitVersions({ directory, store }: BareRepository, count: number): void {
  let parent: ObjectId | undefined;
  for (let version = 0; version < count; version += 1) {
    const batch = packBatch(store);
    const text = [...LINES.slice(0, 30), `version ${version}\n`, ...LINES.slice(30)].join('');
    const id = batch.put('blob', Buffer.from(text));
    const tree = batch.put('tree', encodeTree([{ mode: '100644', name: rawName('f'), id }]));
    const who = { name: 'a', email: 'a@b', at: 1_700_000_000_000 + version, offsetMinutes: 0 };
    const parents = parent === undefined ? [] : [parent];
    const made = { tree, parents, author: who, committer: who, message: `${version}\n` };
    parent = batch.put('commit', encodeCommit(made));
    batch.flush();
    batch.settle();
  }
  git(directory, ['update-ref', 'refs/heads/main', parent ?? '']);
}

function packPaths(directory: string): string[] {
  const packs = join(directory, 'objects', 'pack');
  return readdirSync(packs)
    .filter((name) => name.endsWith('.pack'))
    .map((name) => join(packs, name));
}

gathering('puts small packs together as deltas, and takes nothing away', () =>
  withBareRepository(async (bare) => {
    const { directory, store } = bare;
    commitVersions(bare, 20);
    const unreached = packBatch(store);
    const lost = unreached.put('blob', Buffer.from('nothing leads here'));
    unreached.flush();
    const before = store.allIds();
    for (const path of packPaths(directory)) utimesSync(path, 1000, 1000);
    assert.is(await gatherPacks(store, options), 21);
    const [path = '', ...others] = packPaths(directory);
    assert.equal(others, []);
    assert.equal(store.allIds(), before);
    for (const id of before) assert.ok(store.read(id));
    assert.is(gitText(directory, ['cat-file', '-p', lost]), 'nothing leads here');
    assert.is(statSync(path).mtimeMs, 1_000_000, 'as old as what is in it');
    assertFsckClean(directory);
    const listed = gitText(directory, ['verify-pack', '-v', path.replace(/pack$/, 'idx')]);
    // Blobs and commits of nearly the same content, but for the newest.
    assert.ok((listed.match(/ [1-9]\d* [0-9a-f]{40}$/gm) ?? []).length >= 19, listed);
    assert.is(await gatherPacks(store, options), 0, 'one alone stays');
  }),
);

gathering('leaves what somebody keeps, and what there is no room for', () =>
  withBareRepository(async (bare) => {
    const { directory, store } = bare;
    commitVersions(bare, 3);
    assert.is(await gatherPacks(store, { ...options, freeBytes: () => 100 }), 0);
    const [kept = ''] = packPaths(directory);
    writeFileSync(kept.replace(/pack$/, 'keep'), 'by hand');
    assert.is(await gatherPacks(store, options), 2);
    assert.is(packPaths(directory).length, 2);
    assert.ok(packPaths(directory).includes(kept));
    git(directory, ['multi-pack-index', 'write']);
    commitVersions(bare, 5);
    await gatherPacks(store, options);
    assertFsckClean(directory);
  }),
);

gathering('takes a larger pack only where as much stands beside it', () => {
  const pack = (packBytes: number, isKept = false) => ({ packBytes, isKept });
  const sizes = (...packs: { packBytes: number; isKept: boolean }[]) =>
    chooseSmall(packs, 1 << 20).map(({ packBytes }) => packBytes);
  assert.equal(sizes(pack(300_000), pack(5000), pack(4000), pack(6000, true)), [4000, 5000]);
  assert.equal(sizes(pack(60_000), pack(50_000), pack(210_000)), [50_000, 60_000, 210_000]);
  assert.equal(sizes(pack(1000), pack(2 << 20), pack(900_000)), [1000]);
});

gathering.run();
