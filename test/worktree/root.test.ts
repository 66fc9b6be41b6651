import { mkdirSync, realpathSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { GsessError } from '../../src/errors.ts';
import { checkRoot, type RootSurroundings } from '../../src/worktree/root.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('root of a snapshot');

interface Scene extends RootSurroundings {
  readonly directory: string;
  readonly project: string;
}

function withScene(use: (scene: Scene) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    const home = join(directory, 'homes/user');
    const store = join(directory, 'data/projects/p.git');
    const temporaryDirectory = join(directory, 'temp');
    const project = join(home, 'project');
    for (const path of [project, store, temporaryDirectory]) mkdirSync(path, { recursive: true });
    use({ directory, home, store, temporaryDirectory, project });
  });
}

function refusal(path: string, scene: Scene): string {
  try {
    return `accepted: ${checkRoot(path, scene)}`;
  } catch (error) {
    const { code, message, hint } = error as GsessError;
    assert.ok(code !== 'root-refused' || hint);
    return `${code}: ${message.replace(/^.*': /, '')}`;
  }
}

test('a project directory is given back by its real path', async () => {
  await withScene((scene) => {
    symlinkSync(scene.project, join(scene.directory, 'link'));
    assert.is(checkRoot(join(scene.directory, 'link'), scene), realpathSync(scene.project));
    assert.is(checkRoot(`${scene.project}/../project/`, scene), scene.project);
  });
});

test('SC-06: home, what holds it, the temp root and the whole disk are refused, by any name', async () => {
  await withScene((scene) => {
    const links = ['home', 'temporaryDirectory'] as const;
    for (const name of links) symlinkSync(scene[name], join(scene.directory, `to-${name}`));
    const isHome = 'root-refused: it is the home directory or holds it';
    const isTemporary = 'root-refused: it is the directory of all temporary files';
    assert.is(refusal(scene.home, scene), isHome);
    assert.is(refusal(dirname(scene.home), scene), isHome);
    assert.is(refusal(join(scene.directory, 'to-home'), scene), isHome);
    assert.is(refusal(scene.temporaryDirectory, scene), isTemporary);
    assert.is(refusal(join(scene.directory, 'to-temporaryDirectory'), scene), isTemporary);
    assert.is(refusal('/', scene), 'root-refused: it is the whole file system');
    const linked = { ...scene, home: join(scene.directory, 'to-home') };
    assert.is(refusal(scene.home, linked), isHome);
  });
});

test('a directory in the temp root is accepted', async () => {
  await withScene((scene) => {
    const path = join(scene.temporaryDirectory, 'x');
    mkdirSync(path);
    assert.is(refusal(path, scene), `accepted: ${path}`);
  });
});

test('a root that holds the store or lies in it is refused, also before the store exists', async () => {
  await withScene((scene) => {
    assert.is(refusal(join(scene.directory, 'data'), scene), 'root-refused: the store is in it');
    assert.is(refusal(scene.store, scene), 'root-refused: the store is in it');
    mkdirSync(join(scene.store, 'objects'));
    assert.is(refusal(join(scene.store, 'objects'), scene), 'root-refused: it is in the store');
    const inside = { ...scene, store: join(scene.project, 'not/yet/there.git') };
    assert.is(refusal(scene.project, inside), 'root-refused: the store is in it');
    symlinkSync(scene.project, join(scene.directory, 'link'));
    const linked = { ...scene, store: join(scene.directory, 'link/not-yet.git') };
    assert.is(refusal(scene.project, linked), 'root-refused: the store is in it');
  });
});

test('what is no directory, or not there, is refused', async () => {
  await withScene((scene) => {
    writeFileSync(join(scene.project, 'file'), '');
    assert.match(
      refusal(join(scene.project, 'file'), scene),
      'root-refused: it is not a directory',
    );
    assert.match(refusal(join(scene.project, 'missing'), scene), 'not-found');
    assert.match(refusal(join(scene.project, 'file/x'), scene), 'not-found');
  });
});

test('a root that cannot be looked at is refused; a store that cannot be is an error of its own', async () => {
  await withScene((scene) => {
    symlinkSync('loop', join(scene.project, 'loop'));
    assert.is(refusal(join(scene.project, 'loop'), scene), 'root-refused: it cannot be read');
    const looping = { ...scene, store: join(scene.project, 'loop/x') };
    assert.throws(() => checkRoot(scene.project, looping), /ELOOP/);
  });
});

test.run();
