// Projects that are reached by another name, lie on other file systems, or have other file systems in them.

import { mkdirSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { runWithMounts } from '../support/mount-namespace.ts';
import { assertStoreIsSound, startSession } from '../support/session-driver.ts';
import { filesOf, restoreTo, threeTurns } from '../support/session-verbs.ts';
import { skipHere } from '../support/skip-here.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const CHILD = new URL('./mounts-child.js', import.meta.url);

const mounts = suite('mounts and other names');

mounts('FS-17: a project reached through a link to it, or into it, is the same project', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    driver.write('src/a.txt', 'one\n');
    symlinkSync(driver.project, join(directory, 'link'));
    symlinkSync(join(driver.project, 'src'), join(directory, 'link-into'));
    await driver.prompt('begin');
    for (const [index, link] of ['link', 'link-into'].entries()) {
      const nativeId = `2222222${index}-2222-4222-8222-222222222222`;
      const cwd = join(directory, link);
      await driver.event({ kind: 'prompt', nativeId, cwd, prompt: 'hi' });
    }
    const roots = driver.store.sessions().map(({ root }) => root);
    assert.equal(roots, [driver.project, driver.project, driver.project]);
    assertStoreIsSound(driver.store);
  }),
);

const CASES: readonly (readonly [title: string, scenario: string])[] = [
  ['FS-17: a bind mount of a project under git is the same project', 'bound, with git'],
  ['FS-17: a bind mount of a project without git is the same project', 'bound, without git'],
  ['FS-17: what was begun under a bind mount goes on under the true name', 'bound first'],
  [
    'FS-18: another file system in the root is left out, listed, and left alone by a restore',
    'another file system in the root',
  ],
  ['FS-19: on tmpfs no change goes unseen, not even when it is mounted anew', 'tmpfs'],
  ['FS-19: on an overlay no change goes unseen, though files change their inode', 'overlay'],
];

for (const [title, scenario] of CASES) {
  mounts(title, () =>
    withTemporaryDirectory((directory) => {
      const said = runWithMounts(CHILD, [scenario, directory]);
      if (said === undefined) skipHere(`nobody may mount here: ${title}`);
      else if (said === 'not possible') skipHere(`it cannot be mounted here: ${title}`);
      else assert.is(said, 'done');
    }),
  );
}

mounts('FS-20: store and project may lie on different devices, either way round', () =>
  withTemporaryDirectory(async (directory) => {
    const here = statSync(directory).dev;
    const other = ['/dev/shm', '/tmp', '/var/tmp'].find((place) => {
      const stat = statSync(place, { throwIfNoEntry: false });
      return stat !== undefined && stat.dev !== here;
    });
    if (other === undefined) return skipHere('there is no second device here: FS-20');
    const elsewhere = mkdtempSync(join(other, 'gsess-test-'));
    const places = [
      { scene: join(directory, 'scene'), data: join(elsewhere, 'data') },
      { scene: join(elsewhere, 'scene'), data: join(directory, 'data') },
    ];
    try {
      for (const { scene, data } of places) {
        mkdirSync(data, { mode: 0o700 });
        const driver = await startSession(scene, { surroundings: { dataDirectory: data } });
        const [first, second] = await threeTurns(driver);
        await restoreTo(driver, '@1', { conversation: false });
        assert.equal(filesOf(driver), first);
        await restoreTo(driver, '@2', { conversation: false });
        assert.equal(filesOf(driver), second);
        assert.is.not(
          statSync(driver.project).dev,
          statSync(driver.store.repository.directory).dev,
        );
        assertStoreIsSound(driver.store);
      }
    } finally {
      rmSync(elsewhere, { recursive: true });
    }
  }),
);

mounts.run();
