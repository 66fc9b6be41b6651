import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashObject, type ObjectId } from '../../src/git/object-id.ts';
import { type RawName, type RawPath, rawPath } from '../../src/git/raw-path.ts';
import type { StoredObject } from '../../src/git/stored-object.ts';
import { encodeTree, parseTree, type TreeEntry } from '../../src/git/tree.ts';
import type { IgnoreRulesOptions } from '../../src/worktree/ignore-rules.ts';
import { countEntries } from '../../src/worktree/large-deletion.ts';
import { type PlacedEntry, readOddTree, writeOddTree } from '../../src/worktree/odd-tree.ts';
import { rulesKey } from '../../src/worktree/rules-key.ts';
import { diffSnapshots, diffTrees } from '../../src/worktree/tree-diff.ts';

const test = suite('odd names and hostile trees');

/** A store in memory, as far as trees and blobs go. */
class Objects {
  readonly #objects = new Map<ObjectId, StoredObject>();

  put(type: 'blob' | 'tree', content: Buffer): ObjectId {
    const id = hashObject(type, content);
    this.#objects.set(id, { type, content });
    return id;
  }

  read(id: ObjectId): StoredObject {
    return this.#objects.get(id)!;
  }

  readTree(id: ObjectId): TreeEntry[] {
    return parseTree(this.read(id).content);
  }

  blob(text: string): ObjectId {
    return this.put('blob', Buffer.from(text));
  }

  tree(entries: Record<string, ObjectId>, mode: TreeEntry['mode'] = '100644'): ObjectId {
    const list = Object.entries(entries).map(([name, id]) => ({ mode, name: name as RawName, id }));
    return this.put('tree', encodeTree(list));
  }
}

function isDamage(error: { code: string }): boolean {
  return error.code === 'object-damaged';
}

test('entries come back with path, mode and id, whatever bytes their names have', () => {
  const objects = new Objects();
  const entries: PlacedEntry[] = [
    { path: 'a/.git\xff' as RawPath, mode: '100755', id: objects.blob('1') },
    { path: rawPath('b/.git\u200c'), mode: '120000', id: objects.blob('2') },
    { path: 'git~1' as RawPath, mode: '40000', id: objects.tree({}) },
  ];
  const tree = writeOddTree(objects, entries.toReversed());
  assert.equal(readOddTree(objects, tree), entries);
  assert.is(writeOddTree(objects, []), undefined);
  assert.equal(readOddTree(objects, undefined), []);
});

test('a list that does not fit its entries is refused', () => {
  const objects = new Objects();
  const id = objects.blob('x');
  const withList = (list: string) => objects.tree({ '0000': id, 'odd.json': objects.blob(list) });
  const listed = (entry: unknown) => withList(JSON.stringify({ entries: [entry] }));
  const good = { entry: '0000', path: 'git~1', mode: '100644' };
  assert.is(readOddTree(objects, listed(good)).length, 1);
  for (const tree of [
    objects.tree({ '0000': id }),
    withList('not json'),
    withList('{}'),
    withList('null'),
    listed(7),
    listed({ ...good, entry: 7 }),
    listed({ ...good, mode: '160000' }),
    listed({ ...good, path: 7 }),
    listed({ ...good, path: { base64: 7 } }),
    listed({ ...good, entry: '0001' }),
    listed({ ...good, mode: '100755' }),
    listed({ ...good, path: '../x' }),
    listed({ ...good, path: 'a/.GIT/config' }),
    listed({ ...good, path: { base64: Buffer.from('/etc/x').toString('base64') } }),
  ]) {
    assert.throws(() => readOddTree(objects, tree), isDamage);
  }
});

test('a tree of files in which a name could become .git is refused', () => {
  const objects = new Objects();
  const id = objects.blob('x');
  for (const name of [
    '.git',
    '.GIT',
    '.git ',
    'git~1',
    '.git::$INDEX_ALLOCATION',
    '.g\xe2\x80\x8cit',
    'a\\.git',
  ]) {
    const tree = objects.tree({ [name]: id });
    assert.throws(() => diffTrees(objects, undefined, tree), isDamage, name);
    const nested = objects.tree({ ok: tree }, '40000');
    assert.throws(() => diffTrees(objects, nested, undefined), isDamage, name);
  }
});

test('a path may be plain on one side and odd on the other', () => {
  const objects = new Objects();
  const [one, two] = [objects.blob('1'), objects.blob('2')];
  const path = '.gitmodules' as RawPath;
  const plain = { tree: objects.tree({ '.gitmodules': one }) };
  const odd = {
    tree: objects.tree({}),
    odd: writeOddTree(objects, [{ path, mode: '100644', id: two }]),
  };
  assert.equal(diffSnapshots(objects, plain, odd), [
    { path, before: { mode: '100644', id: one }, after: { mode: '100644', id: two } },
  ]);
  assert.equal(diffSnapshots(objects, odd, odd), []);
  assert.equal(diffSnapshots(objects, odd, { tree: odd.tree }), [
    { path, before: { mode: '100644', id: two } },
  ]);
});

test('a directory is empty only where nothing with an odd name is in it either', () => {
  const objects = new Objects();
  const id = objects.blob('x');
  const file = { mode: '100644', id } as const;
  const empty = { mode: '40000', id: objects.tree({}) } as const;
  const path = 'a/build/git~1' as RawPath;
  const build = 'a/build' as RawPath;
  const none = { tree: objects.tree({}) };
  const bare = {
    tree: objects.tree({ a: objects.tree({ build: empty.id }, '40000') }, '40000'),
  };
  const odd = { ...bare, odd: writeOddTree(objects, [{ path, ...file }]) };
  const implied = { ...none, odd: odd.odd };
  const added = { path, after: file };
  const gone = { path, before: file };
  assert.equal(diffSnapshots(objects, bare, odd), [{ path: build, before: empty }, added]);
  assert.equal(diffSnapshots(objects, odd, bare), [{ path: build, after: empty }, gone]);
  assert.equal(diffSnapshots(objects, none, odd), [added]);
  assert.equal(diffSnapshots(objects, odd, none), [gone]);
  assert.equal(diffSnapshots(objects, implied, odd), []);
  assert.equal(diffSnapshots(objects, implied, bare), [{ path: build, after: empty }, gone]);
  const inItsPlace = { tree: objects.tree({ a: id }) };
  assert.equal(diffSnapshots(objects, inItsPlace, odd), [
    { path: 'a' as RawPath, before: file },
    added,
  ]);
});

test('what is counted as files are those with odd names too, not the list of them', () => {
  const objects = new Objects();
  const id = objects.blob('x');
  const odd = writeOddTree(objects, [
    { path: 'd/git~1' as RawPath, mode: '100644', id },
    { path: 'git~1' as RawPath, mode: '40000', id: objects.tree({ a: id, b: id }) },
  ]);
  assert.is(countEntries(objects, { tree: objects.tree({ a: id, 'odd.json': id }), odd }), 5);
});

test('the key of the rules differs with each rule from outside the root, and only then', () => {
  const files: Record<string, string> = {
    '.gitignore': 'a',
    'sub/.gitignore': 'b',
    'sub/root/.gitignore': 'c',
  };
  const read = (path: RawPath) =>
    files[path] === undefined ? undefined : Buffer.from(files[path]);
  const options: IgnoreRulesOptions = { read, base: 'sub/root' as RawPath, secrets: ['x'] };
  const key = rulesKey(options);
  assert.is(rulesKey({ ...options }), key);
  const others: IgnoreRulesOptions[] = [
    { ...options, secrets: ['y'] },
    { ...options, ignoreCase: true },
    { ...options, infoExclude: Buffer.from('x') },
    { ...options, excludesFile: Buffer.from('x') },
    { ...options, base: '' as RawPath },
  ];
  assert.is(new Set([key, ...others.map(rulesKey)]).size, 6);
  files['sub/root/.gitignore'] = 'changed';
  assert.is(rulesKey(options), key);
  files['sub/.gitignore'] = 'changed';
  assert.is.not(rulesKey(options), key);
});

test.run();
