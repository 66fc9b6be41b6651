// The declarations as whoever embeds gsess meets them: a program with messages of every form compiles against what was built, and what must
// not compile does not. With other versions of TypeScript it is done by `npm run test:pack`.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CHECKOUT } from '../support/checkout.ts';

const types = suite('the declarations');

types('take messages of every form, and refuse what cannot be', () => {
  const compiler = join(CHECKOUT, 'node_modules', 'typescript', 'bin', 'tsc');
  const args = [compiler, '-p', join(CHECKOUT, 'fixtures', 'types')];
  const { status, stdout } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  assert.is(stdout, '');
  assert.is(status, 0);
});

types.run();
