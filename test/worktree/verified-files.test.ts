import { lstatSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { hashObject } from '../../src/git/object-id.ts';
import { type RawPath, rawPath } from '../../src/git/raw-path.ts';
import { VerifiedFiles } from '../../src/worktree/verified-files.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('verified files');

const PLAIN = 'file' as RawPath;

/** What is remembered of a file that was looked at as long after its last change, by the clock of the caller. */
function withFile(
  { name, restedMs }: { readonly name: RawPath; readonly restedMs: number },
  use: (seen: { readonly path: string; readonly contentOf: () => string | undefined }) => void,
): Promise<void> {
  return withTemporaryDirectory((root) => {
    const path = join(root, name);
    writeFileSync(path, 'content');
    const { mtimeMs, ctimeMs } = lstatSync(path);
    const verified = new VerifiedFiles(() => Math.max(mtimeMs, ctimeMs) + restedMs);
    verified.observe(rawPath(root), name);
    use({ path, contentOf: () => verified.contentOf(name, lstatSync(path)) });
  });
}

test('a file that was at rest is known by its times', async () => {
  await withFile({ name: PLAIN, restedMs: 2000 }, ({ contentOf }) => {
    assert.is(contentOf(), hashObject('blob', Buffer.from('content')));
  });
});

test('one that was read right after it had been written is not', async () => {
  await withFile({ name: PLAIN, restedMs: 99 }, ({ contentOf }) =>
    assert.is(contentOf(), undefined),
  );
});

test('nor is one that was written to since, whatever became of its times', async () => {
  await withFile({ name: PLAIN, restedMs: 2000 }, ({ path, contentOf }) => {
    const { mtimeMs } = lstatSync(path);
    writeFileSync(path, 'CONTENT');
    utimesSync(path, mtimeMs / 1000, mtimeMs / 1000);
    assert.is(contentOf(), undefined);
  });
});

test('nor one about which git would ask for its content', async () => {
  await withFile({ name: '.gitmodules' as RawPath, restedMs: 5000 }, ({ contentOf }) => {
    assert.is(contentOf(), undefined);
  });
});

test.run();
