// The lines that gsess prints to be pasted into a shell. Whatever directories, sessions and names are called, a shell that is given the
// line does exactly what it is for, or there is no line.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { manifestOf } from '../support/disk-manifest.ts';
import { type CommandRunner, commandRunner } from '../support/run-command.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { startSession } from '../support/session-driver.ts';

const lines = suite('lines to paste');

const SHELLS = [
  ['sh', '/bin/sh'],
  ['bash', '/bin/bash'],
  ['zsh', '/usr/bin/zsh'],
  ['zsh', '/bin/zsh'],
  ['fish', '/usr/bin/fish'],
] as const;

const DIRECTORIES = [
  "a'; touch pwn #",
  '$(touch pwn)',
  '`touch pwn`',
  '; touch pwn',
  '& touch pwn &',
  'line\ntouch pwn',
  '-rf',
  '--help',
  '!touch !!',
  '*?[a-z]{b,c}',
  '~',
  'back\\slash\\',
  '"quoted" $HOME',
  '%s %d',
  'ünï 字 👍',
];
/** Nothing that can be shown would lead there. */
const UNSHOWABLE = ['\u001b]0;touch pwn\u0007', 'over\rwritten', 'turned \u202e round', 'a\u200bb'];

interface Place {
  readonly directory: string;
  readonly nativeId: string;
  readonly gsess: CommandRunner;
}

/** A session begun in a directory of this name, in the one project. */
async function sessionIn(user: SealedUser, name: string, index: number): Promise<Place> {
  const nativeId = `11111111-1111-4111-8111-${String(index).padStart(12, '0')}`;
  const directory = join(user.project, name);
  mkdirSync(directory, { recursive: true });
  const driver = await startSession(user.directory, { nativeId, cwd: name });
  await driver.prompt('hi');
  await driver.turn('ho');
  return { directory, nativeId, gsess: commandRunner(driver) };
}

/** Programs of these names that only tell how they were called. */
function installTellers(user: SealedUser): string {
  const bin = join(user.directory, 'bin');
  mkdirSync(bin);
  for (const name of ['claude', 'gsess']) {
    const script = `#!/bin/sh\n{ printf '%s\\0' "$PWD"; printf '%s\\0' "$0" "$@"; } >> '${join(user.directory, 'told')}'\n`;
    writeFileSync(join(bin, name), script, { mode: 0o755 });
  }
  return bin;
}

function evaluate(user: SealedUser, shell: string, line: string): string[] {
  const told = join(user.directory, 'told');
  rmSync(told, { force: true });
  const PATH = `${join(user.directory, 'bin')}:${user.environment['PATH']}`;
  const { status, stderr } = spawnSync(shell, ['-c', line], {
    cwd: user.home,
    env: { ...user.environment, PATH },
    encoding: 'utf8',
  });
  assert.is(status, 0, `${shell} on ${line}: ${stderr}`);
  return readFileSync(told, 'utf8').split('\0').slice(0, -1);
}

function assertNothingTouched(user: SealedUser): void {
  const pwned = Object.keys(
    manifestOf(user.directory, { without: (path) => path.startsWith('data') }),
  ).filter((path) => /(^|\/)(pwn|!!)$/.test(path));
  assert.equal(pwned, []);
}

lines(
  'HI-14: whatever its directory is called, the line resumes the session there and does no more',
  () =>
    withSealedUser(async (user) => {
      const bin = installTellers(user);
      const shells = SHELLS.filter(([, path]) => existsSync(path));
      const absent = ['zsh', 'fish'].filter((name) => !shells.some(([shell]) => shell === name));
      if (absent.length > 0)
        process.stdout.write(`skipped: there is no ${absent.join(' and no ')}\n`);
      for (const [index, name] of DIRECTORIES.entries()) {
        const { directory, nativeId, gsess } = await sessionIn(user, name, index);
        const { status, stdout, stderr } = await gsess(['resume', nativeId, '--print'], {
          cwd: directory,
        });
        assert.is(status, 0, `${name}: ${stderr}`);
        const claude = join(bin, 'claude');
        for (const [, shell] of shells) {
          const told = evaluate(user, shell, stdout.replace(/\n$/, ''));
          assert.equal(told, [directory, claude, '--resume', nativeId], `${shell}: ${stdout}`);
        }
      }
      assertNothingTouched(user);
    }),
);

lines('HI-14: a directory that cannot be shown gets no line, but its command in JSON', () =>
  withSealedUser(async (user) => {
    for (const [index, name] of UNSHOWABLE.entries()) {
      const { directory, nativeId, gsess } = await sessionIn(user, name, index);
      const { status, stdout, stderr } = await gsess(['resume', nativeId, '--print'], {
        cwd: directory,
      });
      assert.equal([status, stdout], [2, ''], JSON.stringify(name));
      assert.match(stderr, 'cannot be shown');
      const value = await gsess.json(['resume', nativeId, '--print'], { cwd: directory });
      const { command, cwd } = value as { command: string[]; cwd: string };
      assert.equal([cwd, ...command], [directory, 'claude', '--resume', nativeId]);
    }
  }),
);

lines('HI-14: a fork is named in the line so that a shell takes it for one word', () =>
  withSealedUser(async (user) => {
    const bin = installTellers(user);
    const { gsess, nativeId, directory: cwd } = await sessionIn(user, 'plain', 1);
    for (const name of [
      "x'; touch pwn #",
      '$(touch pwn)',
      '`touch pwn`',
      'a & touch pwn',
      '--help',
    ]) {
      const { status, stdout, stderr } = await gsess(['fork', nativeId, `--name=${name}`], { cwd });
      assert.is(status, 0, stderr);
      const line =
        stdout
          .split('\n')
          .at(-2)
          ?.replace(/ {3}goes on there$/, '') ?? '';
      for (const [, shell] of SHELLS.slice(0, 2)) {
        assert.equal(evaluate(user, shell, line).slice(1), [join(bin, 'gsess'), 'resume', name]);
      }
    }
    assertNothingTouched(user);
  }),
);

lines.run();
