// A child of the tests, run by somebody without rights over everything: restores into a directory that may not be written to.

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import { GsessError } from '../../src/errors.ts';
import { manifestOf } from '../support/disk-manifest.ts';
import { startSession } from '../support/session-driver.ts';
import { restoreTo } from '../support/session-verbs.ts';

const driver = await startSession(process.argv[2] ?? '');
driver.write('src/a.txt', 'one\n');
driver.write('top.txt', 'one\n');
await driver.prompt('begin');
await driver.turn('begun');
driver.write('src/a.txt', 'two\n');
driver.write('src/new.txt', 'new\n');
driver.write('top.txt', 'two\n');
chmodSync(join(driver.project, 'src'), 0o555);
const before = manifestOf(driver.project, { times: true });
try {
  await restoreTo(driver, '@1');
  console.log('done');
} catch (error) {
  if (!(error instanceof GsessError)) throw error;
  const blocked = (error.data['blocked'] ?? []) as { path: string; reason: string }[];
  const isSame =
    JSON.stringify(manifestOf(driver.project, { times: true })) === JSON.stringify(before);
  const said = blocked.map(({ path, reason }) => `${reason} ${path}`).join(' ');
  console.log(`${said || error.message}; ${isSame ? 'nothing changed' : 'changed'}`);
} finally {
  chmodSync(join(driver.project, 'src'), 0o755);
}
