import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { COMMANDS } from '../../src/cli/commands.ts';
import { readSlashLine, slashCommands } from '../../src/cli/slash-line.ts';
import { BEHIND_LINE, slashLineIn } from '../../src/cli/slash-prompt.ts';
import { GsessError } from '../../src/errors.ts';

const ON = { snapshots: true };
const lines = suite('a slash command');

const read = (line: string, offered = ON) => {
  const { name, command, words, isChoice } = readSlashLine(line, COMMANDS, offered);
  return [name, command.name, ...words, ...(isChoice ? ['?'] : [])];
};

function hintOf(line: string, offered = ON): readonly [string, string | undefined] {
  try {
    read(line, offered);
  } catch (error) {
    if (error instanceof GsessError && error.code === 'usage') return [error.message, error.hint];
    throw error;
  }
  throw new Error(`'${line}' was read`);
}

const CASES: readonly (readonly [string, ...string[]])[] = [
  ['/chat save before', 'chat', 'chat', 'save', 'before'],
  ['  chat   list ', 'chat', 'chat', 'list'],
  ['/gsess:chat save x', 'chat', 'chat', 'save', 'x'],
  ['/gsess-chat save x', 'chat', 'chat', 'save', 'x'],
  ['/CHAT save X', 'chat', 'chat', 'save', 'X'],
  ['/resume last', 'resume', 'resume', 'last'],
  ['/continue latest', 'continue', 'resume', 'latest'],
  ['/history 2', 'history', 'resume', '2'],
  ['/sessions', 'sessions', 'list', '?'],
  ['/resume', 'resume', 'list', '?'],
  ['/restore', 'restore', 'restore', '--list', '?'],
  ['/restore @1 --yes', 'restore', 'restore', '@1', '--yes'],
  ['/tag "before the rewrite" @3', 'tag', 'tag', 'before the rewrite', '@3'],
  ['/tag \'a "b"\' @3', 'tag', 'tag', 'a "b"', '@3'],
  ['/chat save it\'s "so', 'chat', 'chat', 'save', "it's", '"so'],
  ['/chat save $(rm -rf ~) `id`', 'chat', 'chat', 'save', '$(rm', '-rf', '~)', '`id`'],
  ['/rename  --it\'s "my"  name ', 'rename', 'rename', '--it\'s "my"  name'],
  ['/rename', 'rename', 'rename'],
];

lines('is read into a command of the table and its words', () => {
  for (const [line, ...wanted] of CASES) assert.equal(read(line), wanted, line);
});

lines('that there is none of is told with what is near', () => {
  assert.equal(hintOf('/chta list'), [
    "There is no slash command '/chta'",
    "Did you mean '/chat'?",
  ]);
  assert.equal(hintOf('/connect'), ["There is no slash command '/connect'", "'/help' lists them."]);
  assert.equal(hintOf(''), ["There is no slash command '/'", "'/help' lists them."]);
  assert.is(hintOf('/chat/save')[0], "There is no slash command '/chat/save'");
});

lines('that restores is not there while checkpointing is off', () => {
  const off = { snapshots: false };
  assert.equal(hintOf('/restore @1', off), [
    "There is no '/restore' while checkpointing is off",
    "The setting 'checkpointing.enabled' switches it on.",
  ]);
  const names = (offered: typeof ON) =>
    slashCommands(COMMANDS, offered).flatMap((known) => known.names);
  assert.equal(
    names(ON).filter((name) => !names(off).includes(name)),
    ['restore', 'rewind'],
  );
});

lines('has names that meet no other', () => {
  const names = slashCommands(COMMANDS, ON).flatMap((known) => known.names);
  assert.equal([...new Set(names)], names);
  for (const name of ['resume', 'continue', 'sessions', 'history', 'chat', 'rename', 'help']) {
    assert.ok(names.includes(name), name);
  }
});

const prompts = suite('a prompt');

prompts('is for gsess if it begins as such a command does', () => {
  const cases: readonly (readonly [string, string | undefined])[] = [
    ['/gsess:chat save x', '/chat save x'],
    ['/gsess-chat save x\n', '/chat save x'],
    ['gsess /chat save x', '/chat save x'],
    ['$gsess /chat save x', '/chat save x'],
    [`gsess /chat save a\nb${BEHIND_LINE}; more)\n`, '/chat save a\nb'],
    [`gsess /undo ${BEHIND_LINE}`, '/undo'],
    ['/chat save x', undefined],
    ['gsess is what? /chat', undefined],
    ['what does gsess /chat do', undefined],
    ['/gsess', undefined],
    ['gsess / chat', undefined],
    ['', undefined],
  ];
  for (const [prompt, wanted] of cases) assert.is(slashLineIn(prompt), wanted, prompt);
});

lines.run();
prompts.run();
