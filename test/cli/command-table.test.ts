import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Command, GLOBAL_OPTIONS } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { commandHelp, overviewHelp, sentence } from '../../src/cli/help.ts';
import { commandPage, overviewPage } from '../../src/cli/man-page.ts';
import { textWidth } from '../../src/ui/text-width.ts';

const table = suite('table of commands');

table('names every command once, as a word', () => {
  const names = COMMANDS.map(({ name }) => name);
  assert.equal([...new Set(names)], names);
  for (const name of names) assert.match(name, /^[a-z]{2,12}$/);
});

table('summarises in the imperative, in one line without a full stop', () => {
  for (const { name, summary } of COMMANDS) {
    assert.match(summary, /^[a-z][^\n]*[^.]$/, name);
    assert.ok(summary.length <= 66, `${name}: ${summary.length} characters do not fit the list`);
  }
});

table('gives flags and arguments names that do not meet', () => {
  for (const { name, options = {}, positionals = {} } of COMMANDS) {
    const flags = [...Object.keys(options), ...Object.keys(GLOBAL_OPTIONS)];
    const letters = [...Object.values(options), ...Object.values(GLOBAL_OPTIONS)].flatMap(
      (option) => ('alias' in option && option.alias !== undefined ? [option.alias] : []),
    );
    const all = [...flags, ...letters, ...Object.keys(positionals), 'rest'];
    assert.equal([...new Set(all)], all, name);
    for (const flag of flags) assert.match(flag, /^[a-z][a-z-]+$/);
    for (const letter of letters) assert.match(letter, /^[a-zA-Z]$/);
  }
});

table(
  'lets only the last argument take several words, and none that is needed follow another',
  () => {
    for (const { name, positionals = {} } of COMMANDS) {
      const all = Object.values(positionals);
      assert.not(
        all.slice(0, -1).some(({ variadic }) => variadic),
        name,
      );
      const firstOptional = all.findIndex(({ required }) => !required);
      assert.not(firstOptional >= 0 && all.slice(firstOptional).some(({ required }) => required));
    }
  },
);

const help = suite('help');
const SAMPLE: Command = {
  name: 'sample',
  summary: 'take a sample',
  details: `One paragraph
    over two lines.

    Another.`,
  positionals: {
    ref: { required: true, description: 'what' },
    more: { variadic: true, description: 'more' },
  },
  options: {
    'only-the-names': { type: 'boolean', alias: 'o', description: 'names only' },
    kind: { type: 'string', choices: ['a', 'b'], description: 'which kind' },
    path: { type: 'array', placeholder: 'DIR', description: 'where' },
    secret: { type: 'boolean', hidden: true, description: 'not shown' },
  },
  rest: { after: 'dashes', placeholder: 'WORD', description: 'handed on' },
  examples: [{ command: "gsess sample 'x' | .y\\n", description: 'show it' }],
  run: async () => undefined,
};

help('fits 80 columns', () => {
  for (const text of [overviewHelp(COMMANDS), ...[...COMMANDS, SAMPLE].map(commandHelp)]) {
    for (const line of text.split('\n')) assert.ok(textWidth(line) <= 80, line);
  }
});

help('shows usage, arguments, options, examples and the exit status of a command', () => {
  const text = commandHelp(SAMPLE);
  assert.ok(
    text.startsWith(
      [
        'usage: gsess sample [--only-the-names] [--kind KIND] [--path DIR]... <ref>',
        '       [more...] -- WORD...',
        '',
        'Take a sample.',
        '',
        'One paragraph over two lines.',
        '',
        'Another.',
        '',
        'Arguments:',
        '  <ref>       what',
        '  [more...]   more',
        '  -- WORD...  Handed on.',
        '',
        'Options:',
        '  -o, --only-the-names  names only',
        '  --kind KIND           which kind (a, b)',
        '  --path DIR            where',
        '',
      ].join('\n'),
    ),
    text,
  );
  assert.not.match(text, 'secret');
  assert.match(text, /Exit status:\n {2}0 {4}done\n/);
});

help('lists every command that is not hidden', () => {
  const text = overviewHelp([...COMMANDS, { ...SAMPLE, hidden: true }]);
  for (const { name, hidden } of COMMANDS) {
    assert.is(new RegExp(`^ {2}${name} `, 'm').test(text), hidden !== true);
  }
  assert.not.match(text, 'sample');
});

help('makes a sentence of a summary', () => {
  assert.is(sentence('list things'), 'List things.');
  assert.is(sentence('Done.'), 'Done.');
});

const pages = suite('man pages');

pages('put a command into mdoc, with everything roff would act on made literal', () => {
  const text = commandPage(SAMPLE);
  for (const line of [
    '.Dt GSESS-SAMPLE 1',
    '.Nd take a sample',
    '.Op Fl -only-the-names',
    '.Op Fl -path Ar DIR ...',
    '.Ar ref',
    '.Op Ar more ...',
    '.Fl -',
    '.It Li \\-o, \\-\\-only\\-the\\-names',
    'gsess sample \\(aqx\\(aq | .y\\en',
  ]) {
    assert.ok(text.split('\n').includes(line), `${line}\n${text}`);
  }
  assert.not.match(text, 'secret');
});

pages('keep a line that begins with a dot from being a request', () => {
  const text = commandPage({ ...SAMPLE, details: ".so /etc/passwd. 'x… A\\B" });
  assert.match(text, '\n\\&.so /etc/passwd.\n\\(aqx\\[u2026] A\\eB\n');
});

pages('fill the lists into the overview', () => {
  const text = overviewPage('@date@\n@commands@\n@unknown@\nend\n', [SAMPLE]);
  assert.match(
    text,
    /^\.Dd .*\n\.It Cm sample\nTake a sample\.\nSee\n\.Xr gsess-sample 1 \.\nend\n$/,
  );
});

table.run();
help.run();
pages.run();
