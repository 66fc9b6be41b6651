import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { SAFETY_CHECKS } from './safety-checks.ts';

const SOURCES = fileURLToPath(new URL('../../../src/', import.meta.url));
const CHECKS_MIN = 15;

const checks = suite('the list of safety checks');

checks('names pieces of the code that are there, each exactly once', () => {
  const found = SAFETY_CHECKS.map(({ file, text, check }) => {
    const times = readFileSync(`${SOURCES}${file}`, 'utf8').split(text).length - 1;
    return `${check}: ${times}`;
  });
  assert.equal(
    found,
    SAFETY_CHECKS.map(({ check }) => `${check}: 1`),
  );
});

checks('is long enough, and takes something away at each entry', () => {
  assert.ok(SAFETY_CHECKS.length >= CHECKS_MIN);
  for (const { text, instead, check } of SAFETY_CHECKS) assert.is.not(text, instead, check);
});

checks.run();
