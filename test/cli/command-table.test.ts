import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Command, GLOBAL_OPTIONS } from '../../src/cli/command.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import { completeWords } from '../../src/cli/completion.ts';
import { findCommand } from '../../src/cli/find-command.ts';
import { commandHelp, overviewHelp, sentence, topicHelp, visible } from '../../src/cli/help.ts';
import { HELP_TOPICS } from '../../src/cli/help-topics.ts';
import { commandPage, overviewPage, topicPage } from '../../src/cli/man-page.ts';
import { readSlashLine, slashCommands } from '../../src/cli/slash-line.ts';
import { startingFlagEntries } from '../../src/cli/starting-flags.ts';
import { textWidth } from '../../src/ui/text-width.ts';
import { commandRunner } from '../support/run-command.ts';
import { sealedSurroundings } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

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

help('fits 80 columns', async () => {
  const topics = HELP_TOPICS.map(async ({ summary, blocks }) => topicHelp(summary, await blocks()));
  for (const text of [
    overviewHelp(COMMANDS, HELP_TOPICS),
    ...[...COMMANDS, SAMPLE].map(commandHelp),
    ...(await Promise.all(topics)),
  ]) {
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
  const text = overviewHelp([...COMMANDS, { ...SAMPLE, hidden: true }], HELP_TOPICS);
  for (const { name, hidden } of COMMANDS) {
    assert.is(new RegExp(`^ {2}${name} `, 'm').test(text), hidden !== true);
  }
  assert.not.match(text, 'sample');
});

help(
  'has a topic for the words, the agents and git, each in the overview and in a page',
  async () => {
    assert.equal(
      HELP_TOPICS.map(({ name }) => name),
      ['concepts', 'agents', 'git'],
    );
    for (const topic of HELP_TOPICS) {
      assert.match(overviewHelp(COMMANDS, HELP_TOPICS), new RegExp(`^ {2}${topic.name} `, 'm'));
      const text = topicHelp(topic.summary, await topic.blocks());
      assert.ok(text.startsWith(`${sentence(topic.summary)}\n\n`), text);
      const page = await topicPage(topic);
      assert.match(page, `\n.Dt GSESS-${topic.name.toUpperCase()} 7\n`);
      assert.ok(text.length > 1000 && page.length > text.length * 0.8, topic.name);
    }
  },
);

help('explains a topic, a command, what is both, and a command by its other name', () =>
  withTemporaryDirectory(async (directory) => {
    const run = commandRunner({
      project: directory,
      surroundings: sealedSurroundings(directory),
    });
    const keysOf = async (word: string) =>
      Object.keys((await run.json(['help', word])) as object).sort();
    assert.equal(await keysOf('concepts'), ['name', 'summary', 'topic']);
    assert.ok((await keysOf('git')).includes('topic'));
    assert.ok((await keysOf('git')).includes('rest'));
    assert.match((await run(['help', 'git'])).stdout, /^usage: gsess git[\s\S]*In a store:/);
    assert.match((await run(['help', 'ls'])).stdout, 'usage: gsess list');
    const near = await run(['help', 'concept']);
    assert.equal([near.status, near.stdout], [3, '']);
    assert.match(near.stderr, "Did you mean 'gsess help concepts'?");
    assert.match((await run(['help', 'gti'])).stderr, "'gsess help git'");
    assert.match((await run(['help', 'lst'])).stderr, "There is no command 'lst'");
  }),
);

help('shows in topics only lines that there are', async () => {
  for (const { blocks } of HELP_TOPICS) {
    for (const block of await blocks()) {
      const lines = typeof block === 'string' || 'entries' in block ? [] : block.lines;
      for (const line of lines) {
        findCommand(/^gsess (\w+)/.exec(line)?.[1] ?? line, COMMANDS);
      }
    }
  }
});

help('tells of a slash command under all its names', () => {
  const offered = slashCommands(COMMANDS, { snapshots: true });
  for (const { names, command } of offered) {
    const text = commandHelp(command);
    assert.match(text, names.map((name) => `/${name}`).join(', '));
    const page = commandPage(command);
    for (const name of names) {
      assert.is(readSlashLine(`/${name} x`, COMMANDS, { snapshots: true }).command, command);
      assert.match(page, new RegExp(`^\\.It Li .*/${name}\\b`, 'm'));
    }
  }
  for (const command of COMMANDS.filter(({ slash }) => slash === undefined)) {
    assert.not.match(commandHelp(command), 'Inside an agent');
  }
});

help('tells of every flag: in the help and the page of its command, or in the overview', () => {
  for (const command of COMMANDS) {
    for (const [flag, { hidden }] of Object.entries(command.options ?? {})) {
      assert.is(commandHelp(command).includes(`--${flag}`), hidden !== true, flag);
      assert.is(commandPage(command).includes(`Fl -${flag}`), hidden !== true, flag);
    }
  }
  const overview = overviewHelp(COMMANDS, HELP_TOPICS);
  for (const { term } of startingFlagEntries()) assert.match(overview, term);
});

help('makes a sentence of a summary', () => {
  assert.is(sentence('list things'), 'List things.');
  assert.is(sentence('Done.'), 'Done.');
});

help('and completion offer the same commands and flags', () => {
  const offered = (...words: string[]) =>
    completeWords(words, COMMANDS).candidates.map(({ word }) => word.replace(/=.*/, ''));
  const shown = COMMANDS.filter(({ hidden }) => hidden !== true);
  assert.equal(
    offered(''),
    shown.map(({ name }) => name),
  );
  for (const { name, options = {}, rest } of shown) {
    if (rest?.after === 'verb') continue;
    const flags = [...visible(options), ...visible(GLOBAL_OPTIONS)].map(([flag]) => `--${flag}`);
    assert.equal([...new Set(offered(name, '-'))], flags, name);
  }
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
  const text = overviewPage('@date@\n@commands@\n@unknown@\nend\n', [SAMPLE], []);
  assert.match(
    text,
    /^\.Dd .*\n\.It Cm sample\nTake a sample\.\nSee\n\.Xr gsess-sample 1 \.\nend\n$/,
  );
});

table.run();
help.run();
pages.run();
