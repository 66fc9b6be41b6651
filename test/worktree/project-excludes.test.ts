import { chmodSync, mkdirSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { type RawPath, rawPath } from '../../src/git/raw-path.ts';
import { IgnoreRules } from '../../src/worktree/ignore-rules.ts';
import { readProjectExcludes } from '../../src/worktree/project-excludes.ts';
import type { UserDirectories } from '../../src/worktree/user-git-config.ts';
import { git, gitOutcome } from '../support/git-oracle.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const test = suite('excludes of a project');

interface Scene {
  readonly home: string;
  readonly project: string;
  write(path: string, content: string): void;
}

function withProject(use: (scene: Scene) => void): Promise<void> {
  return withTemporaryDirectory((directory) => {
    const write = (path: string, content: string): void => {
      mkdirSync(dirname(join(directory, path)), { recursive: true });
      writeFileSync(join(directory, path), content);
    };
    const [home, project] = [join(directory, 'home'), join(directory, 'project')];
    for (const path of [home, project]) mkdirSync(path);
    git(project, ['init', '--quiet', '-b', 'main', '.']);
    use({ home, project, write });
  });
}

const NAMES = [
  'a.xdg',
  'a.home',
  'a.named',
  'a.info',
  'a.local',
  'A.INFO',
  'a.included',
  'a.other',
];

function ignoredByUs(root: string, user: UserDirectories): string[] {
  const rules = new IgnoreRules({ ...readProjectExcludes(root, user), secrets: [] });
  return NAMES.filter((name) => rules.verdict(rawPath(name), false) !== undefined);
}

function ignoredByGit(
  root: string,
  { home, xdgConfigHome, systemConfig }: UserDirectories,
): string[] {
  const environment = {
    HOME: home,
    ...(xdgConfigHome !== undefined && { XDG_CONFIG_HOME: xdgConfigHome }),
    ...(systemConfig !== undefined && {
      GIT_CONFIG_SYSTEM: systemConfig,
      GIT_CONFIG_NOSYSTEM: '0',
    }),
  };
  const input = NAMES.map((name) => `${name}\0`).join('');
  const outcome = gitWithoutGlobal(root, environment, input);
  return outcome.split('\0').filter((name) => name !== '');
}

/** The sealed environment hides the user's configuration, which is what is asked about here; only a shell can take that away. */
function gitWithoutGlobal(
  root: string,
  environment: Record<string, string>,
  input: string,
): string {
  const wrapper = join(root, '.git', 'without-global.sh');
  writeFileSync(
    wrapper,
    '#!/bin/sh\nunset GIT_CONFIG_GLOBAL\nexec git check-ignore --no-index -z --stdin\n',
  );
  chmodSync(wrapper, 0o755);
  const args = ['-c', `alias.ask=!${wrapper}`, 'ask'];
  const { stdout, status, stderr } = gitOutcome(root, args, { input, environment });
  if (status !== 0 && status !== 1) throw new Error(stderr);
  return stdout.toString();
}

function assertSame(root: string, user: UserDirectories, expected: readonly string[]): void {
  assert.equal(ignoredByGit(root, user), expected, 'git');
  assert.equal(ignoredByUs(root, user), expected, 'ours');
}

test('info/exclude and the default file of the user count', async () => {
  await withProject(({ home, project, write }) => {
    write('project/.git/info/exclude', '*.info\n');
    write('home/.config/git/ignore', '*.xdg\n');
    assertSame(project, { home }, ['a.xdg', 'a.info']);
    write('xdg/git/ignore', '*.other\n');
    assertSame(project, { home, xdgConfigHome: join(dirname(home), 'xdg') }, ['a.info', 'a.other']);
    assertSame(project, { home, xdgConfigHome: '' }, ['a.xdg', 'a.info']);
  });
});

test('core.excludesFile is taken from the last place that sets it', async () => {
  await withProject(({ home, project, write }) => {
    const system = join(dirname(home), 'system');
    write('system', '[core]\n\texcludesFile = ~/system-named\n');
    write('home/system-named', '*.other\n');
    assertSame(project, { home, systemConfig: system }, ['a.other']);
    write('home/.config/git/config', '[core]\n\texcludesfile = ~/xdg-named\n');
    write('home/xdg-named', '*.xdg\n');
    assertSame(project, { home, systemConfig: system }, ['a.xdg']);
    write('home/.gitconfig', `[core]\n\texcludesFile = "${home}/named"\n`);
    write('home/named', '*.named\n');
    assertSame(project, { home }, ['a.named']);
    git(project, ['config', 'core.excludesFile', 'local-named']);
    write('project/local-named', '*.local\n');
    assertSame(project, { home }, ['a.local']);
    git(project, ['config', 'extensions.worktreeConfig', 'true']);
    git(project, ['config', '--worktree', 'core.excludesFile', '~/named']);
    assertSame(project, { home }, ['a.named']);
  });
});

test('an empty core.excludesFile, or one that leads nowhere, excludes nothing', async () => {
  await withProject(({ home, project, write }) => {
    write('home/.config/git/ignore', '*.xdg\n');
    write('home/.gitconfig', '[core]\n\texcludesFile =\n');
    assertSame(project, { home }, []);
    write('home/.gitconfig', '[core]\n\texcludesFile = ~/nothing\n');
    assertSame(project, { home }, []);
  });
});

test('case counts unless core.ignoreCase says otherwise', async () => {
  await withProject(({ home, project, write }) => {
    write('project/.git/info/exclude', '*.info\n');
    for (const value of ['true', 'YES', 'on', '1']) {
      git(project, ['config', 'core.ignoreCase', value]);
      assertSame(project, { home }, ['a.info', 'A.INFO']);
    }
    for (const value of ['false', 'no', '0', '']) {
      git(project, ['config', 'core.ignoreCase', value]);
      assertSame(project, { home }, ['a.info']);
    }
  });
});

test('files that the user includes count, also under a condition that holds', async () => {
  const conditions: readonly (readonly [condition: string, holds: boolean])[] = [
    ['gitdir:project/', true],
    ['gitdir:**/PROJECT/.git', false],
    ['gitdir/i:**/PROJECT/.git', true],
    ['gitdir:~/', false],
    ['gitdir:./../project/', false],
    ['gitdir:other/', false],
    ['gitdir:/', true],
    ['onbranch:ma*', true],
    ['onbranch:feature/', false],
    ['unheard:of', false],
  ];
  await withProject(({ home, project, write }) => {
    write('home/included', '[core]\n\texcludesFile = ~/list\n');
    write('home/list', '*.included\n');
    write('home/.gitconfig', '[include]\n\tpath = included\n');
    assertSame(project, { home }, ['a.included']);
    for (const [condition, holds] of conditions) {
      write('home/.gitconfig', `[includeIf "${condition}"]\n\tpath = ~/included\n`);
      assertSame(project, { home }, holds ? ['a.included'] : []);
    }
  });
});

test('a condition on a directory holds by its real path, whatever the home is called', async () => {
  await withTemporaryDirectory((directory) => {
    const project = join(directory, 'real/jobs/project');
    mkdirSync(project, { recursive: true });
    git(project, ['init', '--quiet', '.']);
    symlinkSync('real', join(directory, 'home'));
    const home = join(directory, 'home');
    writeFileSync(join(home, 'included'), '[core]\n\texcludesFile = ~/list\n');
    writeFileSync(join(home, 'list'), '*.included\n');
    for (const condition of ['gitdir:~/jobs/', 'gitdir:./jobs/', 'gitdir:./jobs/project/.git']) {
      writeFileSync(join(home, '.gitconfig'), `[includeIf "${condition}"]\n\tpath = included\n`);
      assertSame(project, { home }, ['a.included']);
    }
    assert.equal(ignoredByUs(project, { home: join(directory, 'missing') }), []);
  });
});

test('what the configuration of the project includes is not followed', async () => {
  await withProject(({ home, project, write }) => {
    write('home/included', '[core]\n\texcludesFile = ~/list\n');
    write('home/list', '*.included\n');
    git(project, ['config', 'include.path', join(home, 'included')]);
    assert.equal(ignoredByUs(project, { home }), []);
  });
});

test('a path with ~name is left to git', async () => {
  await withProject(({ home, project, write }) => {
    write(
      'home/.gitconfig',
      '[core]\n\texcludesFile = ~somebody/list\n[include]\n\tpath = ~somebody/x\n',
    );
    assert.equal(ignoredByUs(project, { home }), []);
  });
});

test('files that include each other, or are malformed, fail the snapshot and say which', async () => {
  await withProject(({ home, project, write }) => {
    write('home/.gitconfig', '[include]\n\tpath = .gitconfig\n');
    assert.throws(
      () => readProjectExcludes(project, { home }),
      /\.gitconfig' is included too deep/,
    );
    write('home/.gitconfig', '[core\n');
    assert.throws(
      () => readProjectExcludes(project, { home }),
      (error: Error & { code: string; hint: string }) => {
        assert.match(error.message, join(home, '.gitconfig'));
        assert.match(error.hint, 'Correct the file');
        return error.code === 'snapshot-failed';
      },
    );
  });
});

test('an ignore file beyond the limit fails the snapshot, for what it excludes would be captured', async () => {
  await withProject(({ home, project }) => {
    git(project, ['config', 'core.excludesFile', 'huge']);
    writeFileSync(join(project, 'huge'), '');
    truncateSync(join(project, 'huge'), 100 * 1024 * 1024);
    assert.ok(readProjectExcludes(project, { home }).excludesFile);
    truncateSync(join(project, 'huge'), 100 * 1024 * 1024 + 1);
    assert.throws(() => readProjectExcludes(project, { home }), /has 104857601 bytes/);
  });
});

test('ignore files are read below the work tree, also by names that are not UTF-8, and links are not followed', async () => {
  await withProject(({ home, project, write }) => {
    write('project/sub/.gitignore', 'x\n');
    const odd = Buffer.concat([Buffer.from(`${project}/`), Buffer.from([0xff])]);
    mkdirSync(odd);
    writeFileSync(Buffer.concat([odd, Buffer.from('/.gitignore')]), 'y\n');
    symlinkSync('sub/.gitignore', join(project, '.gitignore'));
    const { read, base } = readProjectExcludes(join(project, 'sub'), { home });
    assert.is(base, 'sub');
    assert.is(read('sub/.gitignore' as RawPath)?.toString(), 'x\n');
    assert.is(read('\u00ff/.gitignore' as RawPath)?.toString(), 'y\n');
    assert.is(read('.gitignore' as RawPath), undefined);
    assert.is(read('sub' as RawPath), undefined);
    assert.is(read('sub/.gitignore/x' as RawPath), undefined);
  });
});

test('outside of any repository, and in a bare one, the files of the user still count', async () => {
  await withTemporaryDirectory((directory) => {
    const home = join(directory, 'home');
    mkdirSync(join(home, '.config', 'git'), { recursive: true });
    writeFileSync(join(home, '.config/git/ignore'), '*.xdg\n');
    writeFileSync(join(home, '.gitconfig'), '[includeIf "gitdir:/"]\n\tpath = missing\n');
    const plain = join(directory, 'plain');
    mkdirSync(plain);
    assert.equal(ignoredByUs(plain, { home }), ['a.xdg']);
    git(plain, ['init', '--quiet', '--bare', '.']);
    assert.equal(ignoredByUs(plain, { home }), ['a.xdg']);
  });
});

test('an ignore file that may not be read fails the snapshot', async () => {
  if (process.getuid?.() === 0) return;
  await withProject(({ home, project, write }) => {
    write('project/.gitignore', 'x\n');
    chmodSync(join(project, '.gitignore'), 0);
    const { read } = readProjectExcludes(project, { home });
    assert.throws(() => read('.gitignore' as RawPath), /Cannot tell what git ignores/);
  });
});

test.run();
