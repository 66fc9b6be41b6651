import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { claude } from '../../src/agents/claude/claude.ts';
import { shellLine, shellQuote } from '../../src/agents/shell-line.ts';
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

x.run();
