import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { differences, manifestOf } from '../support/disk-manifest.ts';
import { git } from '../support/git-oracle.ts';
import { type SealedUser, withSealedUser } from '../support/run-gsess.ts';
import { assertStoreIsTidy } from '../support/tidy-store.ts';
import { failuresOf, onlyStoreOf } from '../support/user-store.ts';
import { runAllVerbs, runLocalVerbs } from './all-verbs.ts';

/** A project under git with a bit of everything in its `.git`, and other people's things around it. */
function furnish(user: SealedUser): void {
  const { project, home, directory } = user;
  const put = (path: string, content: string) => {
    mkdirSync(join(path, '..'), { recursive: true });
    writeFileSync(path, content);
  };
  git(project, ['init', '-q', '--initial-branch=main']);
  put(join(project, 'src', 'tracked.txt'), 'tracked\n');
  git(project, ['add', '.']);
  git(project, ['commit', '-q', '-m', 'begin']);
  git(project, ['tag', 'v1']);
  git(project, ['pack-refs', '--all']);
  git(project, ['branch', 'topic']);
  put(join(project, 'src', 'tracked.txt'), 'stashed\n');
  git(project, ['stash', 'push', '-q']);
  put(join(project, 'staged.txt'), 'staged\n');
  git(project, ['add', 'staged.txt']);
  put(join(home, '.bashrc'), 'alias ll=ls\n');
  put(join(home, '.claude', 'CLAUDE.md'), 'be kind\n');
  put(join(home, '.claude', 'settings.json'), '{"cleanupPeriodDays": 3650}\n');
  put(join(home, '.config', 'git', 'ignore'), '*.swp\n');
  put(join(directory, 'elsewhere', 'notes.txt'), 'not yours\n');
}

/** What gsess has to do with: its data, the project's own files, new transcripts, and what it was told to write. */
function isExpectedToChange(path: string): boolean {
  if (/^(data|fork|copy\.jsonl)(\/|$)/.test(path)) return true;
  if (/^project($|\/(?!\.git(\/|$)))/.test(path)) return true;
  return /^home\/\.claude(\/projects(\/|$)|$)/.test(path);
}

function surroundingsOf(user: SealedUser) {
  const { directory, home } = user;
  const settings = join(home, '.claude', 'settings.json');
  return {
    manifest: manifestOf(directory, {
      times: true,
      without: (path) => isExpectedToChange(path) || path === 'home/.claude/settings.json',
    }),
    settings: readFileSync(settings, 'utf8'),
  };
}

function assertUntouched(user: SealedUser, before: ReturnType<typeof surroundingsOf>): void {
  const after = surroundingsOf(user);
  assert.equal(differences(before.manifest, after.manifest), []);
  assert.is(after.settings, before.settings);
  assert.equal(failuresOf(user), []);
  assertStoreIsTidy(onlyStoreOf(user));
}

/** A program that only says that it was run. */
function trap(user: SealedUser): { readonly program: string; readonly marker: string } {
  const marker = join(user.directory, 'sprung');
  const program = join(user.directory, 'trap');
  writeFileSync(program, `#!/bin/sh\necho "$0 $*" >> '${marker}'\n`, { mode: 0o755 });
  return { program, marker };
}

function trappedConfig(user: SealedUser, program: string): string {
  const hooks = join(user.directory, 'hooks');
  mkdirSync(hooks, { recursive: true });
  for (const name of ['pre-commit', 'post-commit', 'reference-transaction', 'post-checkout']) {
    writeFileSync(join(hooks, name), readFileSync(program), { mode: 0o755 });
  }
  return `[core]
	hooksPath = ${hooks}
	fsmonitor = ${program}
	pager = ${program}
	editor = ${program}
	sshCommand = ${program}
	alternateRefsCommand = ${program}
	askPass = ${program}
	autocrlf = true
	eol = crlf
	attributesFile = ${join(user.directory, 'elsewhere', 'attributes')}
[init]
	templateDir = ${hooks}
[alias]
	log = !${program}
	fsck = !${program}
[credential]
	helper = ${program}
[sequence]
	editor = ${program}
[pager]
	log = ${program}
[commit]
	gpgsign = true
[tag]
	gpgsign = true
[gpg]
	program = ${program}
[diff]
	external = ${program}
[filter "trap"]
	clean = ${program}
	smudge = ${program}
	required = true
[include]
	path = ${join(user.directory, 'elsewhere', 'more-config')}
`;
}

const handsOff = suite('hands off');

// The hostile settings are there in the one long run too: what it leaves alone with them it leaves alone without.
handsOff(
  'GE-03: all but store, files and what was asked for stays as it is, and no setting of git has a say',
  () =>
    withSealedUser(async (user) => {
      furnish(user);
      const { directory, home, project } = user;
      const { program, marker } = trap(user);
      const config = trappedConfig(user, program);
      writeFileSync(join(home, '.gitconfig'), config);
      const own = join(project, '.git', 'config');
      writeFileSync(own, readFileSync(own, 'utf8') + config);
      writeFileSync(join(project, '.gitattributes'), '* filter=trap diff=trap\n');
      const hostile = join(directory, 'elsewhere', 'hostile');
      git(directory, ['init', '-q', hostile]);
      const before = surroundingsOf(user);
      const environment = {
        GIT_DIR: join(hostile, '.git'),
        GIT_WORK_TREE: hostile,
        GIT_INDEX_FILE: join(hostile, 'index'),
        GIT_OBJECT_DIRECTORY: join(hostile, 'objects'),
        GIT_EXTERNAL_DIFF: program,
        GIT_PAGER: program,
        GIT_EDITOR: program,
        GIT_CONFIG_COUNT: '1',
        GIT_CONFIG_KEY_0: 'core.fsmonitor',
        GIT_CONFIG_VALUE_0: program,
      };
      const verbs = await runAllVerbs(user, { environment });
      assert.ok(new Set(verbs).size >= 20, verbs.join(' '));
      assert.is(existsSync(marker), false, existsSync(marker) ? readFileSync(marker, 'utf8') : '');
      assertUntouched(user, before);
    }),
);

handsOff(
  'GE-04: everything but `gsess git` works where there is no git, and that says what is missing',
  () =>
    withSealedUser(async (user) => {
      furnish(user);
      const before = surroundingsOf(user);
      const empty = join(user.directory, 'elsewhere');
      await runLocalVerbs(user, { PATH: empty });
      const { status, stderr } = user.run(['git', 'log'], { environment: { PATH: empty } });
      assert.is(status, 1);
      assert.match(stderr, 'There is no git on the search path');
      assertUntouched(user, before);
    }),
);

handsOff.run();
