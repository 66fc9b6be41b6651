import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { skipHere } from '../support/skip-here.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { runUnprivileged } from '../support/unprivileged.ts';

const test = suite('what may not be read');

test('FS-11: makes a checkpoint partial that names it, and no restore touches it', () =>
  withTemporaryDirectory((directory) => {
    const said = runUnprivileged(new URL('./unreadable-child.js', import.meta.url), directory);
    if (said !== undefined) assert.is(said, 'done\n');
    else skipHere('FS-11: root cannot become another user here');
  }));

test.run();
