// Every case of the reliability matrix is shown by a test that names it: `CC-07: a killed holder delays nobody`. Here only the names
// are held; what a case asks for stands in its test.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { CHECKOUT, filesBelow } from './support/checkout.ts';

/** The cases that are tested, by family: crashes, concurrency, odd files, git around us, hostile input, scale, privacy, users. */
const CASES: Readonly<Record<string, readonly number[]>> = {
  CR: range(1, 18),
  CC: range(1, 15),
  FS: range(1, 22),
  GE: range(1, 16),
  HI: [...range(1, 5), 7, 10, 11, 12, 14, ...range(16, 22)],
  SC: range(5, 12),
  PR: [1, 2, 3, 6, 8, 9, 10, 11, 12],
  UE: range(1, 20),
};

function range(first: number, last: number): number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** A title begins with its cases, as `FS-03, FS-04: …` or `FS-01 …`. */
const TITLE = /['"`]((?:[A-Z]{2}-\d{2}(?:, | and | )?)+)/g;

function namedIn(text: string): string[] {
  return [...text.matchAll(TITLE)].flatMap(
    ([, cases = '']) => cases.match(/[A-Z]{2}-\d{2}/g) ?? [],
  );
}

const cases = suite('the cases');

cases('each stand in the title of a test', () => {
  const named = new Set(
    filesBelow('test')
      .filter((path) => path.endsWith('.ts'))
      .flatMap((path) => namedIn(readFileSync(join(CHECKOUT, path), 'utf8'))),
  );
  const wanted = Object.entries(CASES).flatMap(([family, numbers]) =>
    numbers.map((number) => `${family}-${String(number).padStart(2, '0')}`),
  );
  assert.equal(
    wanted.filter((id) => !named.has(id)),
    [],
  );
});

cases.run();
