import { cpSync, mkdirSync, realpathSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { locateProject, storeDirectoryOf } from '../../src/session/project.ts';
import { bindRoot, findRoot } from '../../src/session/root-index.ts';
import { openStoreOf } from '../../src/session/store.ts';
import { git } from '../support/git-oracle.ts';
import { sealedSurroundings, startSession } from '../support/session-driver.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const x = suite('Projects');

function placesIn(directory: string) {
  const { dataDirectory, home } = sealedSurroundings(directory);
  return { dataDirectory, home };
}

x('are the git repository a directory lies in, with one store for all its worktrees', () =>
  withTemporaryDirectory((directory) => {
    const places = placesIn(directory);
    const main = join(realpathSync(directory), 'project');
    git(main, ['init', '-q']);
    git(main, ['commit', '-q', '--allow-empty', '-m', 'begin']);
    git(main, ['worktree', 'add', '-q', '../beside']);
    mkdirSync(join(main, 'src'));
    const below = locateProject(join(main, 'src'), places);
    const beside = locateProject(join(directory, 'beside'), places);
    assert.is(below.path, main);
    assert.is(below.root, main);
    assert.is(beside.path, main);
    assert.is(beside.root, join(realpathSync(directory), 'beside'));
    assert.is(beside.storeDirectory, below.storeDirectory);
  }),
);

x('stay the same when their .git is deleted', () =>
  withTemporaryDirectory((directory) => {
    const places = placesIn(directory);
    const main = join(directory, 'project');
    git(main, ['init', '-q']);
    const before = locateProject(main, places);
    rmSync(join(main, '.git'), { recursive: true });
    assert.is(locateProject(main, places).storeDirectory, before.storeDirectory);
  }),
);

x('without git are the directory itself, or the nearest above it that has a store', async () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    mkdirSync(join(driver.project, 'deep/down'), { recursive: true });
    const down = join(driver.project, 'deep/down');
    assert.is(locateProject(down, driver.surroundings).path, realpathSync(down));
    await driver.prompt('begin');
    assert.is(locateProject(down, driver.surroundings).path, realpathSync(driver.project));
  }),
);

x('are not the whole home directory because its dotfiles are in git', () =>
  withTemporaryDirectory((directory) => {
    const places = placesIn(directory);
    git(places.home, ['init', '-q']);
    mkdirSync(join(places.home, 'work'));
    const real = realpathSync(places.home);
    const project = locateProject(join(places.home, 'work'), { ...places, home: real });
    assert.is(project.path, join(real, 'work'));
  }),
);

x('UE-18: keep their sessions when the directory is moved, and a copy begins anew', async () =>
  withTemporaryDirectory(async (directory) => {
    const driver = await startSession(directory);
    await driver.prompt('begin');
    const moved = join(realpathSync(directory), 'moved');
    cpSync(driver.project, join(directory, 'copy'), { recursive: true });
    renameSync(driver.project, moved);
    const copy = locateProject(join(directory, 'copy'), driver.surroundings);
    assert.is(openStoreOf(copy, driver.surroundings), undefined);
    const store = openStoreOf(locateProject(moved, driver.surroundings), driver.surroundings);
    const [session] = store?.sessions() ?? [];
    assert.is(session?.title, 'begin');
    assert.is(store?.presentRoot(session?.root ?? ''), moved);
    assert.is(store?.presentRoot('/somewhere/else'), '/somewhere/else');
    const again = locateProject(moved, driver.surroundings);
    assert.is(again.storeDirectory, store?.repository.directory);
  }),
);

x('are named in the store by what people call them and by the hash of their path', () => {
  const directory = storeDirectoryOf('/home/dev/My Project.git', '/data');
  assert.match(directory, /^\/data\/projects\/my-project-[0-9a-f]{8}\.git$/);
  assert.match(storeDirectoryOf('/', '/data'), /project-[0-9a-f]{8}\.git$/);
  assert.is.not(directory, storeDirectoryOf('/home/other/My Project.git', '/data'));
});

x('that do not exist are not found', () =>
  withTemporaryDirectory((directory) => {
    assert.throws(
      () => locateProject(join(directory, 'nowhere'), placesIn(directory)),
      /No such directory/,
    );
  }),
);

x('are found from a directory that was bound to their store, unless a repository is nearer', () =>
  withTemporaryDirectory((directory) => {
    const places = placesIn(directory);
    const real = realpathSync(directory);
    mkdirSync(join(real, 'fork/inner'), { recursive: true });
    bindRoot(places.dataDirectory, { root: join(real, 'fork'), store: 'project-01234567.git' });
    const inner = locateProject(join(real, 'fork/inner'), places);
    assert.is(inner.root, join(real, 'fork'));
    assert.match(inner.storeDirectory, /projects\/project-01234567\.git$/);
    assert.is(findRoot(places.dataDirectory, real), undefined);
    git(join(real, 'fork/inner'), ['init', '-q']);
    assert.is(locateProject(join(real, 'fork/inner'), places).root, join(real, 'fork/inner'));
  }),
);

x.run();
