// A child of the tests, which may mount: restores more than fits on the file system of the project.

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError } from '../../src/errors.ts';
import { manifestOf } from '../support/disk-manifest.ts';
import { shell } from '../support/mount-namespace.ts';
import { startSession } from '../support/session-driver.ts';
import { restoreTo } from '../support/session-verbs.ts';

const directory = process.argv[2] ?? '';
const project = join(directory, 'project');
mkdirSync(project);
shell(`mount -t tmpfs -o size=400k tmpfs '${project}'`);
const driver = await startSession(directory);
driver.write('.gitignore', 'build\n');
driver.write('large.bin', Buffer.alloc(300_000, 'x'));
await driver.prompt('begin');
await driver.turn('begun');
driver.remove('large.bin');
driver.write('build/out', Buffer.alloc(200_000, 'y'));
const before = manifestOf(project, { times: true });
try {
  await restoreTo(driver, '@1');
  console.log('done');
} catch (error) {
  if (!(error instanceof GsessError)) throw error;
  const isSame = JSON.stringify(manifestOf(project, { times: true })) === JSON.stringify(before);
  console.log(`${error.code}; ${isSame ? 'nothing changed' : 'changed'}`);
}
