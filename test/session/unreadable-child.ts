// A session in a project of which not all may be read; `unreadable.test.ts` runs it as a user whom permissions hold back.
//
//     node unreadable-child.js DIRECTORY

import { chmodSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { skippedOf } from '../../src/session/skipped-files.ts';
import { differences } from '../support/disk-manifest.ts';
import { assertStoreIsSound, startSession } from '../support/session-driver.ts';
import { checkpointAt, filesOf, restoreTo } from '../support/session-verbs.ts';
import { plantIn } from '../support/two-states.ts';

const [, , directory = ''] = process.argv;
const driver = await startSession(directory);
const at = (path: string) => join(driver.project, path);

function shut(isShut: boolean): void {
  chmodSync(at('shut'), isShut ? 0 : 0o755);
  chmodSync(at('closed'), isShut ? 0o600 : 0o755);
  chmodSync(at('file'), isShut ? 0 : 0o644);
}

async function turn(effect: () => void): Promise<void> {
  await driver.prompt('work');
  effect();
  await driver.turn('done');
}

plantIn(driver.project, { 'shut/a': '1\n', 'closed/b': '2\n', file: '3\n', open: 'one\n' });
await turn(() => shut(true));
const first = checkpointAt(driver, '@1');
assert.is(first.files, 'partial');
const { listed } = skippedOf(driver.store, first);
assert.equal(
  listed.map(({ path, reason }) => `${reason}: ${path}`),
  ['unreadable: closed/b', 'unreadable: file', 'unreadable: shut'],
);

// What could not be read then was there, so going back to that moment takes none of it away, nor changes it.
await turn(() => {
  shut(false);
  plantIn(driver.project, { 'shut/a': '1 changed\n', 'shut/new': 'new\n', open: 'two\n' });
});
assert.is(checkpointAt(driver, '@2').files, 'whole');
const readable = filesOf(driver);
await restoreTo(driver, '@1', { conversation: false });
assert.equal(differences(readable, filesOf(driver)), [
  'open: file 644 "two\\n" -> file 644 "one\\n"',
]);

// What may not be read now cannot be saved first, so it is not overwritten, and nothing else is changed either.
plantIn(driver.project, { file: 'mine, never captured\n' });
shut(true);
let refused: unknown;
try {
  await restoreTo(driver, '@2', { conversation: false });
} catch (error) {
  refused = error;
}
assert.ok(refused instanceof GsessError && refused.code === 'tree-changed', String(refused));
shut(false);
assert.is(filesOf(driver)['file'], 'file 644 "mine, never captured\\n"');
assert.is(filesOf(driver)['open'], 'file 644 "one\\n"');
assertStoreIsSound(driver.store);
process.stdout.write('done\n');
