import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RawName } from '../../src/git/raw-path.ts';
import { collidingNames } from '../../src/worktree/name-collisions.ts';
import { StatCache } from '../../src/worktree/stat-cache.ts';
import { reasonsIn, withSnapshotScene } from '../support/snapshot-scene.ts';

const test = suite('name collisions');

function colliding(...names: string[]): string[] {
  return [...collidingNames(names as RawName[])].sort();
}

test('names that differ in case or composition alone collide, any others do not', () => {
  assert.equal(colliding('a', 'b', 'ab'), []);
  assert.equal(colliding('A', 'a', 'aa'), ['A', 'a']);
  assert.equal(colliding('README', 'Readme', 'readme', 'x'), ['README', 'Readme', 'readme']);
  const [composed, decomposed] = ['\xc3\xa9', 'e\xcc\x81'];
  assert.equal(colliding(composed, decomposed, 'e'), [decomposed, composed]);
  assert.equal(colliding('\xc3\x89', decomposed), [decomposed, '\xc3\x89']);
  assert.equal(colliding('stra\xc3\x9fe', 'STRASSE'), ['STRASSE', 'stra\xc3\x9fe']);
  assert.equal(colliding('caf\xe9', 'caf\xc3\xa9', 'caf\xc9'), []);
  assert.equal(colliding('x\xff', 'X\xff'), ['X\xff', 'x\xff']);
});

test('they are told again from an unchanged directory, and not any more when one is gone', async () => {
  await withSnapshotScene((scene) => {
    const cache = new StatCache();
    const look = () => reasonsIn(scene.snapshot({ cache, laterMs: 5000 }));
    const both = { 'd/A': 'collides', 'd/a': 'collides' };
    scene.plant({ 'd/A': '1', 'd/a': '2', 'e/x': '3', 'e/Y': '4' });
    assert.equal(look(), both);
    assert.equal(look(), both);
    scene.plant({ 'd/a': 'changed in place, the directory stays as it is' });
    assert.equal(look(), both);
    scene.plant({ '.gitignore': 'A\n' });
    assert.equal(look(), { 'd/A': 'ignored' });
    scene.plant({ '.gitignore': null, 'd/A': null });
    assert.equal(look(), {});
  });
});

test.run();
