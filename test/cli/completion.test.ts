import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type Command, defineCommand } from '../../src/cli/command.ts';
import { completeWords } from '../../src/cli/completion.ts';
import { completionScript, SHELLS } from '../../src/cli/completion-scripts.ts';
import { startingFlagWords } from '../../src/cli/starting-flags.ts';
import { GSESS_PROGRAM, type SealedUser, withSealedUser } from '../support/run-gsess.ts';

const neverRun = async () => {
  throw new Error('a command was run to complete a word');
};
const COMMANDS: readonly Command[] = [
  defineCommand({
    name: 'show',
    summary: 'show it',
    positionals: {
      ref: { description: 'what', completes: 'checkpoint' },
      shells: { variadic: true, description: 'which', choices: ['bash', 'zsh'] },
    },
    options: {
      root: { type: 'string', alias: 'r', description: 'where', completes: 'directory' },
      kind: { type: 'array', choices: ['a', 'b'], description: 'which' },
      yes: { type: 'boolean', description: 'do it' },
      old: { type: 'string', hidden: true, description: 'not shown' },
      text: { type: 'string', description: 'anything' },
    },
    run: neverRun,
  }),
  defineCommand({
    name: 'git',
    summary: 'run git',
    rest: { after: 'verb', placeholder: 'WORD', description: 'words' },
    run: neverRun,
  }),
  defineCommand({ name: 'secret', summary: 'not shown', hidden: true, run: neverRun }),
];

function wordsAt(...words: string[]): string[] {
  return completeWords(words, COMMANDS).candidates.map(({ word }) => word);
}

const complete = suite('completion');
const GLOBAL_FLAGS = ['--json', '--session', '--no-color', '--help'];

complete('offers commands in the place of the verb, and flags behind a dash', () => {
  assert.equal(wordsAt(''), ['show', 'git']);
  assert.equal(wordsAt('--json', 's'), ['show', 'git']);
  const starting = startingFlagWords().map(({ words: [word] }) => word);
  assert.equal(wordsAt('-'), [...starting, ...GLOBAL_FLAGS, '--version']);
  assert.is(completeWords(['--resume', ''], COMMANDS).completes, 'session');
  assert.is(completeWords(['-C', 'a'], COMMANDS).completes, 'session');
  assert.equal(wordsAt('--list-sessions', ''), ['show', 'git']);
});

complete('offers the flags of a command, but not the hidden ones', () => {
  const own = ['--root', '--kind', '--yes', '--text'];
  assert.equal(wordsAt('show', '--'), [...own, ...GLOBAL_FLAGS]);
});

complete('offers what a flag or an argument takes', () => {
  assert.is(completeWords(['show', ''], COMMANDS).completes, 'checkpoint');
  assert.is(completeWords(['show', '--yes', ''], COMMANDS).completes, 'checkpoint');
  assert.is(completeWords(['show', '--root', ''], COMMANDS).completes, 'directory');
  assert.is(completeWords(['show', '-r', ''], COMMANDS).completes, 'directory');
  assert.is(completeWords(['--session', ''], COMMANDS).completes, 'session');
  assert.equal(wordsAt('show', '--kind', ''), ['a', 'b']);
  assert.equal(wordsAt('show', '--root', 'x', 'ref', ''), ['bash', 'zsh']);
  assert.equal(wordsAt('show', 'ref', 'bash', ''), ['bash', 'zsh']);
  assert.equal(completeWords(['show', '--text', ''], COMMANDS), { candidates: [] });
});

complete('leaves words of another program, and behind two dashes, to the file system', () => {
  assert.is(completeWords(['git', 'log', '--'], COMMANDS).completes, 'file');
  assert.is(completeWords(['show', '--', ''], COMMANDS).completes, 'file');
});

complete('offers topics of the help beside commands, and none twice', () => {
  const help = defineCommand({
    name: 'help',
    summary: 'explain',
    positionals: { word: { description: 'what', completes: 'help' } },
    run: neverRun,
  });
  const { candidates } = completeWords(['help', ''], [...COMMANDS, help]);
  assert.equal(
    candidates.map(({ word }) => word),
    ['show', 'git', 'help', 'concepts', 'agents'],
  );
});

complete('offers nothing for a command that does not exist', () => {
  assert.equal(completeWords(['unknown', ''], COMMANDS), { candidates: [] });
});

complete('prints candidates that begin with the word, and runs no command', () =>
  withSealedUser((user) => {
    const { status, stdout, stderr } = user.run(['--complete', 'wh']);
    assert.is(stdout, 'where\tprint where the sessions of this project are kept\n');
    assert.is(stderr, '');
    assert.is(status, 0);
    assert.is(user.run(['--complete', 'list', '--lim']).stdout, '--limit\tonly the newest N\n');
    assert.is(user.run(['--complete', 'list', '']).stdout, '');
    assert.is(user.run(['--complete']).status, 0);
  }),
);

complete('stays silent where the sessions cannot be looked up', () =>
  withSealedUser((user) => {
    const configuration = join(user.home, '.config', 'gsess');
    mkdirSync(configuration, { recursive: true });
    writeFileSync(join(configuration, 'config.json'), '{');
    const environment = process.platform === 'darwin' ? { GSESS_DATA_DIR: 'x' } : {};
    const outcome = user.run(['--complete', '--session', ''], { environment });
    assert.equal(outcome, { status: 0, stdout: '', stderr: '' });
  }),
);

const scripts = suite('completion scripts');

/** Puts a gsess on the PATH and asks bash what Tab would give for this line. */
function completeInBash(user: SealedUser, words: readonly string[]): string {
  const programs = join(user.directory, 'bin');
  mkdirSync(programs);
  const program = join(programs, 'gsess');
  writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' '${GSESS_PROGRAM}' "$@"\n`);
  chmodSync(program, 0o755);
  const script = `eval "$(gsess completion bash)"
    COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _gsess
    printf '<%s>' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync('bash', ['-c', script, 'bash', ...words], {
    cwd: user.project,
    env: { ...user.environment, PATH: `${programs}:${user.environment['PATH']}` },
    encoding: 'utf8',
  });
  return `${stdout}${stderr}`;
}

scripts('complete commands, flags and choices in bash', () =>
  withSealedUser((user) => {
    assert.is(completeInBash(user, ['gsess', 'comp']), '<completion>');
  }),
);

scripts('complete the value of an argument in bash', () =>
  withSealedUser((user) => {
    assert.is(completeInBash(user, ['gsess', 'completion', '']), '<bash><zsh><fish>');
  }),
);

for (const shell of SHELLS) {
  scripts(`are words that ${shell} can read`, () => {
    const text = completionScript(shell);
    assert.match(text, 'gsess --complete');
    assert.not.match(text, /mapfile|readarray|compopt/);
    // A shell that is not here cannot be asked.
    const checked = spawnSync(shell, ['-n'], { input: text, encoding: 'utf8' });
    if (checked.error === undefined) assert.is(`${checked.status}${checked.stderr}`, '0');
  });
}

complete.run();
scripts.run();
