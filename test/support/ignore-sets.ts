// Random ignore files over random directories, many sets to a repository, and what `git check-ignore` and our rules say of the same
// paths, down to the line that decides. The same seed makes the same sets.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RawPath } from '../../src/git/raw-path.ts';
import { type AskedPath, gitVerdicts, makeRepository, ownVerdicts } from './check-ignore.ts';
import { type Random, seededRandom } from './seeded-random.ts';

export interface IgnoreComparison {
  /** A line for each path with two verdicts. */
  readonly differing: readonly string[];
  /** How many sets have such a path. */
  readonly setsDiffering: number;
  readonly asked: number;
  readonly ignored: number;
}

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

/**
 * Makes a repository with so many sets, and asks both. What holds in all of it varies with the seed: case, `info/exclude`,
 * `core.excludesFile`; a dozen seeds have them all.
 */
export function compareWithGit(directory: string, seed: number, sets: number): IgnoreComparison {
  const random = seededRandom(seed);
  const ignoreCase = seed % 2 === 1;
  makeRepository(directory);
  // What applies to the whole repository would often swallow it, so most repositories do without.
  const infoExclude = seed % 3 === 0 ? randomFile(random) : Buffer.from('');
  const excludesFile = seed % 4 === 0 ? randomFile(random) : Buffer.from('');
  writeFileSync(join(directory, '.git/info/exclude'), infoExclude);
  writeFileSync(join(directory, 'excludes-file'), excludesFile);
  const asked: AskedPath[] = [];
  for (let index = 0; index < sets; index += 1) {
    asked.push(...randomSet(random, directory, `${index % 3 === 0 ? 'sub/' : ''}s${index}`));
  }
  const settings = ['core.excludesFile=excludes-file', `core.ignoreCase=${ignoreCase}`];
  const expected = gitVerdicts(directory, asked, settings);
  const own = ownVerdicts(directory, asked, { infoExclude, excludesFile, ignoreCase });
  const differing = asked
    .map(({ path }, index) => ({ path, index, git: expected[index], we: own[index] }))
    .filter(({ git, we }) => git !== we);
  return {
    differing: differing.map(
      ({ path, git, we }) => `seed ${seed} '${path}': git says '${git}', we say '${we}'`,
    ),
    setsDiffering: new Set(differing.map(({ index }) => Math.floor(index / PATHS_OF_EACH_SET)))
      .size,
    asked: asked.length,
    ignored: expected.filter((verdict) => verdict !== '').length,
  };
}
