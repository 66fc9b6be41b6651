// docs/json.md says what `--json` prints: each command is run, and its keys are those of the page.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../src/cli/commands.ts';
import { EXIT_STATUS } from '../../src/errors.ts';
import { CHECKOUT } from '../support/checkout.ts';
import { commandRunner } from '../support/run-command.ts';
import { startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

interface Field {
  readonly key: string;
  readonly isOptional: boolean;
}

const page = readFileSync(join(CHECKOUT, 'docs', 'json.md'), 'utf8');

/** The tables of a section, each the keys at its top. */
function tablesOf(command: string): readonly (readonly Field[])[] {
  const [, section = ''] = page.split(`\n## gsess ${command}\n`);
  const [own = ''] = section.split('\n## ');
  return own
    .split('\n\n')
    .map((block) => block.trim())
    .filter((block) => block.startsWith('| key |'))
    .map((block) =>
      [...block.matchAll(/^\| `([^`]+)` \| ([^|]*)/gm)].map(([, key = '', type = '']) => ({
        key: key.split('.')[0] ?? '',
        isOptional: type.includes('optional'),
      })),
    );
}

function keysOf(...tables: (readonly Field[])[]): { all: string[]; needed: string[] } {
  const fields = tables.flat();
  const unique = (keys: readonly Field[]) => [...new Set(keys.map(({ key }) => key))].sort();
  return { all: unique(fields), needed: unique(fields.filter(({ isOptional }) => !isOptional)) };
}

/** The value, or the first of an array, has the keys of these tables: all that are needed, and no others. */
function assertShape(what: string, value: unknown, ...tables: (readonly Field[])[]): void {
  const one = Array.isArray(value) ? value[0] : value;
  const keys = Object.keys(one as object).sort();
  const { all, needed } = keysOf(...tables);
  assert.ok(needed.length > 0, `${what} stands in the page`);
  assert.equal(
    keys.filter((key) => !all.includes(key)),
    [],
    `${what}: not in the page`,
  );
  assert.equal(
    needed.filter((key) => !keys.includes(key)),
    [],
    `${what}: not printed`,
  );
}

const json = suite('docs/json.md');

json('has a section for every command that prints JSON', () => {
  const sections = [...page.matchAll(/^## gsess (\w+)$/gm)].map(([, name]) => name);
  const printing = COMMANDS.map(({ name }) => name).filter(
    (name) => !['git', 'hook', 'run'].includes(name),
  );
  assert.equal(sections.sort(), printing.sort());
});

json('names every code of an error with its exit status', () => {
  const rows = [...page.matchAll(/^\| (\d) [^|]*\| (.*) \|$/gm)];
  const told = rows.flatMap(([, status, codes = '']) =>
    [...codes.matchAll(/`([a-z-]+)`/g)].map(([, code]) => [code, Number(status)]),
  );
  assert.equal(
    told.filter(([code]) => code !== 'unexpected').sort(),
    Object.entries(EXIT_STATUS).sort(),
  );
});

json('tells the keys of what is printed', () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    const gsess = commandRunner(driver);
    driver.write('a.txt', '1');
    await driver.prompt('do it');
    await driver.tool('Edit', { file_path: 'a.txt' }, () => driver.write('a.txt', '2'));
    await driver.turn('done');
    const [list = []] = tablesOf('list');
    const [log = []] = tablesOf('log');
    const [ofSession = [], ofCheckpoint = [], skipped = []] = tablesOf('show');
    const [toFile = [], whole = [], turn = [], message = []] = tablesOf('export');
    const [plan = [], done = [], listed = []] = tablesOf('restore');
    const only = (command: string) => tablesOf(command)[0] ?? [];
    const check = async (words: string, ...tables: (readonly Field[])[]) => {
      const value = await gsess.json(words.split(' '));
      assertShape(`gsess ${words}`, value, ...tables);
      return value as Record<string, never>;
    };
    await check('list', list);
    await check('log', log);
    await check('show', list, ofSession, skipped);
    await check('show --conversation', list, ofSession, skipped);
    await check('show @1', log, ofCheckpoint, skipped);
    await check('diff @1', only('diff'));
    await check('status', only('status'));
    await check('current', only('current'));
    assertShape(
      'gsess doctor',
      JSON.parse((await gsess(['doctor', '--quick', '--json'])).stdout),
      only('doctor'),
    );
    await check(`import claude ${driver.transcriptPath}`, only('import'));
    await check('export --output x', toFile);
    const exported = await check('export', whole);
    assertShape('a turn', exported['turns'], turn);
    assertShape('a message', exported['messages'], message);
    await check('tag here', only('tag'));
    await check('tag --list', only('tag'));
    await check('chat save now', only('tag'));
    await check('chat list', only('tag'));
    await check('chat resume now', plan, done);
    await check('restore --list', listed);
    await check('restore @1~2 --dry-run', plan);
    await check('restore @1~2 --yes', plan, done);
    await check('rewind @1~2 --dry-run', plan);
    await check('undo', only('undo'));
    await check('redo', tablesOf('undo')[0] ?? []);
    await check('fork @1 --name other', only('fork'));
    await check('resume other --print', only('resume'));
    await check('continue --print', tablesOf('resume')[0] ?? []);
    await check('chat resume now --session other', only('chat'));
    await check('slash /chat list', only('slash'));
    await check('slash /resume other', only('slash'));
    await check('rename other another', only('rename'));
    await check('delete another --yes', only('delete'));
    await check('du', only('du'));
    await check('du --all', only('du'));
    await check('gc', only('gc'));
    await check('verify', only('verify'));
    await check('config', only('config'));
    await check('config autoSave', only('config'));
    await check('where', only('where'));
    await check('help', only('help'));
    await check('help diff', only('help'));
    await check('completion bash', only('completion'));
    await check('connect claude --project', only('connect'));
  }),
);

json.run();
