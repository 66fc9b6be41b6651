import { existsSync, readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { ObjectId } from '../../src/git/object-id.ts';
import { pathsBelowRoot } from '../../src/session/changed-paths.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite('Changed paths that are known');

const inSession = (body: (driver: SessionDriver) => Promise<void>) => () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await body(driver);
    assertStoreIsSound(driver.store);
  });

async function tool(
  driver: SessionDriver,
  changed?: { readonly since: ObjectId; readonly paths: readonly string[] },
): Promise<ObjectId> {
  const event = { kind: 'tool', subject: 'before Edit', ...(changed && { changed }) } as const;
  const checkpoint = await driver.event(event);
  assert.ok(checkpoint);
  return checkpoint as ObjectId;
}

/** The names and ids of what a checkpoint holds of the project. */
function filesOf(driver: SessionDriver, id: ObjectId): readonly unknown[] {
  const { store } = driver;
  return store.objects.readTree(store.files(store.checkpoint(id)));
}

x(
  'are all that is looked at, if they were counted from the last snapshot',
  inSession(async (driver) => {
    driver.write('a', '1');
    driver.write('b', '1');
    // The clock of these tests is in the past, so nothing is ever at rest; but a directory not named is not listed.
    driver.write('deep/c', '1');
    const first = await tool(driver);
    driver.write('a', '2');
    driver.write('deep/new', 'not named');
    const second = await tool(driver, { since: first, paths: ['a'] });
    const [before, after] = [filesOf(driver, first), filesOf(driver, second)];
    assert.is.not(JSON.stringify(after), JSON.stringify(before));
    const third = await tool(driver, { since: second, paths: [join(driver.project, 'deep/new')] });
    const whole = await tool(driver);
    assert.equal(filesOf(driver, third), filesOf(driver, whole));
  }),
);

x(
  'are not relied on from any other moment, or where one of them cannot be told',
  inSession(async (driver) => {
    driver.write('a', '1');
    const first = await tool(driver);
    await tool(driver);
    driver.write('b', '1');
    const later = await tool(driver, { since: first, paths: [] });
    assert.is(filesOf(driver, later).length, 2);
    driver.write('c', '1');
    const outside = await tool(driver, { since: later, paths: ['../elsewhere'] });
    assert.is(filesOf(driver, outside).length, 3);
  }),
);

x(
  'a stat cache in memory gives way to the one on disk, or to none',
  inSession(async (driver) => {
    driver.write('a', '1');
    const first = await tool(driver);
    const cache = join(driver.store.repository.directory, 'gsess', 'cache');
    const [name = ''] = readdirSync(cache).filter((file) => file.endsWith('.stat'));
    assert.ok(statSync(join(cache, name)).size > 0);
    rmSync(join(cache, name));
    driver.write('b', '1');
    // Nobody named it: only a snapshot that remembers nothing sees it.
    const second = await tool(driver, { since: first, paths: [] });
    assert.is(filesOf(driver, second).length, 2);
    assert.ok(existsSync(join(cache, name)));
  }),
);

x('are taken relative to the root or absolute, and never from outside', () => {
  const since = '1'.repeat(40) as ObjectId;
  const below = (...paths: string[]) => pathsBelowRoot('/r/oot', { since, paths });
  assert.equal(below('a/b', '/r/oot/c', './d//e/', '/r/oot', '.'), ['a/b', 'c', 'd/e', '', '']);
  for (const path of ['/r', '/r/other', '../x', 'a/../../x', '/'])
    assert.is(below('a', path), undefined);
});

x.run();
