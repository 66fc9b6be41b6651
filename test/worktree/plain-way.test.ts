import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { platform } from 'node:os';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RawPath, rawPath } from '../../src/git/raw-path.ts';
import { lookAt } from '../../src/worktree/disk-state.ts';
import { isPlainWay } from '../../src/worktree/plain-way.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('the way to a directory');

const DEEP = 'a/b/c/d/e/f/g/h/i/j';

test('is plain over directories, and not over a link, to a file, or to nothing', () =>
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, DEEP, 'caf\u00e9'), { recursive: true });
    writeFileSync(join(directory, 'file'), '');
    symlinkSync('a', join(directory, 'link'));
    chmodSync(join(directory, DEEP), 0o311);
    const ask = (path: string) => isPlainWay(rawPath(join(directory, path)));
    assert.is(ask(DEEP), platform() === 'linux');
    assert.is(ask(`${DEEP}/caf\u00e9`), platform() === 'linux');
    const others = ['link', 'link/b/c', 'file', 'a/nothing', `${DEEP}/`, 'a/../a'];
    assert.equal(
      others.filter((path) => isPlainWay(rawPath(`${directory}/${path}`))),
      [],
    );
  }));

test('is found barred by a link at any depth', () =>
  withTemporaryDirectory((directory) => {
    const root = rawPath(directory);
    const parts = DEEP.split('/');
    mkdirSync(join(directory, DEEP), { recursive: true });
    writeFileSync(join(directory, DEEP, 'file'), '');
    const path = `${DEEP}/file` as RawPath;
    assert.is(lookAt(root, path).state, 'unknown');
    for (const depth of parts.keys()) {
      const barred = parts.slice(0, depth + 1).join('/');
      const moved = join(directory, 'moved');
      renameSync(join(directory, barred), moved);
      symlinkSync(moved, join(directory, barred));
      assert.equal(lookAt(root, path), { state: 'absent', insteadOf: barred });
      renameSync(moved, join(directory, barred, '..', 'back'));
      renameSync(join(directory, barred), join(directory, `link-${depth}`));
      renameSync(join(directory, barred, '..', 'back'), join(directory, barred));
    }
    assert.is(lookAt(root, path).state, 'unknown');
  }));

test.run();
