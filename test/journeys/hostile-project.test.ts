// A project that ships whatever a tool might be tempted to read or run. Nothing of it decides what is executed or where anything is
// written: programs of the names gsess starts, settings, and git's own configuration with all that it can run.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { findProgram, safeSearchPath, withoutHome } from '../../src/cli/find-program.ts';
import { git } from '../support/git-oracle.ts';
import { withHookAgent } from '../support/hook-agent.ts';
import { runOnTerminal, terminalTool } from '../support/pseudo-terminal.ts';
import { commandRunner } from '../support/run-command.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { startSession } from '../support/session-driver.ts';
import { skipHere } from '../support/skip-here.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { failuresOf, storesOf } from '../support/user-store.ts';

const ID = '11111111-1111-4111-8111-111111111111';
const PROGRAMS = ['gsess', 'git', 'less', 'more', 'sh', 'node', 'claude', 'ps', 'env', 'uname'];

interface Trap {
  readonly marker: string;
  readonly program: string;
}

/** A script that leaves a mark when it is run. */
function setTrap(user: SealedUser, path: string): Trap {
  const marker = join(user.directory, 'sprung');
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, `#!/bin/sh\necho "$0 $*" >> '${marker}'\n`, { mode: 0o755 });
  return { marker, program: path };
}

function assertUnsprung({ marker }: Trap): void {
  assert.is(existsSync(marker), false, existsSync(marker) ? readFileSync(marker, 'utf8') : '');
}

/** Everything that a project could hope to be read. */
function furnish(user: SealedUser): Trap {
  const { project } = user;
  for (const name of PROGRAMS) {
    setTrap(user, join(project, name));
    setTrap(user, join(project, 'node_modules', '.bin', name));
  }
  const trap = setTrap(user, join(project, 'trap'));
  const elsewhere = join(user.directory, 'elsewhere');
  const settings = { directory: elsewhere, checkpointing: { enabled: false } };
  const variables = [
    `NODE_OPTIONS=--require=${join(project, 'preload.cjs')}`,
    `GSESS_DATA_DIR=${elsewhere}`,
    `GSESS_PAGER=${trap.program}`,
    `PAGER=${trap.program}`,
    `GIT_DIR=${elsewhere}`,
  ].join('\n');
  writeFileSync(
    join(project, 'preload.cjs'),
    `require('fs').appendFileSync(${JSON.stringify(trap.marker)}, 'preloaded\\n');\n`,
  );
  for (const name of ['.gsessrc', '.gsess', '.gsess.json', 'gsess.json', '.gsessrc.json']) {
    writeFileSync(join(project, name), JSON.stringify(settings));
  }
  writeFileSync(join(project, 'gsess.config.js'), `require('./preload.cjs');\n`);
  writeFileSync(join(project, 'package.json'), JSON.stringify({ gsess: settings, bin: 'trap' }));
  for (const name of ['.env', '.env.local', '.envrc'])
    writeFileSync(join(project, name), variables);
  writeFileSync(
    join(project, '.npmrc'),
    `node-options=--require=./preload.cjs\nscript-shell=./trap\n`,
  );
  return trap;
}

async function work(user: SealedUser, environment: Record<string, string>): Promise<void> {
  await withHookAgent(user, { nativeId: ID, environment }, async (agent) => {
    await agent.prompt('begin');
    writeFileSync(join(user.project, 'a.txt'), 'one\n');
    await agent.say('done');
    await agent.end();
  });
  assert.equal(failuresOf(user), []);
}

const project = suite('a hostile project');

project('HI-16: what a project ships is neither run nor believed', () =>
  withSealedUser(async (user) => {
    const trap = furnish(user);
    const first = [
      '.',
      '',
      'node_modules/.bin',
      user.project,
      join(user.project, 'node_modules/.bin'),
    ];
    const environment = { PATH: [...first, user.environment['PATH'] ?? ''].join(delimiter) };
    await work(user, environment);
    writeFileSync(join(user.project, 'a.txt'), 'two\n');
    for (const words of [
      ['status'],
      ['restore', '@1', '--yes'],
      ['resume', '1', '--print'],
      ['git', '-c', 'core.pager=less', '--paginate', 'log', '-1', '--oneline'],
    ]) {
      const { status, stderr } = user.run(words, { environment });
      assert.is(status, 0, `gsess ${words.join(' ')}: ${stderr}`);
    }
    assertUnsprung(trap);
    assert.is(storesOf(user).length, 1, 'the store is where the user said');
    assert.is(existsSync(join(user.directory, 'elsewhere')), false);
    const tip = git(storesOf(user)[0] ?? '', ['ls-tree', '-r', '--name-only', `${ID}:files`]);
    assert.match(tip.toString(), 'a.txt', 'and files are captured, whatever the project says');
  }),
);

project('HI-16: on a terminal neither the pager nor the agent is a program of the project', () => {
  if (terminalTool() === undefined) {
    skipHere('HI-16 on a terminal: nothing here makes a pseudo-terminal');
    return;
  }
  return withSealedUser(async (user) => {
    const trap = furnish(user);
    const first = ['.', user.project, join(user.project, 'node_modules/.bin')];
    const PATH = [...first, user.environment['PATH'] ?? ''].join(delimiter);
    await work(user, { PATH });
    const environment = { PATH, PAGER: undefined, GSESS_PAGER: undefined };
    runOnTerminal(user, ['list', '--help'], { environment, rows: 5, typed: 'q' });
    assertUnsprung(trap);
    const { output } = runOnTerminal(user, ['resume', '1'], { environment });
    assertUnsprung(trap);
    const isInstalled = spawnSync('claude', ['--version'], { env: user.environment }).status === 0;
    if (!isInstalled) assert.match(output.toString(), "Cannot start 'claude'");
  });
});

project(
  'HI-16: a program is looked for outside the project, through links too, but not kept from the home',
  () =>
    withTemporaryDirectory((directory) => {
      const [bin, shut] = ['bin', 'project'].map((name) => join(directory, name)) as [
        string,
        string,
      ];
      for (const place of [bin, join(shut, 'bin')]) {
        mkdirSync(place, { recursive: true });
        writeFileSync(join(place, 'tool'), '#!/bin/sh\n', { mode: 0o755 });
      }
      symlinkSync(join(shut, 'bin'), join(directory, 'link'));
      const path = ['', '.', 'bin', join(shut, 'bin'), join(directory, 'link'), bin].join(
        delimiter,
      );
      assert.is(safeSearchPath(path, [shut]), bin);
      assert.is(findProgram('tool', path, [directory, shut]), undefined);
      assert.equal(withoutHome([directory, shut], shut), []);
      assert.equal(withoutHome([directory, shut], directory), [shut]);
      assert.equal(withoutHome([shut], bin), [shut]);
    }),
);

project("HI-17: nothing that the project's own git configuration names is run", () =>
  withSealedUser(async (user) => {
    const trap = setTrap(user, join(user.directory, 'trap'));
    git(user.project, ['init', '-q', '--initial-branch=main']);
    const { program } = trap;
    const included = join(user.project, 'included');
    writeFileSync(included, `[core]\n\tfsmonitor = ${program}\n[alias]\n\tlog = !${program}\n`);
    mkdirSync(join(user.project, 'hooks'));
    for (const hook of [
      'pre-commit',
      'post-index-change',
      'reference-transaction',
      'pre-auto-gc',
    ]) {
      setTrap(user, join(user.project, 'hooks', hook));
      setTrap(user, join(user.project, '.git', 'hooks', hook));
    }
    const config = join(user.project, '.git', 'config');
    writeFileSync(
      config,
      `${readFileSync(config, 'utf8')}[core]
	fsmonitor = ${program}
	hooksPath = ${join(user.project, 'hooks')}
	pager = ${program}
	sshCommand = ${program}
	askPass = ${program}
	editor = ${program}
[filter "x"]
	clean = ${program}
	smudge = ${program}
	process = ${program}
	required = true
[diff "x"]
	textconv = ${program}
	command = ${program}
[diff]
	external = ${program}
[merge "x"]
	driver = ${program}
[attr]
	tree = HEAD
[credential]
	helper = ${program}
[include]
	path = ${included}
[includeIf "gitdir:/"]
	path = ${included}
[uploadpack]
	packObjectsHook = ${program}
`,
    );
    writeFileSync(join(user.project, '.gitattributes'), '* filter=x diff=x merge=x\n');
    const driver = await startSession(user.directory);
    driver.write('a.txt', 'one\n');
    await driver.prompt('begin');
    await driver.turn('done');
    driver.write('a.txt', 'two\n');
    const gsess = commandRunner(driver);
    for (const words of [
      ['list'],
      ['diff', '@1', '--now', '--stat'],
      ['restore', '@1', '--yes'],
      ['undo'],
      ['fork', '@1', '--worktree', join(user.directory, 'fork')],
      ['verify'],
    ]) {
      const { status, stderr } = await gsess(words);
      assert.is(status, 0, `gsess ${words.join(' ')}: ${stderr}`);
    }
    for (const words of [
      ['git', 'log', '-1', '-p', '--stat'],
      ['git', 'gc', '--quiet'],
    ]) {
      const { status, stderr } = user.run(words, { raw: true });
      assert.is(status, 0, `gsess ${words.join(' ')}: ${stderr}`);
    }
    assertUnsprung(trap);
    git(user.project, ['-c', `core.fsmonitor=${program}`, 'status']);
    assert.is(existsSync(trap.marker), true, 'the trap works');
  }),
);

project.run();
