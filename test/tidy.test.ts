// House rules that no linter holds, over the checkout itself. It is walked, not asked of git: a release may be tested without one.

import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EXIT_STATUS } from '../src/errors.ts';

const TOP = fileURLToPath(new URL('../../', import.meta.url));
const NOT_OURS = new Set(['node_modules', 'build', '.git', 'coverage']);
const SOURCE_LINES_MAX = 300;
const LINE_LENGTH_MAX = 140;
const FILE_BYTES_MAX = 200_000;

const files = walk(TOP);
const sources = files.filter((path) => /^(src|test|bench|\.ci)\/.*\.(ts|mjs)$/.test(path));
const ownCode = sources.filter((path) => path.startsWith('src/'));

function walk(directory: string): string[] {
  return readdirSync(directory, { withFileTypes: true }).flatMap((entry) => {
    if (NOT_OURS.has(entry.name)) return [];
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return walk(path);
    return entry.isFile() ? [relative(TOP, path).replaceAll('\\', '/')] : [];
  });
}

function textOf(path: string): string {
  return readFileSync(join(TOP, path), 'utf8');
}

function withoutComments(text: string): string {
  return text.replace(/^\s*(\/\/|\/\*|\*).*$/gm, '');
}

/** The paths whose text has something wrong with it, with what it is. */
function faults(paths: readonly string[], find: (text: string, path: string) => string[]) {
  return paths.flatMap((path) => find(textOf(path), path).map((fault) => `${path}: ${fault}`));
}

const tidy = suite('the checkout');

tidy('is there to be looked at', () => {
  assert.ok(ownCode.length > 20, `${ownCode.length} files in src`);
  assert.ok(files.includes('package.json'));
});

tidy('has no file or folder for things that found no place', () => {
  const vague = /^(utils?|helpers?|common|shared|misc|lib|constants|types|manager|service)$/;
  const names = sources.flatMap((path) =>
    path.split('/').filter((part) => part.split(/[.-]/).some((word) => vague.test(word))),
  );
  assert.equal(names, []);
});

tidy('names files in lower case with dashes', () => {
  const isKebab = (path: string) =>
    (path.split('/').at(-1) ?? '')
      .split('.')
      .every((part) => /^[a-z0-9]*(-[a-z0-9]+)*$/.test(part));
  assert.equal(
    sources.filter((path) => !isKebab(path)),
    [],
  );
});

tidy('runs all tests it has', () => {
  const tests = sources.filter((path) => path.endsWith('.test.ts'));
  const found = faults(tests, (text) => {
    const made = text.match(/(?<![\w.])suite(<[^(]*>)?\(/g)?.length ?? 0;
    const run = text.match(/\.run\(\);/g)?.length ?? 0;
    return [
      ...(made === run && made > 0 ? [] : [`${made} suites, ${run} of them run`]),
      ...(/\.(only|skip)\(/.test(text.replaceAll(/'[^'\n]*'/g, "''")) ? ['leaves tests out'] : []),
    ];
  });
  // This file names what it looks for.
  assert.equal(
    found.filter((fault) => !fault.startsWith('test/tidy.test.ts')),
    [],
  );
});

tidy('speaks only in cli, and takes things from the process only there and in machine', () => {
  const isOuter = /^src\/(cli|machine)\//;
  const inner = ownCode.filter((path) => !isOuter.test(path));
  const found = faults(inner, (text) =>
    [...withoutComments(text).matchAll(/\b(console|process)\.\w+|node:process/g)].map(String),
  );
  assert.equal(found, []);
});

tidy('throws every error it declares', () => {
  const thrown = ownCode
    .filter((path) => path !== 'src/errors.ts')
    .map(textOf)
    .join('\n');
  const never = Object.keys(EXIT_STATUS).filter((code) => !thrown.includes(`'${code}'`));
  assert.equal(never, []);
});

tidy('keeps large files out', () => {
  const large = files.filter(
    (path) => !path.startsWith('fixtures/') && statSync(join(TOP, path)).size > FILE_BYTES_MAX,
  );
  assert.equal(large, []);
});

tidy('gives each page of text exactly one title', () => {
  const found = faults(
    files.filter((path) => path.endsWith('.md')),
    (text) => {
      const titles = text.replace(/^```.*?^```/gms, '').match(/^# /gm)?.length ?? 0;
      return titles === 1 ? [] : [`${titles} titles`];
    },
  );
  assert.equal(found, []);
});

tidy('keeps source files short and lines in sight', () => {
  const found = faults(sources, (text, path) => {
    const lines = text.split('\n');
    const isLong = path.startsWith('src/') && lines.length - 1 > SOURCE_LINES_MAX;
    return [
      ...(isLong ? [`${lines.length - 1} lines`] : []),
      ...lines.flatMap((line, index) =>
        [...line].length > LINE_LENGTH_MAX ? [`line ${index + 1} is ${[...line].length} long`] : [],
      ),
    ];
  });
  assert.equal(found, []);
});

tidy('opens every file of the library with what it is', () => {
  const found = faults(ownCode, (text) => (/^(#!.*\n)?\/\/ /.test(text) ? [] : ['no header']));
  assert.equal(found, []);
});

tidy('tells nothing of the machine it was written on', () => {
  const machine = [
    /https?:\/\/[^\s"']*registry[^\s"']*/,
    /\/work\/(main|shared)\b/,
    /(?<![\w.~-])\/(root|Users)\/\w/,
    /\.\.\/shared\//,
    /^\s*(_authToken|registry)\s*=/m,
  ];
  const text = files.filter(
    (path) => path !== 'test/tidy.test.ts' && !/\.(gz|zst|png)$/.test(path),
  );
  const found = faults(text, (content) =>
    machine.flatMap((pattern) => pattern.exec(content)?.[0].trim() ?? []),
  );
  assert.equal(found, []);
});

tidy.run();
