import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Command, defineCommand } from '../../src/cli/command.ts';
import { hasFlag, splitCommandLine } from '../../src/cli/command-line.ts';
import { parseCommandLine } from '../../src/cli/parser.ts';
import { GsessError } from '../../src/errors.ts';

const run = async () => undefined;
const COMMANDS: readonly Command[] = [
  defineCommand({
    name: 'list',
    summary: 'list things',
    positionals: { ref: { description: 'a reference' } },
    options: {
      limit: { type: 'number', alias: 'n', description: 'how many' },
      path: { type: 'array', description: 'paths' },
      at: { type: 'string', description: 'where' },
      kind: { type: 'string', choices: ['a', 'b'], description: 'which' },
      'dry-run': { type: 'boolean', description: 'only say' },
      yes: { type: 'boolean', alias: 'y', values: ['large', 'small'], description: 'agree' },
    },
    run,
  }),
  defineCommand({
    name: 'tag',
    summary: 'tag things',
    positionals: {
      name: { required: true, description: 'a name' },
      more: { variadic: true, description: 'more' },
    },
    run,
  }),
  defineCommand({
    name: 'shell',
    summary: 'choose',
    positionals: { shell: { required: true, choices: ['bash'], description: 'which' } },
    run,
  }),
  defineCommand({
    name: 'run',
    summary: 'start an agent',
    rest: { after: 'dashes', placeholder: 'WORD', description: 'its words' },
    run,
  }),
  defineCommand({
    name: 'git',
    summary: 'run git',
    rest: { after: 'verb', placeholder: 'WORD', description: 'its words' },
    run,
  }),
  defineCommand({ name: 'help', summary: 'help', run }),
];

type Name = 'limit' | 'path' | 'at' | 'kind' | 'dry-run' | 'yes' | 'ref' | 'name' | 'more' | 'rest';
type Read = { readonly command: string } & { readonly [K in Name]?: unknown };

function argumentsOf(...words: string[]): Read {
  const { command, args } = parseCommandLine(words, COMMANDS);
  const { json, session, help, 'no-color': noColor, ...own } = args;
  return { command: command.name, ...own };
}

const LIST = { command: 'list', path: [], 'dry-run': false, yes: false, rest: [] };
const NO_LIST_VALUES = { limit: undefined, at: undefined, kind: undefined, ref: undefined };

const parser = suite('parser');

parser('lists where no command is given', () => {
  assert.equal(argumentsOf(), { ...LIST, ...NO_LIST_VALUES });
  assert.equal(argumentsOf('--json'), { ...LIST, ...NO_LIST_VALUES });
});

parser('reads flags and their values in every form', () => {
  assert.is(argumentsOf('list', '--limit', '3').limit, 3);
  assert.is(argumentsOf('list', '--limit=3').limit, 3);
  assert.is(argumentsOf('list', '-n3').limit, 3);
  assert.is(argumentsOf('list', '--at=-x').at, '-x');
  assert.is(argumentsOf('list', '--at', '').at, '');
  assert.is(argumentsOf('list', '--dry-run', 'ref')['dry-run'], true);
  assert.is(argumentsOf('list', '--dry-run', 'ref').ref, 'ref');
  assert.is(argumentsOf('list', '--dry-run', '--dry-run')['dry-run'], true);
  assert.is(argumentsOf('list', '--kind', 'a').kind, 'a');
  assert.is(argumentsOf('list', '-n=3').limit, 3);
  assert.is(argumentsOf('list', '-yn3').limit, 3);
  assert.is(argumentsOf('list', '-yn', '3').yes, true);
  assert.is(argumentsOf('list', '--at', '-').at, '-');
  assert.is(argumentsOf('list', '--dry-run=false')['dry-run'], false);
});

parser('takes more than a yes behind an equals sign, and no word after it', () => {
  assert.is(argumentsOf('list').yes, false);
  assert.is(argumentsOf('list', '--yes', 'ref').yes, true);
  assert.is(argumentsOf('list', '--yes', 'large').ref, 'large');
  assert.is(argumentsOf('list', '--yes=large', 'ref').yes, 'large');
  assert.is(argumentsOf('list', '-y=small').yes, 'small');
  assert.is(argumentsOf('list', '--yes', 'true').ref, 'true');
  assert.is(argumentsOf('list', '-y', 'false').yes, true);
  assert.is(argumentsOf('list', '--dry-run', 'false')['dry-run'], true);
  assert.is(argumentsOf('list', '--yes=large', '--yes').yes, true);
  assert.is(argumentsOf('list', '--yes', '-y=large').yes, 'large');
});

parser('takes one value for each time an array is given', () => {
  assert.equal(argumentsOf('list', '--path', 'a', '--path', 'b', 'ref').path, ['a', 'b']);
  assert.equal(argumentsOf('list', '--path', 'a', 'ref').path, ['a']);
});

parser('takes words as words, not as numbers', () => {
  for (const word of ['12345678901234567890123', '0x10', '007', '1e3', '']) {
    assert.is(argumentsOf('list', word).ref, word);
  }
  assert.is(argumentsOf('list', '--at', '"quoted"').at, '"quoted"');
  assert.is(argumentsOf('list', '--at="quoted"').at, '"quoted"');
  assert.equal(argumentsOf('list', "--path='a b'", '--path=x=y\nz').path, ["'a b'", 'x=y\nz']);
  assert.is(argumentsOf('list', "'quoted'").ref, "'quoted'");
  assert.is(argumentsOf('list', '--at', 'true').at, 'true');
});

parser('takes words after two dashes as they are', () => {
  assert.is(argumentsOf('list', '--', '--limit').ref, '--limit');
  assert.equal(argumentsOf('tag', 'a', '--', '-b', '--help').more, ['-b', '--help']);
});

parser('hands on what is meant for another program untouched', () => {
  assert.equal(argumentsOf('git', '--help', 'log', '--json', '--', 'x', '-n1'), {
    command: 'git',
    rest: ['--help', 'log', '--json', '--', 'x', '-n1'],
  });
  assert.equal(argumentsOf('run', '--', 'claude', '--json', '--').rest, ['claude', '--json', '--']);
  assert.is(parseCommandLine(['--session', 's', 'git', 'log'], COMMANDS).session, 's');
});

parser('reads the flags of every command before and after the verb', () => {
  const invocation = parseCommandLine(['--session', 'git', 'list', '--no-color'], COMMANDS);
  assert.is(invocation.command.name, 'list');
  assert.is(invocation.session, 'git');
  assert.is(invocation.isColoured, false);
});

parser('gives help whatever else is on the line', () => {
  assert.ok(parseCommandLine(['tag', '--bad', '-h'], COMMANDS).wantsHelp);
  assert.ok(parseCommandLine(['list', '--limit', 'x', '--help'], COMMANDS).wantsHelp);
  assert.is(parseCommandLine(['--help'], COMMANDS).command.name, 'help');
  assert.not(parseCommandLine(['list', '--', '--help'], COMMANDS).wantsHelp);
});

const REFUSED: readonly (readonly [string, string])[] = [
  ['lits', "There is no command 'lits'"],
  ['-- list', "There is no command '--'"],
  ['list --limit', '--limit needs a value'],
  ['list --at -x', '--at needs a value'],
  ['list --limit x', "--limit is not a whole number: 'x'"],
  ['list --limit=-1', "--limit is not a whole number: '-1'"],
  ['list --limit 1e3', "--limit is not a whole number: '1e3'"],
  ['list --at 1 --at 2', '--at is given more than once'],
  ['list --yes=huge', "--yes= is none of large, small: 'huge'"],
  ['list --yes=', "--yes= is none of large, small: ''"],
  ['list --kind c', "--kind is none of a, b: 'c'"],
  ['list --no-dry-run', "'gsess list' does not take '--no-dry-run'"],
  ['list --dry-run=maybe', "--dry-run= is none of true, false: 'maybe'"],
  ['list -yz', "'gsess list' does not take '-z'"],
  ['list -n', '-n needs a value'],
  ['list -ny', '--limit needs a value'],
  ['list --at --yes=large x', '--at needs a value'],
  ['list -y3', "--yes= is none of large, small: '3'"],
  ['list --yes="large"', `--yes= is none of large, small: '"large"'`],
  ['list -1', "'gsess list' does not take '-1'"],
  ['list --at -1', "'gsess list' does not take '-1'"],
  ['list --n 3', "'gsess list' does not take '--n'"],
  ['list --_=x', "'gsess list' does not take '--_'"],
  ['list -y_ x', "'gsess list' does not take '-_'"],
  ['list ---', "'gsess list' does not take '---'"],
  ['list --__proto__ x', "'gsess list' does not take '--__proto__'"],
  ['list --=x', "'gsess list' does not take '--=x'"],
  ['list --dry', "'gsess list' does not take '--dry'"],
  ['list --dryRun', "'gsess list' does not take '--dryRun'"],
  ['list --constructor', "'gsess list' does not take '--constructor'"],
  ['list -zn3', "'gsess list' does not take '-z'"],
  ['list a b', "'gsess list' does not take 'b'"],
  ['list --a.b x', "'gsess list' does not take '--a.b'"],
  ['tag', "'gsess tag' needs <name>"],
  ['tag --name x', "'gsess tag' does not take '--name'"],
  ['shell tcsh', "<shell> is none of bash: 'tcsh'"],
  ['run x -- y', "'gsess run' does not take 'x'"],
];

for (const [line, message] of REFUSED) {
  parser(`refuses 'gsess ${line}', saying what is wrong and where to look`, () => {
    try {
      argumentsOf(...line.split(' '));
      assert.unreachable();
    } catch (error) {
      assert.instance(error, GsessError);
      const { message: said, hint, exitStatus } = error as GsessError;
      assert.is(said, message);
      assert.match(hint ?? '', 'gsess ');
      assert.is(exitStatus, 2);
    }
  });
}

const words = suite('command line');

words('finds the verb behind flags and their values', () => {
  assert.equal(splitCommandLine(['--json', '--session', 'x', 'log', '-n', '1']), {
    before: ['--json', '--session', 'x'],
    verb: 'log',
    after: ['-n', '1'],
  });
  assert.is(splitCommandLine(['--session']).verb, undefined);
});

words('tells our flags from those of a program that we start', () => {
  const has = (...line: string[]) => hasFlag('--json', splitCommandLine(line), COMMANDS);
  assert.ok(has('--json', 'git', 'log'));
  assert.ok(has('list', '--json'));
  assert.ok(has('unknown', '--json'));
  assert.not(has('git', 'log', '--json'));
  assert.not(has('run', '--', 'x', '--json'));
});

parser.run();
words.run();
