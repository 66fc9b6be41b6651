// What the README says of installing: `npm ci` refuses a lock file that leaves out any package that another names, be it for a platform
// that is not this one. A lock file written where some packages cannot be had leaves them out without a word.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CHECKOUT } from '../support/checkout.ts';

interface Locked {
  readonly version?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

const { packages } = JSON.parse(readFileSync(join(CHECKOUT, 'package-lock.json'), 'utf8')) as {
  packages: Readonly<Record<string, Locked>>;
};

/** Where npm looks for a package that another one names: beside it, then further up. */
function isLocked(name: string, from: string): boolean {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    if (`${at === '' ? '' : `${at}/`}node_modules/${name}` in packages) return true;
    if (at === '') return false;
  }
}

const install = suite('installing');

install('finds every package of every platform in the lock file', () => {
  const missing = Object.entries(packages).flatMap(
    ([from, { dependencies, optionalDependencies }]) =>
      Object.keys({ ...dependencies, ...optionalDependencies })
        .filter((name) => !isLocked(name, from))
        .map((name) => `${name}, wanted by ${from || 'the project'}`),
  );
  assert.ok(Object.keys(packages).length > 50);
  assert.equal(missing, []);
});

install.run();
