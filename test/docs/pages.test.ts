// The pages for people say only what is so: commands and scripts they name exist, files and headings they link to are there.

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GLOBAL_OPTIONS } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { withOwnName } from '../../src/cli/other-names.ts';
import { CHECKOUT, filesBelow, sourceFiles } from '../support/checkout.ts';

const PAGES = [
  'README.md',
  'CHANGELOG.md',
  ...filesBelow('docs').filter((path) => path.endsWith('.md')),
];
const textOf = (path: string) => readFileSync(join(CHECKOUT, path), 'utf8');
const SOURCE_LINES_MAX = 300;

/** Everything a page sets as code: indented and fenced blocks, line by line, and words between backticks. */
function codeOf(page: string): string[] {
  const text = textOf(page);
  const blocks = [...text.matchAll(/^(?: {4}|\t)(.*)$/gm)].map(([, line = '']) => line);
  const fenced = [...text.matchAll(/^```\w*\n([\s\S]*?)^```/gm)].flatMap(([, body = '']) =>
    body.split('\n'),
  );
  const inline = [...text.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code);
  return [...blocks, ...fenced, ...inline].map((line) => line.replace(/^\$ /, ''));
}

/** Headings as GitHub makes anchors of them. */
function anchorsOf(page: string): string[] {
  return [...textOf(page).matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** What is wrong with a line that calls gsess; undefined if nothing is. */
function faultIn(line: string): string | undefined {
  const [program, ...given] = line.replace(/ +#.*$/, '').split(/\s+/);
  const words = withOwnName(given);
  if (program !== 'gsess' || words[0] === undefined || words[0] === '') return undefined;
  const command = COMMANDS.find(({ name }) => name === words[0]);
  if (command === undefined) return words[0].startsWith('-') ? undefined : `no command: ${line}`;
  if (command.rest !== undefined) return undefined;
  const known = new Set(Object.keys({ ...command.options, ...GLOBAL_OPTIONS }));
  const unknown = words.find((word) => word.startsWith('--') && !known.has(word.slice(2)));
  return unknown === undefined ? undefined : `no option ${unknown}: ${line}`;
}

const pages = suite('the pages');

pages('call only commands and options that gsess has', () => {
  const calls = PAGES.flatMap((page) => codeOf(page).filter((line) => /^gsess [a-z]/.test(line)));
  assert.ok(calls.length > 10, `${calls.length} calls found`);
  assert.equal([...new Set(calls.flatMap((line) => faultIn(line) ?? []))], []);
});

pages('name only npm scripts that there are', () => {
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const named = PAGES.flatMap(codeOf).flatMap((line) => {
    const [, script] = /^npm (?:run )?([a-z:]+)/.exec(line) ?? [];
    return script === undefined || script === 'ci' || script === 'link' ? [] : [script];
  });
  assert.ok(named.includes('demo') && named.includes('test'), String(named));
  assert.equal(
    named.filter((script) => !(script in scripts)),
    [],
  );
});

pages('link to pages, files and headings that are there', () => {
  const broken = PAGES.flatMap((page) =>
    [...textOf(page).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = '']) => {
      if (/^https?:/.test(target)) return [];
      const [path = '', anchor] = target.split('#');
      const file = path === '' ? page : normalize(join(dirname(page), path));
      if (!existsSync(join(CHECKOUT, file))) return [`${page}: ${target}`];
      const found = anchor === undefined || anchorsOf(file).includes(anchor);
      return found ? [] : [`${page}: ${target}`];
    }),
  );
  assert.equal(broken, []);
});

pages('name only source files that are there', () => {
  const sources = sourceFiles('src').map((path) => path.slice('src/'.length));
  const named = PAGES.flatMap(codeOf).filter((code) => /^[\w/-]+\/[\w-]+\.ts$/.test(code));
  assert.ok(named.length > 5, `${named.length} source files named`);
  assert.equal(
    named.filter((path) => !existsSync(join(CHECKOUT, path)) && !sources.includes(path)),
    [],
  );
});

pages('send a reader of the code only to files that can be read in one go', () => {
  const list = textOf('README.md').match(/^\d\. \[src\/[^\]]+\]/gm) ?? [];
  const long = list.flatMap((item) => {
    const path = item.slice(item.indexOf('[') + 1, -1);
    const lines = textOf(path).split('\n').length - 1;
    return lines > SOURCE_LINES_MAX ? [`${path}: ${lines}`] : [];
  });
  assert.is(list.length, 5);
  assert.equal(long, []);
});

pages('have one title each, and the decisions one number each, all listed', () => {
  const titles = PAGES.map((page) => textOf(page).match(/^# .*/gm) ?? []);
  assert.equal(
    PAGES.filter((_, index) => titles[index]?.length !== 1),
    [],
  );
  const records = PAGES.filter((page) => /decisions\/\d{4}-/.test(page));
  const listed = textOf('docs/decisions/README.md');
  const numbers = records.map((record) =>
    Number(record.slice('docs/decisions/'.length).slice(0, 4)),
  );
  assert.is(new Set(numbers).size, records.length);
  for (const [index, record] of records.entries()) {
    const name = record.slice('docs/decisions/'.length);
    const title = textOf(record).split('\n')[0]?.slice(2) ?? '';
    assert.ok(title.startsWith(`${numbers[index]}. `), title);
    assert.ok(listed.includes(`- [${title}](${name})`), `${name} is not listed as '${title}'`);
  }
});

pages.run();
