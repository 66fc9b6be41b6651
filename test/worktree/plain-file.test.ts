import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { readPlainFile } from '../../src/worktree/plain-file.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('plain file');

test('a file is read up to the limit and refused beyond it, by name or by bytes', async () => {
  await withTemporaryDirectory((directory) => {
    const path = join(directory, 'f');
    writeFileSync(path, 'abc');
    assert.is(readPlainFile(path, { bytesMax: 3 })?.toString(), 'abc');
    for (const name of [path, Buffer.from(path)]) {
      assert.throws(
        () => readPlainFile(name, { bytesMax: 2 }),
        `'${path}' has 3 bytes, more than 2`,
      );
    }
  });
});

test('what is missing, a directory, a link, or would block is no plain file', async () => {
  await withTemporaryDirectory((directory) => {
    const path = (name: string): string => join(directory, name);
    writeFileSync(path('f'), 'abc');
    mkdirSync(path('d'));
    symlinkSync('f', path('link'));
    symlinkSync('loop', path('loop'));
    spawnSync('mkfifo', [path('pipe')]);
    const names = ['missing', 'f/x', 'd', 'link', 'loop', 'pipe', 'x'.repeat(300)];
    for (const name of names) {
      assert.is(readPlainFile(path(name), { bytesMax: 10 }), undefined, name);
    }
    const followed = { bytesMax: 10, followLinks: true };
    assert.is(readPlainFile(path('link'), followed)?.toString(), 'abc');
    assert.is(readPlainFile(path('loop'), followed), undefined);
    assert.is(readPlainFile('/dev/zero', followed), undefined);
  });
});

test.run();
