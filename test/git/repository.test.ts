import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GsessError } from '../../src/errors.ts';
import { createRepository, openRepository, STORE_FORMAT } from '../../src/git/repository.ts';
import { runChildren } from '../support/child-process.ts';
import { assertFsckClean, git, gitText } from '../support/git-oracle.ts';
import { processes } from '../support/process-table.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';

const repository = suite('repository');

const options = { processes, now: () => Date.now(), userId: process.getuid?.() };
const create = (directory: string) =>
  createRepository(directory, { ...options, config: { 'gsess.project': '/home/é "x"' } });

function withStore(use: (directory: string) => void | Promise<void>): Promise<void> {
  return withTemporaryDirectory(async (parent) => {
    const directory = join(parent, 'store.git');
    create(directory);
    await use(directory);
  });
}

function refusal(directory: string, changes: Partial<typeof options> = {}): GsessError {
  try {
    openRepository(directory, { ...options, ...changes });
  } catch (error) {
    if (error instanceof GsessError) return error;
    throw error;
  }
  throw new Error('the store was opened');
}

function assertPrivate(directory: string): void {
  const names = ['', ...readdirSync(directory, { recursive: true, encoding: 'utf8' })];
  for (const name of names) {
    const stat = lstatSync(join(directory, name));
    assert.is(stat.mode & 0o077, 0, `${name} has mode ${(stat.mode & 0o777).toString(8)}`);
  }
}

repository('a new store is a bare repository that git accepts', () =>
  withStore((directory) => {
    assert.is(gitText(directory, ['rev-parse', '--is-bare-repository']), 'true');
    assert.is(gitText(directory, ['config', 'gc.auto']), '0');
    assert.is(gitText(directory, ['config', 'gsess.format']), String(STORE_FORMAT));
    assert.is(gitText(directory, ['config', 'gsess.project']), '/home/é "x"');
    assertFsckClean(directory);
    const { config, refs, directory: where } = openRepository(directory, options);
    assert.equal(config, { 'gsess.format': '1', 'gsess.project': '/home/é "x"' });
    assert.is(where, directory);
    assert.is(refs.head(), 'refs/heads/main');
    assert.equal(refs.list(''), []);
  }),
);

repository('is private whatever the umask, and stays so when stock git writes to it', () =>
  withTemporaryDirectory((parent) => {
    const umask = process.umask(0);
    try {
      for (const mask of [0, 0o777]) {
        process.umask(mask);
        const directory = join(parent, `store-${mask}.git`);
        create(directory);
        assert.is(lstatSync(directory).mode & 0o777, 0o700);
        assert.is(lstatSync(join(directory, 'config')).mode & 0o777, 0o600);
        assertPrivate(directory);
      }
      process.umask(0);
      const directory = join(parent, 'store-0.git');
      const tree = gitText(directory, ['mktree']);
      const commit = gitText(directory, ['commit-tree', tree, '-m', 'x']);
      git(directory, ['update-ref', 'refs/heads/x/y', commit]);
      git(directory, ['gc', '-q']);
      assertPrivate(directory);
    } finally {
      process.umask(umask);
    }
  }),
);

repository('creating a store that is there opens it and changes nothing', () =>
  withStore((directory) => {
    const before = readFileSync(join(directory, 'config'), 'utf8');
    const again = createRepository(directory, {
      ...options,
      config: { 'gsess.project': 'another' },
    });
    assert.is(again.config['gsess.project'], '/home/é "x"');
    assert.is(readFileSync(join(directory, 'config'), 'utf8'), before);
  }),
);

repository('eight processes that create one store at once get one whole store', () =>
  withTemporaryDirectory(async (parent) => {
    const directory = join(parent, 'deep', 'projects', 'store.git');
    const outcomes = await runChildren(
      new URL('./repository-child.js', import.meta.url),
      Array.from({ length: 8 }, (_, label) => [directory, `label-${label}`]),
    );
    const { config } = openRepository(directory, options);
    assert.equal([...new Set(outcomes.map(({ stdout }) => stdout))], [config['gsess.project']]);
    assert.equal(readdirSync(join(parent, 'deep', 'projects')), ['store.git']);
    assertFsckClean(directory);
  }),
);

repository('removes what a killed creation left, once it is old', () =>
  withTemporaryDirectory((parent) => {
    const old = join(parent, '.gsess-new-0000000000000001');
    const fresh = join(parent, '.gsess-new-0000000000000002');
    const foreign = join(parent, 'tmp-0000000000000003');
    for (const path of [old, fresh, foreign]) mkdirSync(join(path, 'refs'), { recursive: true });
    const twoHoursAgo = Date.now() / 1000 - 7200;
    for (const path of [old, foreign]) utimesSync(path, twoHoursAgo, twoHoursAgo);
    create(join(parent, 'store.git'));
    assert.not(existsSync(old));
    assert.ok(existsSync(fresh) && existsSync(foreign));
  }),
);

repository('a store that cannot be made leaves nothing half made', () =>
  withTemporaryDirectory((parent) => {
    for (const name of ['gsess.a.b', 'gsess.a_b', 'gsess.', 'gsess.Upper'] as const) {
      assert.throws(
        () => createRepository(join(parent, 'store.git'), { ...options, config: { [name]: 'x' } }),
        (error: GsessError) => error.code === 'usage',
      );
    }
    writeFileSync(join(parent, 'file'), '');
    assert.throws(
      () => create(join(parent, 'file')),
      (error: GsessError) => error.code === 'store-damaged',
    );
    assert.equal(readdirSync(parent), ['file']);
  }),
);

repository('refuses a store that others may have changed', () =>
  withStore((directory) => {
    const link = `${directory}-link`;
    symlinkSync(directory, link);
    assert.is(refusal(link).code, 'store-unsafe');
    for (const mode of [0o720, 0o702, 0o777]) {
      chmodSync(directory, mode);
      assert.is(refusal(directory).code, 'store-unsafe');
      assert.ok(openRepository(directory, { ...options, userId: undefined }));
    }
    chmodSync(directory, 0o755);
    assert.ok(openRepository(directory, options));
    const other = (options.userId ?? 0) + 1;
    assert.is(refusal(directory, { userId: other }).code, 'store-unsafe');
  }),
);

repository("refuses a store of a newer format, ours or git's", () =>
  withStore((directory) => {
    const path = join(directory, 'config');
    const config = readFileSync(path, 'utf8');
    const newer = [
      config.replace('format = 1', 'format = 2'),
      config.replace('repositoryformatversion = 0', 'repositoryformatversion = 2'),
      `${config}[extensions]\n\tobjectFormat = sha256\n`,
      `${config}[extensions]\n\trefStorage = reftable\n`,
      `${config}[extensions]\n\tpartialClone = origin\n`,
    ];
    for (const text of newer) {
      writeFileSync(path, text);
      assert.is(refusal(directory).code, 'format-newer', text);
    }
    writeFileSync(
      path,
      `${config}[extensions]\n\tobjectFormat = sha1\n\trefStorage = files\n\tworktreeConfig\n`,
    );
    assert.ok(openRepository(directory, options));
  }),
);

repository('tells a store that is not there from one that is damaged', () =>
  withStore((directory) => {
    assert.is(refusal(`${directory}-none`).code, 'not-found');
    const path = join(directory, 'config');
    const config = readFileSync(path, 'utf8');
    for (const text of [
      '',
      '[core]\n\tbare = "true\n',
      config.replace('format = 1', 'format = x'),
      config.replace('format = 1', 'format = 0'),
    ]) {
      writeFileSync(path, text);
      assert.is(refusal(directory).code, 'store-damaged', text);
    }
    rmSync(path);
    assert.is(refusal(directory).code, 'store-damaged');
    mkdirSync(path);
    assert.throws(
      () => openRepository(directory, options),
      (error: NodeJS.ErrnoException) => error.code === 'EISDIR',
    );
    writeFileSync(`${directory}-file`, '');
    assert.is(refusal(`${directory}-file`).code, 'store-damaged');
  }),
);

repository.run();
