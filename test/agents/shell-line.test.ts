import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claude } from '../../src/agents/claude/claude.ts';
import { lineFor, type Shell, shellLine, shellQuote } from '../../src/agents/shell-line.ts';
import { shellAtHand } from '../../src/cli/shell-at-hand.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite('The command that resumes');

const ID = '11111111-0000-4000-8000-000000000001';
const SHELLS = ['/bin/sh', '/bin/bash', '/usr/bin/zsh', '/bin/zsh', '/usr/bin/fish'];
const HOSTILE = [
  "a'; touch pwn #",
  '$(touch pwn)',
  '`touch pwn`',
  'a\\b\\\\',
  '!!',
  'a\nb',
  '-x',
  '* ~',
];

x('resumes a session by its id in its directory', () => {
  assert.equal(claude.resume({ nativeId: ID, cwd: '/home/ada/kiln', path: '/a' }), {
    before: [],
    argv: ['claude', '--resume', ID],
    cwd: '/home/ada/kiln',
  });
});

x('refuses an id that Claude would read as something else', () => {
  for (const nativeId of ['', '--help', 'kiln', `${ID}x`, '../x']) {
    assert.throws(
      () => claude.resume({ nativeId, cwd: '/', path: '/a' }),
      /Not the id of a Claude session/,
    );
  }
});

x(
  'HI-14: prints a line that every shell here reads as meant, whatever the directory is called',
  async () => {
    await withTemporaryDirectory((root) => {
      for (const name of HOSTILE) {
        const cwd = join(root, name);
        mkdirSync(cwd);
        const line = shellLine({ before: [], argv: ['printf', '%s|', '', ...HOSTILE], cwd });
        for (const shell of SHELLS.filter((path) => existsSync(path))) {
          const output = execFileSync(shell, ['-c', `${line} && pwd`], {
            encoding: 'utf8',
            cwd: root,
          });
          assert.is(output, `|${HOSTILE.join('|')}|${cwd}\n`, `${shell} ${name}`);
        }
        assert.not.ok(existsSync(join(root, 'pwn')) || existsSync(join(cwd, 'pwn')));
      }
    });
  },
);

x('leaves plain words bare and keeps a directory from reading as a flag', () => {
  assert.is(shellQuote('/a/b-c_1.ts'), '/a/b-c_1.ts');
  assert.is(shellLine({ before: [], argv: ['claude'], cwd: '-x y' }), "cd './-x y' && claude");
  assert.is(
    shellLine({ before: [['a', 'in', 'x y']], argv: ['a'], cwd: '/p' }),
    "cd /p && a in 'x y' && a",
  );
});

const LINES: readonly (readonly [Shell, string, readonly string[], string | undefined])[] = [
  ['posix', '/w/a b', ['claude', '--resume', ID], `cd '/w/a b' && claude --resume ${ID}`],
  ['cmd', 'C:\\w\\a b', ['claude', '--resume', ID], `cd /d "C:\\w\\a b" && claude --resume ${ID}`],
  ['cmd', 'D:\\a&b^c', ['codex', 'a b\\'], 'cd /d "D:\\a&b^c" && codex "a b\\\\"'],
  ['cmd', '\\\\host\\share\\p', ['claude', 'x'], 'pushd "\\\\host\\share\\p" && claude x & popd'],
  ['cmd', 'C:\\%PATH%', ['claude'], undefined],
  ['cmd', 'C:\\a', ['claude', 'say "hi" & del x'], undefined],
  ['cmd', 'C:\\a', ['claude', 'two\nlines'], undefined],
  ['cmd', 'C:\\a', ['claude', 'wow!'], undefined],
  [
    'powershell',
    "C:\\it's [a] $HOME",
    ['claude', '--resume', ID],
    `Set-Location -LiteralPath 'C:\\it''s [a] $HOME' -ErrorAction Stop; claude --resume ${ID}`,
  ],
  [
    'powershell',
    '\\\\host\\share\\p',
    ['claude', '$(x); y', '-1'],
    "Set-Location -LiteralPath '\\\\host\\share\\p' -ErrorAction Stop; claude '$(x); y' '-1'",
  ],
  [
    'powershell',
    '/w/\u2019x',
    ['a b', '--model=m'],
    "Set-Location -LiteralPath '/w/\u2019\u2019x' -ErrorAction Stop; & 'a b' '--model=m'",
  ],
  ['powershell', '/w', ['claude', 'say "hi"'], undefined],
];

for (const [shell, cwd, argv, line] of LINES) {
  x(`in ${shell} from ${JSON.stringify(cwd)} with ${JSON.stringify(argv)}`, () => {
    assert.is(lineFor({ before: [], argv, cwd }, shell), line);
  });
}

const at = suite('The shell at hand');

type Sign = string | undefined;
const AT_HAND: readonly (readonly [NodeJS.Platform, Sign?, Sign?, Shell?])[] = [
  ['linux', '/bin/bash'],
  ['linux'],
  ['darwin', '/usr/local/bin/fish'],
  ['linux', '/usr/bin/pwsh', undefined, 'powershell'],
  ['win32', 'C:\\Program Files\\Git\\usr\\bin\\bash.exe'],
  ['win32', undefined, 'C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\Modules', 'cmd'],
  ['win32', undefined, undefined, 'cmd'],
  ['win32', undefined, 'C:\\Users\\a\\Documents\\PowerShell\\Modules;C:\\x', 'powershell'],
  ['win32', undefined, 'C:\\Users\\a\\Documents\\WindowsPowerShell\\Modules', 'powershell'],
];

for (const [platform, shell, modulePath, expected = 'posix'] of AT_HAND) {
  at(`on ${platform} with SHELL=${shell} and PSModulePath=${modulePath} is ${expected}`, () => {
    assert.is(shellAtHand({ platform, shell, modulePath }), expected);
  });
}

x.run();
at.run();
