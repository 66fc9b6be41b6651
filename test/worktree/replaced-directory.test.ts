// Directories and files that become something else between being seen and being opened. An ignore file is asked for at just such
// moments, so whoever reads it for the snapshot can do the replacing.

import { mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { IgnoreRulesOptions } from '../../src/worktree/ignore-rules.ts';
import { gitText } from '../support/git-oracle.ts';
import { reasonsIn, SnapshotScene } from '../support/snapshot-scene.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('a directory replaced while it is walked');

class ReplacingScene extends SnapshotScene {
  /** Called once, when the walk asks for this ignore file. */
  when = '';
  replace: () => void = () => undefined;

  override ruleOptions(): IgnoreRulesOptions {
    const options = super.ruleOptions();
    let isDone = false;
    const read: IgnoreRulesOptions['read'] = (path) => {
      if (path === this.when && !isDone) {
        isDone = true;
        this.replace();
      }
      return options.read(path);
    };
    return { ...options, read };
  }
}

function withReplacing(use: (scene: ReplacingScene, outside: string) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    const scene = new ReplacingScene(directory);
    const outside = join(directory, 'outside');
    mkdirSync(join(outside, 'sub'), { recursive: true });
    for (const name of ['file', 'other', 'sub/deep']) {
      writeFileSync(join(outside, name), 'not of the project\n');
    }
    // An ignore file is asked for only where there is one.
    scene.plant({ 'a/.gitignore': '', 'a/sub/.gitignore': '' });
    scene.plant({ 'a/file': '1', 'a/sub/deep': '2', 'z/kept': '3' });
    use(scene, outside);
  });
}

/** Everything that the snapshot holds, by name. */
function heldBy(scene: SnapshotScene, tree: string): string {
  return gitText(scene.store.directory, ['ls-tree', '-r', '--name-only', tree]);
}

const BOTH = 'a/other\nb/.gitignore\nb/file\nb/sub/.gitignore\nb/sub/deep\nz/kept';

const MOMENTS = [
  ['after it was seen and before it is listed', '.gitignore', 'a'],
  ['after it was listed and before its files are opened', 'a/.gitignore', 'a'],
  ['below, after the one above was listed', 'a/sub/.gitignore', 'a/sub'],
  ['above, while a directory in it is walked', 'a/sub/.gitignore', 'a'],
] as const;

for (const [moment, when, path] of MOMENTS) {
  test(`FS-22: a link to elsewhere in its place leads nowhere and is listed: ${moment}`, () =>
    withReplacing((scene, outside) => {
      let isReplaced = false;
      scene.when = when;
      scene.replace = () => {
        renameSync(join(scene.root, path), join(scene.directory, 'moved'));
        symlinkSync(join(outside, path === 'a' ? '' : 'sub'), join(scene.root, path));
        isReplaced = true;
      };
      const snapshot = scene.snapshot();
      assert.ok(isReplaced);
      assert.is(reasonsIn(snapshot)[path], 'changed');
      assert.ok(snapshot.partial);
      const held = heldBy(scene, snapshot.tree).split('\n');
      assert.equal(held, path === 'a' ? ['z/kept'] : ['a/.gitignore', 'a/file', 'z/kept']);
      scene.fsck(snapshot);
      const reachable = gitText(scene.store.directory, [
        'log',
        '-p',
        '--all',
        '-S',
        'not of the project',
      ]);
      assert.is(reachable, '');
      // The link itself is captured the next time, as a link.
      scene.when = '';
      const next = scene.snapshot();
      assert.ok(heldBy(scene, next.tree).split('\n').includes(path));
    }));
}

test('FS-22: another directory in its place is not taken for it', () =>
  withReplacing((scene) => {
    scene.when = 'a/.gitignore';
    scene.replace = () => {
      renameSync(join(scene.root, 'a'), join(scene.root, 'b'));
      scene.plant({ 'a/other': 'came later' });
    };
    const snapshot = scene.snapshot();
    scene.when = '';
    assert.equal(reasonsIn(snapshot), { a: 'changed' });
    assert.is(heldBy(scene, snapshot.tree), 'z/kept');
    assert.is(heldBy(scene, scene.snapshot().tree), BOTH);
  }));

test('FS-22: a file that becomes a link to elsewhere is captured as the link', () =>
  withReplacing((scene, outside) => {
    scene.when = 'a/.gitignore';
    scene.replace = () => {
      scene.plant({ 'a/file': { link: join(outside, 'file') } });
    };
    const snapshot = scene.snapshot();
    assert.equal(snapshot.skipped, []);
    const entry = gitText(scene.store.directory, ['ls-tree', snapshot.tree, 'a/file']);
    assert.match(entry, /^120000 blob /);
    scene.fsck(snapshot);
  }));

test.run();
