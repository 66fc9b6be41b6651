// A project as people have them: files of a median of 3 KB and a mean near 10, some up to a megabyte, an eighth as many directories, text
// that compresses as source does; beside them 30,000 ignored files. Made once for each size and kept; the same each time.
// Whoever changes a file of it changes its content, not its kind, so that the next run finds much the same tree.

import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { git } from '../test/support/git-oracle.ts';
import { type Random, seededRandom } from '../test/support/seeded-random.ts';
import { keptDirectory } from './workplace.ts';

export interface ProjectTree {
  readonly directory: string;
  /** Relative to it; none of them ignored. */
  readonly paths: readonly string[];
}

const RECIPE = 1;
const IGNORED_FILES = 30_000;
const FILES_PER_DIRECTORY = 8;
const MEDIAN_BYTES = 3000;
const BYTES_MAX = 1 << 20;
/** Of the logarithm of the size: makes the mean about 3.3 times the median. */
const SPREAD = 1.55;

export function projectTree(files: number): ProjectTree {
  const directory = keptDirectory(`tree-${files}`);
  const paths = pathsOf(files);
  const done = join(`${directory}.made-${RECIPE}`);
  if (!existsSync(done)) {
    rmSync(directory, { recursive: true, force: true });
    make(directory, paths);
    writeFileSync(done, '');
  }
  return { directory, paths };
}

function pathsOf(files: number): string[] {
  const random = seededRandom(files);
  const directories = ['.'];
  for (let index = 0; index < files / FILES_PER_DIRECTORY; index += 1) {
    const above = directories[random.below(directories.length)] ?? '.';
    // As deep as real projects are, not deeper.
    const parent = above.split('/').length > 6 ? '.' : above;
    directories.push(join(parent, `module-${index.toString(36)}`));
  }
  return Array.from({ length: files }, (_, index) =>
    join(random.pick(directories), `part-${index.toString(36)}.ts`),
  );
}

function make(directory: string, paths: readonly string[]): void {
  mkdirSync(directory, { recursive: true });
  git(directory, ['init', '-q']);
  writeFileSync(join(directory, '.gitignore'), 'node_modules/\n');
  const random = seededRandom(RECIPE);
  const made = new Set<string>();
  const write = (path: string, content: string) => {
    const parent = dirname(path);
    if (!made.has(parent)) mkdirSync(join(directory, parent), { recursive: true });
    made.add(parent);
    writeFileSync(join(directory, path), content);
  };
  for (const path of paths) write(path, sourceText(random, someSize(random)));
  for (let index = 0; index < IGNORED_FILES; index += 1) {
    write(`node_modules/package-${index % 900}/lib/file-${index}.js`, `export default ${index};\n`);
  }
}

function someSize(random: Random): number {
  const size = MEDIAN_BYTES * Math.exp(SPREAD * standardNormal(random));
  return Math.min(BYTES_MAX, Math.max(20, Math.round(size)));
}

function standardNormal(random: Random): number {
  const uniform = () => (random.below(1_000_000) + 1) / 1_000_001;
  return Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
}

const WORDS = [
  ...[
    'const',
    'return',
    'function',
    'export',
    'import',
    'from',
    'if',
    'else',
    'for',
    'of',
    'await',
  ],
  ...[
    'async',
    'new',
    'this',
    'value',
    'index',
    'entry',
    'path',
    'tree',
    'commit',
    'object',
    'read',
  ],
  ...['write', 'length', 'string', 'number', 'undefined', 'throw', 'error', 'type', 'interface'],
];

/** Lines of words and names of about this many bytes. */
export function sourceText(random: Random, bytes: number): string {
  let text = '';
  while (text.length < bytes) {
    const words = Array.from({ length: 4 + random.below(8) }, () =>
      random.chance(0.3) ? `name${random.below(100_000).toString(36)}` : random.pick(WORDS),
    );
    text += `${' '.repeat(2 * random.below(4))}${words.join(' ')};\n`;
  }
  return `${text.slice(0, bytes - 1)}\n`;
}
