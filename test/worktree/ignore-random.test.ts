// Thousands of random ignore files, each with the same verdict as `git check-ignore`, down to the line that decides.
// Twenty times as many: node build/test/run.js ignore-random 20

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import type { RawPath } from '../../src/git/raw-path.ts';
import {
  type AskedPath,
  gitVerdicts,
  makeRepository,
  ownVerdicts,
} from '../support/check-ignore.ts';
import { type Random, seededRandom } from '../support/seeded-random.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const LOOPS = Number(process.argv[3] ?? '1');
const REPOSITORIES = 8;
const SETS_IN_EACH = 250;
const PATHS_OF_EACH_SET = 14;

const NAMES = [
  'a',
  'b',
  'ab',
  'ba',
  'aab',
  'a.b',
  'A',
  'aB',
  'b.a.b',
  '.a',
  'a b',
  'a ',
  '-',
  ']',
  '[',
  '!a',
  '#a',
  'a\\',
  '*',
  '\u00e9',
  '^',
];
const PIECES = [
  ...['a', 'b', 'a', 'b', 'A', 'B', '.', 'ab', '.a', '-', ' ', '\u00e9'],
  ...['*', '*', '**', '***', '?', '/', '/', '/', '**/', '/**', '/**/'],
  ...[
    '[ab]',
    '[!a]',
    '[^b]',
    '[a-b]',
    '[A-B]',
    '[]a]',
    '[]-a]',
    '[[:alpha:]]',
    '[![:upper:]]',
    '[[:lower:]-]',
    '[a-]',
    '[[]',
    '[\\]]',
  ],
  ...[
    '[a',
    '[[:x:]]',
    '[[:a]',
    '[\\',
    '[',
    ']',
    '\\a',
    '\\*',
    '\\ ',
    '\\',
    '\\/',
    '\\A',
    '!',
    '#',
    '[!-/]',
    '[b-a]',
    '[Z-c]',
    '[\\a-\\b]',
  ],
];
const SHAPES = [
  'a',
  'b',
  '*',
  '*.b',
  '/a',
  '/b',
  'a/',
  'a/b',
  '/a/b',
  '**/a',
  '**/a/b',
  'a/**',
  'a/*',
  'a/**/b',
  '*/b',
  '/*',
  'a*',
  '?',
  'A',
  'a.b',
];

function randomPattern(random: Random): string {
  const prefix = random.chance(0.25) ? '!' : '';
  const suffix = random.chance(0.2) ? random.pick(['/', ' ', '  ', '\r', '\t', '\\ ']) : '';
  if (random.chance(0.4)) return prefix + random.pick(SHAPES) + suffix;
  let body = '';
  for (let length = 1 + random.below(5); length > 0; length -= 1) body += random.pick(PIECES);
  return prefix + body + suffix;
}

function randomFile(random: Random): Buffer {
  const lines: string[] = [];
  for (let count = 1 + random.below(6); count > 0; count -= 1) lines.push(randomPattern(random));
  if (random.chance(0.1))
    lines.splice(random.below(lines.length), 0, random.pick(['', '# a', ' ', '/', '!', '\\']));
  const mark = random.chance(0.03) ? '\u00ef\u00bb\u00bf' : '';
  const end = random.chance(0.8) ? '\n' : '';
  return Buffer.from(mark + lines.join(random.chance(0.1) ? '\r\n' : '\n') + end, 'latin1');
}

/** A directory with a few real directories in it (git looks what is one) and ignore files; the paths asked need not exist. */
function randomSet(random: Random, top: string, base: string): AskedPath[] {
  const directories = [''];
  const first = random.pick(['a', 'b', 'ab', 'A']);
  directories.push(
    first,
    `${first}/${random.pick(['a', 'b', 'a.b'])}`,
    random.pick(['ba', '.a', 'aab']),
  );
  for (const directory of directories.slice(1)) {
    mkdirSync(join(top, base, directory), { recursive: true });
  }
  writeFileSync(join(top, base, '.gitignore'), randomFile(random));
  if (random.chance(0.5)) {
    writeFileSync(join(top, base, random.pick(directories), '.gitignore'), randomFile(random));
  }
  const asked = directories
    .slice(1)
    .map((path) => ({ path: `${base}/${path}` as RawPath, isDirectory: true }));
  while (asked.length < PATHS_OF_EACH_SET) {
    const parts = [
      base,
      random.pick(directories),
      random.chance(0.3) ? random.pick(NAMES) : '',
      random.pick(NAMES),
    ];
    const path = parts.filter((part) => part !== '').join('/') as RawPath;
    if (!directories.some((directory) => `${base}/${directory}` === path))
      asked.push({ path, isDirectory: false });
  }
  return asked;
}

function compare(
  directory: string,
  seed: number,
): { differing: string[]; ignored: number; asked: number } {
  const random = seededRandom(seed);
  const ignoreCase = seed % 2 === 1;
  makeRepository(directory);
  // What applies to the whole repository would often swallow it, so most repositories do without.
  const infoExclude = seed % 3 === 0 ? randomFile(random) : Buffer.from('');
  const excludesFile = seed % 4 === 0 ? randomFile(random) : Buffer.from('');
  writeFileSync(join(directory, '.git/info/exclude'), infoExclude);
  writeFileSync(join(directory, 'excludes-file'), excludesFile);
  const asked: AskedPath[] = [];
  for (let index = 0; index < SETS_IN_EACH; index += 1) {
    asked.push(...randomSet(random, directory, `${index % 3 === 0 ? 'sub/' : ''}s${index}`));
  }
  for (let count = 0; count < 50; count += 1) {
    asked.push({
      path: `${random.pick(NAMES)}/${random.pick(NAMES)}` as RawPath,
      isDirectory: false,
    });
  }
  const settings = ['core.excludesFile=excludes-file', `core.ignoreCase=${ignoreCase}`];
  const expected = gitVerdicts(directory, asked, settings);
  const own = ownVerdicts(directory, asked, { infoExclude, excludesFile, ignoreCase });
  const differing = asked.flatMap(({ path }, index) =>
    own[index] === expected[index]
      ? []
      : [`seed ${seed} '${path}': git says '${expected[index]}', we say '${own[index]}'`],
  );
  return {
    differing,
    asked: asked.length,
    ignored: expected.filter((verdict) => verdict !== '').length,
  };
}

const test = suite('random ignore patterns');

test('have the verdict of git check-ignore, and the line that decides', async () => {
  let askedInAll = 0;
  let ignoredInAll = 0;
  for (let seed = 1; seed <= REPOSITORIES * LOOPS; seed += 1) {
    await withTemporaryDirectory((directory) => {
      const { differing, asked, ignored } = compare(directory, seed);
      assert.equal(differing.slice(0, 10), [], `${differing.length} of ${asked} differ`);
      askedInAll += asked;
      ignoredInAll += ignored;
    });
  }
  const share = ignoredInAll / askedInAll;
  assert.ok(share > 0.2 && share < 0.8, `${share} are ignored, which proves too little`);
});

test.run();
