// Holds docs/features.md to the program and the tests: every row is there, what serves it is known to the table of commands, the settings,
// the environment or the code, and the tests that hold it exist by their titles.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GLOBAL_OPTIONS } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { ENVIRONMENT_VARIABLES } from '../../src/cli/environment.ts';
import { withOwnName } from '../../src/cli/other-names.ts';
import { SETTING_KEYS } from '../../src/cli/setting-rules.ts';
import { readSlashLine } from '../../src/cli/slash-line.ts';
import { startingFlagWords } from '../../src/cli/starting-flags.ts';
import { CHECKOUT, sourceFiles } from '../support/checkout.ts';

const ROWS = 143;
const textOf = (path: string) => readFileSync(join(CHECKOUT, path), 'utf8');
const plain = (text: string) => text.replaceAll('\\|', '|');

interface Row {
  readonly number: number;
  readonly what: string;
  readonly served: readonly string[];
  readonly tests: readonly { readonly file: string; readonly title: string }[];
}

const rows: readonly Row[] = [
  ...textOf('docs/features.md').matchAll(/^\| (\d+) \| (.*) \|$/gm),
].map(([, number = '', cells = '']) => {
  const [what = '', by = '', held = ''] = cells.split(/ (?<!\\)\| /);
  return {
    number: Number(number),
    what,
    served: [...by.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
    tests: held.split('<br>').map((test) => {
      const [, file = '', title = ''] = /^`(test\/[^`]+\.test\.ts)` (.+)$/.exec(test) ?? [];
      return { file, title: plain(title) };
    }),
  };
});

const named = (row: Row, what: string) => `row ${row.number}: ${what}`;

/** What is wrong with a word of the column that tells what serves the row. */
function faultIn(code: string): string | undefined {
  if (code.startsWith('gsess')) return faultInLine(code.split(' ').slice(1));
  if (code.startsWith('/')) return faultInSlash(code);
  if (code.endsWith('()')) return isFunction(code.slice(0, -2)) ? undefined : 'no such function';
  const known = [...SETTING_KEYS, ...Object.keys(ENVIRONMENT_VARIABLES), 'GsessError'];
  return known.includes(code) ? undefined : 'neither a setting nor a variable';
}

function faultInLine(given: readonly string[]): string | undefined {
  const [first, ...others] = withOwnName(given);
  if (first === undefined) return undefined;
  if (first.startsWith('-')) {
    const isKnown = startingFlagWords().some(({ words }) => words.includes(first));
    return isKnown && others.length === 0 ? undefined : 'no such flag';
  }
  const command = COMMANDS.find(({ name }) => name === first);
  if (command === undefined) return 'no such command';
  const flags = Object.keys({ ...command.options, ...GLOBAL_OPTIONS }).map((flag) => `--${flag}`);
  const unknown = others.find((word) => word.startsWith('-') && !flags.includes(word));
  return unknown === undefined ? undefined : `no flag ${unknown}`;
}

function faultInSlash(line: string): string | undefined {
  const [, action] = line.split(' ');
  const { command } = readSlashLine(line, COMMANDS, { snapshots: true });
  const choices = Object.values(command.positionals ?? {})[0]?.choices;
  return action === undefined || choices?.includes(action) ? undefined : 'no such action';
}

const library = ['session-store', 'recorder'].map((name) => textOf(`src/library/${name}.ts`));
const sources = sourceFiles('src').map(textOf).join('\n');

function isFunction(name: string): boolean {
  const [of, method] = name.split('.');
  if (method === undefined)
    return new RegExp(`^export (async )?function ${of}\\(`, 'm').test(sources);
  const text = library[['store', 'recorder'].indexOf(of ?? '')];
  return text !== undefined && new RegExp(`^ {2}${method}\\(`, 'm').test(text);
}

/** A title made of parts that differ from case to case is written with an ellipsis in place of each. */
function isInFile({ file, title }: Row['tests'][number]): boolean {
  if (file === '' || !existsSync(join(CHECKOUT, file))) return false;
  let left = textOf(file);
  return title.split('…').every((piece) => {
    const at = left.indexOf(piece);
    left = left.slice(at + piece.length);
    return at >= 0;
  });
}

const features = suite('the features page');

features('has every row, in order, in words', () => {
  assert.equal(
    rows.map(({ number }) => number),
    Array.from({ length: ROWS }, (_, index) => index + 1),
  );
  for (const row of rows) assert.match(row.what, /^[A-Z].{10,}[.)]$/, named(row, row.what));
});

features('says of every row what serves it, and nothing that is not there', () => {
  const faults = rows.flatMap((row) => [
    ...(row.served.length === 0 ? [named(row, 'nothing serves it')] : []),
    ...row.served.flatMap((code) => {
      const fault = faultIn(code);
      return fault === undefined ? [] : [named(row, `'${code}': ${fault}`)];
    }),
  ]);
  assert.equal(faults, []);
});

features('names for every row tests that there are', () => {
  const missing = rows.flatMap((row) =>
    row.tests
      .filter((test) => !isInFile(test))
      .map(({ file, title }) => named(row, `${file} ${title}`)),
  );
  assert.equal(missing, []);
});

features.run();
