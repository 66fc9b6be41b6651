// Holds docs/promises.md to the tests: each promise names some, and each that is named is there.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CHECKOUT } from '../support/checkout.ts';

const PROMISES = 14;
const textOf = (path: string) => readFileSync(join(CHECKOUT, path), 'utf8');

const sections = textOf('docs/promises.md').split(/^## /m).slice(1);
const testsOf = (section: string) =>
  [...section.matchAll(/^- `(test\/[^`]+)` (.+)$/gm)].map(([, file = '', title = '']) => ({
    file,
    title,
  }));

const promises = suite('the promises page');

promises('has every promise in its order, each with tests that hold it', () => {
  assert.equal(
    sections.map((section) => Number.parseInt(section, 10)),
    Array.from({ length: PROMISES }, (_, index) => index + 1),
  );
  for (const section of sections) assert.ok(testsOf(section).length >= 3, section);
});

promises('names only tests that there are, by their titles', () => {
  const missing = sections
    .flatMap(testsOf)
    .filter(({ file, title }) => !existsSync(join(CHECKOUT, file)) || !textOf(file).includes(title))
    .map(({ file, title }) => `${file}: ${title}`);
  assert.equal(missing, []);
});

promises.run();
