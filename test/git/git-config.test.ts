import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import {
  configName,
  configValue,
  formatGitConfig,
  parseGitConfig,
} from '../../src/git/git-config.ts';
import { gitOutcome } from '../support/git-oracle.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const gitConfig = suite('git-config');

const FILES = [
  'a = b\n[c]\n\td = e\n',
  '',
  '\n\n# only a comment\n; and another\n',
  '[core]\n\tbare = true\n',
  '[core] bare = true\n',
  '[core]bare=true',
  '[Core]\n\tExcludesFile = ~/x\n\tflag\n\tempty =\n\tother\n',
  '[remote "Origin"]\n\turl = a\n[remote "or\\"i\\\\gin"]\n\turl = b\n',
  '[branch.Main]\n\tmerge = x\n',
  '[a]\n\tb = one ; comment\n\tc = two # comment "\n\td = "# no comment"\n',
  '[a]\n\tb =   spaced   out   \n\tc = " kept "\n\td = x" y "z\n\te = a ""\n\tf = ""  a\n',
  '[a]\n\tb = one\\\ntwo\n\tc = one \\\n   two\n\td = "a\\\nb"\n',
  '[a]\n\tb = \\t\\n\\"\\\\\\b.\n',
  '[a]\r\n\tb = x\r\n\tc = y\r\n',
  '\ufeff[a]\n\tb = x\n',
  '[a]\n\tb = é ü\u00a0\n',
  '[include]\n\tpath = /nowhere\n[includeIf "gitdir:/x"]\n\tpath = y\n',
  '[a]\n\tb = 1\n\tb = 2\n',
  '[a-b]\n\tc-d = 1\n',
  '[a]\n\tb = x\\\n',
];

const INVALID = [
  '= b\n',
  '[a\nb = c\n',
  '[]\n',
  '[a "b]\n',
  '[a "b"\n',
  '[a "b" ]\n',
  '[a"b"]\n',
  '[a b]\n',
  '[a "b\\\n"]\n',
  '[a]\n\t1b = c\n',
  '[a]\n\tb # comment\n',
  '[a]\n\tb c = d\n',
  '[a]\n\tb = "open\n',
  '[a]\n\tb = \\x\n',
  '[a]\n\tb_c = d\n',
  '[a]\n\tb = "x\\',
];

gitConfig('reads what git reads', () =>
  withTemporaryDirectory((directory) => {
    for (const text of FILES) {
      writeFileSync(join(directory, 'config'), text);
      const args = ['config', '--no-includes', '-z', '--list', '-f', 'config'];
      const { status, stdout, stderr } = gitOutcome(directory, args);
      assert.is(status, 0, `${text} ${stderr}`);
      const expected = stdout.toString().split('\0').slice(0, -1);
      const ours = parseGitConfig(text).map((entry) => `${configName(entry)}\n${entry.value}`);
      const withoutBareKeys = expected.map((line) =>
        line.includes('\n') ? line : `${line}\ntrue`,
      );
      assert.equal(ours, withoutBareKeys, JSON.stringify(text));
    }
  }),
);

gitConfig('refuses what git refuses, and names the line', () =>
  withTemporaryDirectory((directory) => {
    for (const text of INVALID) {
      writeFileSync(join(directory, 'config'), text);
      const { status } = gitOutcome(directory, ['config', '--list', '-f', 'config']);
      assert.is.not(status, 0, `git takes ${JSON.stringify(text)}`);
      assert.throws(
        () => parseGitConfig(text),
        (error: unknown) =>
          error instanceof GsessError &&
          error.code === 'settings-invalid' &&
          Number(error.data['line']) >= 1,
        JSON.stringify(text),
      );
    }
  }),
);

gitConfig('gives the last of several values, and tells subsections apart', () => {
  const entries = parseGitConfig('[a]\nB = 1\nb = 2\n[a "X"]\nb = 3\n');
  assert.is(configValue(entries, 'a.b'), '2');
  assert.is(configValue(entries, 'a.X.b'), '3');
  assert.is(configValue(entries, 'a.x.b'), undefined);
});

gitConfig('writes what it and git read back', () =>
  withTemporaryDirectory((directory) => {
    const values = [
      '',
      'plain',
      ' a "b" \\ c ',
      '# not a comment',
      'two\nlines\tand a tab',
      'é; x',
      'a\rb',
      'at the end\r',
      'both\r\nends',
    ];
    const entries = [
      ...values.map((value, index) => ({
        section: 'gsess',
        subsection: '',
        key: `k${index}`,
        value,
      })),
      { section: 'gsess', subsection: 'a "b" \\', key: 'k', value: 'v' },
    ];
    const text = formatGitConfig(entries);
    assert.equal(parseGitConfig(text), entries);
    writeFileSync(join(directory, 'config'), text);
    const { stdout } = gitOutcome(directory, ['config', '-z', '--list', '-f', 'config']);
    assert.is(
      stdout.toString(),
      entries.map((entry) => `${configName(entry)}\n${entry.value}\0`).join(''),
    );
    assert.throws(
      () => formatGitConfig([{ section: 'a', subsection: '', key: 'b', value: '\0' }]),
      (error: GsessError) => error.code === 'usage',
    );
  }),
);

gitConfig.run();
