import {
  existsSync,
  linkSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import {
  createDurably,
  makePrivateDirectory,
  sweepTemporary,
  syncDirectory,
  temporaryPath,
  writeDurably,
  writeSynced,
} from '../../src/git/durable-file.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const durable = suite('durable-file');
const permissions = (path: string) => statSync(path).mode & 0o777;

function failsWith(code: string, action: () => void): void {
  assert.throws(action, (error: NodeJS.ErrnoException) => error.code === code);
}

durable('makes every missing directory private and leaves existing ones as they are', () =>
  withTemporaryDirectory((directory) => {
    const open = join(directory, 'open');
    mkdirSync(open);
    const before = permissions(open);
    makePrivateDirectory(join(open, 'a', 'b'));
    makePrivateDirectory(join(open, 'a', 'b'));
    assert.is(permissions(open), before);
    assert.is(permissions(join(open, 'a')), 0o700);
    assert.is(permissions(join(open, 'a', 'b')), 0o700);
  }),
);

durable('does not take a file for a directory', () =>
  withTemporaryDirectory((directory) => {
    const file = join(directory, 'file');
    writeFileSync(file, '');
    failsWith('EEXIST', () => makePrivateDirectory(file));
    failsWith('ENOTDIR', () => makePrivateDirectory(join(file, 'below')));
  }),
);

durable('has exact modes whatever the umask', () =>
  withTemporaryDirectory((directory) => {
    const umask = process.umask(0);
    try {
      for (const mask of [0, 0o777]) {
        process.umask(mask);
        const inside = join(directory, `mask-${mask}`);
        makePrivateDirectory(inside);
        writeDurably(join(inside, 'written'), 'x');
        createDurably(join(inside, 'created'), 'x');
        writeDurably(join(inside, 'runs'), 'x', { mode: 0o755 });
        assert.is(permissions(inside), 0o700);
        assert.is(permissions(join(inside, 'written')), 0o600);
        assert.is(permissions(join(inside, 'created')), 0o600);
        assert.is(permissions(join(inside, 'runs')), 0o755);
      }
    } finally {
      process.umask(umask);
    }
  }),
);

durable('replaces a file by a new one, so whoever has the old one open or linked keeps it', () =>
  withTemporaryDirectory((directory) => {
    const path = join(directory, 'file');
    writeFileSync(path, 'old');
    linkSync(path, join(directory, 'other name'));
    writeDurably(path, Buffer.from('new'));
    assert.is(readFileSync(path, 'utf8'), 'new');
    assert.is(readFileSync(join(directory, 'other name'), 'utf8'), 'old');
    assert.equal(readdirSync(directory).sort(), ['file', 'other name']);
  }),
);

durable('creates a file once and passes EEXIST out', () =>
  withTemporaryDirectory((directory) => {
    const path = join(directory, 'file');
    createDurably(path, 'first');
    failsWith('EEXIST', () => createDurably(path, 'second'));
    assert.is(readFileSync(path, 'utf8'), 'first');
    assert.is(statSync(path).nlink, 1);
    assert.equal(readdirSync(directory), ['file']);
  }),
);

durable('leaves no temporary file when a write fails', () =>
  withTemporaryDirectory((directory) => {
    mkdirSync(join(directory, 'taken', 'full'), { recursive: true });
    assert.throws(() => writeDurably(join(directory, 'taken'), 'x'));
    assert.throws(() => writeSynced(join(directory, 'bad'), 3 as unknown as string));
    assert.equal(readdirSync(directory), ['taken']);
    failsWith('ENOENT', () => writeDurably(join(directory, 'absent', 'file'), 'x'));
  }),
);

durable('says so when a directory to sync is not there', () =>
  withTemporaryDirectory((directory) => {
    failsWith('ENOENT', () => syncDirectory(join(directory, 'absent')));
  }),
);

durable('sweeps old temporary names only', () =>
  withTemporaryDirectory((directory) => {
    const now = Date.now();
    const old = temporaryPath(directory);
    const oldObject = temporaryPath(directory, 'tmp_obj_');
    const oldDirectory = temporaryPath(directory);
    const fresh = temporaryPath(directory);
    const foreign = join(directory, 'tmp-notes for later.txt');
    for (const path of [old, oldObject, fresh, foreign]) writeFileSync(path, 'x');
    mkdirSync(oldDirectory);
    writeFileSync(join(oldDirectory, 'inside'), 'x');
    for (const path of [old, oldObject, oldDirectory, foreign]) {
      utimesSync(path, now / 1000 - 61, now / 1000 - 61);
    }
    assert.is(sweepTemporary(directory, 60_000, now), 3);
    assert.is(sweepTemporary(directory, 60_000, now), 0);
    assert.ok(existsSync(fresh) && existsSync(foreign));
    assert.is(readdirSync(directory).length, 2);
    assert.is(sweepTemporary(join(directory, 'absent'), 0, now), 0);
    failsWith('ENOTDIR', () => sweepTemporary(foreign, 0, now));
  }),
);

durable.run();
