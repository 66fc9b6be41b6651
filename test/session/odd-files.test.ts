// Files nobody thinks of, captured and put back through a session: what comes back is compared by bytes, modes and links.

import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, statSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { EMPTY_TREE } from '../../src/git/object-id.ts';
import { jsonPath, type RawPath } from '../../src/git/raw-path.ts';
import { skippedOf } from '../../src/session/skipped-files.ts';
import { differences } from '../support/disk-manifest.ts';
import { git } from '../support/git-oracle.ts';
import { commandRunner } from '../support/run-command.ts';
import { assertStoreIsSound, type SessionDriver, startSession } from '../support/session-driver.ts';
import { checkpointAt, codeOf, filesOf, restoreTo, takeBack } from '../support/session-verbs.ts';
import { withTemporaryDirectory } from '../support/temporary-directory.ts';
import { assertBothWays, type PlantedEntry, plantIn, playTurn } from '../support/two-states.ts';

const test = suite('odd files');

const isRoot = process.getuid?.() === 0;

function withSession(
  use: (driver: SessionDriver, directory: string) => Promise<void>,
): Promise<void> {
  return withTemporaryDirectory(async (directory) => use(await startSession(directory), directory));
}

/** What a checkpoint tells of what it left out or could say something about: `reason: path`. */
function told(driver: SessionDriver, called: string): string[] {
  const { listed } = skippedOf(driver.store, checkpointAt(driver, called));
  return listed.map(({ path, reason }) => `${reason}: ${JSON.stringify(path)}`);
}

test('FS-01: names that are not UTF-8 come back to the byte, and JSON tells them as bytes', () =>
  withSession(async (driver) => {
    const names = [
      'caf\xe9',
      '\xff\xfe/\x80',
      'over\xc0\xaflong',
      'half \xf0\x9f\x98',
      'caf\xc3\xa9',
    ];
    await assertBothWays(driver, [
      () => plantIn(driver.project, Object.fromEntries(names.map((name) => [name, `${name}\n`]))),
      () =>
        plantIn(driver.project, {
          'caf\xe9': 'changed\n',
          '\xff\xfe': null,
          'new\xed\xa0\x80': 'x',
        }),
    ]);
    const diff = (await commandRunner(driver).json(['diff', '@1', '@2'])) as { path: unknown }[];
    const expected = ['caf\xe9', 'new\xed\xa0\x80', '\xff\xfe/\x80'].map((path) =>
      jsonPath(path as RawPath),
    );
    assert.equal(
      diff.map(({ path }) => path),
      expected,
    );
    assert.equal(expected[0], { base64: Buffer.from('caf\xe9', 'latin1').toString('base64') });
  }));

test('FS-02: names that mean something to git, to Windows or to a shell come back exactly', () =>
  withSession(async (driver) => {
    const names = [
      'back\\slash',
      'a:b',
      'a:$DATA',
      'star*?"<>|',
      'trailing.',
      'trailing ',
      ' lead',
    ];
    const reserved = [
      'con',
      'CON.txt',
      'aux.c',
      'nul',
      'com1',
      'git~1',
      '.git.',
      '.git ',
      '.git:x',
    ];
    const shell = ['-rf', '$(id)', '`id`', "it's", 'a\nb', '\x1b[31m', '~', '#x#', '%s%n', 'HEAD'];
    const all = [...names, ...reserved, ...shell, 'GIT~1/config', 'lpt1/x', 'e.lock/index.lock'];
    const one = Object.fromEntries(all.map((name) => [name, `${name}\n`]));
    const two = Object.fromEntries(all.map((name, index) => [name, index % 2 ? null : 'two\n']));
    await assertBothWays(driver, [
      () => plantIn(driver.project, one),
      () => plantIn(driver.project, two),
    ]);
  }));

test('a directory with only an odd name in it becomes empty, a file or nothing, both ways', () =>
  withSession(async (driver) => {
    const kinds: readonly ((path: string) => Record<string, PlantedEntry>)[] = [
      (path) => ({ [`${path}/git~1/git~1`]: 'odd in odd\n' }),
      (path) => ({ [`${path}/git~1/in/git~1`]: 'odd below odd\n' }),
      (path) => ({ [`${path}/git~1/in`]: 'directory' }),
      (path) => ({ [`${path}/git~1`]: 'directory' }),
      (path) => ({ [`${path}/in/git~1`]: 'odd\n' }),
      (path) => ({ [`${path}/in/git~1`]: 'odd\n', [`${path}/in/plain`]: '' }),
      (path) => ({ [`${path}/in`]: 'directory' }),
      (path) => ({ [path]: 'file\n' }),
      () => ({}),
    ];
    const one: Record<string, PlantedEntry> = {};
    const two: Record<string, PlantedEntry> = {};
    for (const [from, before] of kinds.entries()) {
      for (const [to, after] of kinds.entries()) {
        const path = `${from}-${to}`;
        Object.assign(one, before(path), { [`stays/${path}`]: '' });
        Object.assign(two, { [path]: null }, after(path));
      }
    }
    await assertBothWays(driver, [
      () => plantIn(driver.project, one),
      () => plantIn(driver.project, two),
    ]);
  }));

test('undo puts an odd name back, and takes it away, with what was made around it since', () =>
  withSession(async (driver) => {
    const files = () => Object.keys(filesOf(driver));
    const since = (entries: Parameters<typeof plantIn>[1]) => plantIn(driver.project, entries);
    await playTurn(driver, () => since({ build: 'directory', keep: '' }));
    await playTurn(driver, () => since({ 'build/git~1': 'odd\n', 'new/git~1': 'odd\n' }));
    await restoreTo(driver, '@1', { conversation: false });
    since({ 'build/since': '' });
    assert.is(await codeOf(takeBack(driver, 'undo')), 'tree-changed');
    since({ build: 'directory', new: 'since\n' });
    assert.is(await codeOf(takeBack(driver, 'undo')), 'tree-changed');
    await takeBack(driver, 'undo', true);
    assert.equal(files(), ['build', 'build/git~1', 'keep', 'new', 'new/git~1']);
    since({ 'build/since': '' });
    await takeBack(driver, 'redo');
    assert.equal(files(), ['build', 'build/since', 'keep', 'new']);
    assertStoreIsSound(driver.store);
  }));

test('FS-03: a name composed and decomposed are two files, and that they collide elsewhere is told', () =>
  withSession(async (driver) => {
    const [composed, decomposed] = ['\xc3\xa9.txt', 'e\xcc\x81.txt'];
    await assertBothWays(driver, [
      () => plantIn(driver.project, { [composed]: 'one\n', [decomposed]: 'two\n' }),
      () => plantIn(driver.project, { [composed]: 'changed\n', [decomposed]: null }),
    ]);
    assert.equal(told(driver, '@1').sort(), ['collides: "e\u0301.txt"', 'collides: "\u00e9.txt"']);
    assert.equal(told(driver, '@2'), []);
  }));

test('FS-04: names that differ in case alone are two files, and status warns that they collide elsewhere', () =>
  withSession(async (driver) => {
    await assertBothWays(driver, [
      () => plantIn(driver.project, { A: 'upper\n', a: 'lower\n', 'd/Make': '1\n', 'D/x': '2\n' }),
      () => plantIn(driver.project, { A: 'directory', a: 'still lower\n', D: null }),
    ]);
    assert.equal(
      told(driver, '@1'),
      ['A', 'D', 'a', 'd'].map((name) => `collides: "${name}"`),
    );
    const { stdout } = await commandRunner(driver)(['status']);
    assert.match(stdout, 'The same name on systems that ignore case or composition:\n  A\n  a\n');
    assert.not.match(stdout, 'Left out');
  }));

test('FS-05: names of 255 bytes and paths of 4,000 are captured, compared, removed and put back', () =>
  withSession(async (driver) => {
    const { project } = driver;
    const long = 'n'.repeat(255);
    const deep = (bytes: number) =>
      Array.from({ length: bytes }, (_, at) => (at % 200 === 199 ? '/' : 'p')).join('');
    const longest = `${deep(3900 - project.length)}/${'f'.repeat(60)}`;
    await assertBothWays(driver, [
      () => plantIn(project, { [long]: 'one\n', [`d/${long}/${long}`]: '1\n', [longest]: '2\n' }),
      () => plantIn(project, { [long]: null, d: 'a file\n', [longest.split('/')[0] ?? '']: null }),
    ]);
    const { status } = await commandRunner(driver)(['diff', '@1', '@2']);
    assert.is(status, 0);
  }));

test('FS-05: 500 levels of directories are captured, compared, removed and put back', () =>
  withSession(async (driver) => {
    const path = `${'d/'.repeat(500)}file`;
    const one = await playTurn(driver, () =>
      plantIn(driver.project, { [path]: 'deep\n', other: 'one\n' }),
    );
    const two = await playTurn(driver, () => plantIn(driver.project, { d: null }));
    await restoreTo(driver, '@1', { conversation: false });
    assert.equal(differences(one, filesOf(driver)), []);
    await takeBack(driver, 'undo');
    assert.equal(differences(two, filesOf(driver)), []);
    assertStoreIsSound(driver.store);
    const diff = (await commandRunner(driver).json(['diff', '@1', '@2'])) as { path: string }[];
    assert.equal(
      diff.map((change) => change.path),
      [path],
    );
  }));

test('FS-05: a path that leaves no room to put it back is listed, and stays as it is', () =>
  withSession(async (driver) => {
    const { project } = driver;
    const parts = Array.from({ length: 22 }, () => 'p'.repeat(180)).join('/');
    const rest = 4080 - project.length - parts.length;
    const directory = `${parts}/${'q'.repeat(rest)}`;
    // Of this length a file can be made, but none beside it with the name of a temporary.
    await playTurn(driver, () => plantIn(project, { [`${directory}/x`]: 'mine\n', a: 'one\n' }));
    assert.equal(told(driver, '@1'), [`path-too-long: ${JSON.stringify(directory)}`]);
    await playTurn(driver, () => plantIn(project, { a: 'two\n' }));
    await restoreTo(driver, '@1', { conversation: false });
    assert.is(filesOf(driver)[`${directory}/x`], 'file 644 "mine\\n"');
    assertStoreIsSound(driver.store);
  }));

test('FS-05: what fits in one root and not in another changes nothing there', () =>
  withSession(async (driver, directory) => {
    const parts = Array.from({ length: 18 }, () => 'p'.repeat(220)).join('/');
    const rest = 4040 - driver.project.length - parts.length;
    const path = `${parts}/${'q'.repeat(rest)}`;
    await playTurn(driver, () => plantIn(driver.project, { [path]: 'one\n', a: 'one\n' }));
    assert.equal(told(driver, '@1'), []);
    const elsewhere = join(directory, 'a-much-longer-name-than-project'.repeat(3));
    plantIn(elsewhere, { mine: 'mine\n' });
    const refused = restoreTo(driver, '@1', { conversation: false, root: elsewhere });
    assert.is(await codeOf(refused), 'tree-changed');
    assert.equal(readdirSync(elsewhere), ['mine']);
  }));

test('FS-06: links are kept as the bytes of their target and never followed', () =>
  withSession(async (driver, directory) => {
    const outside = join(directory, 'outside');
    plantIn(outside, { 'secret.txt': 'not of the project\n', 'sub/x': 'nor this\n' });
    const links = {
      relative: { link: 'dir/file' },
      absolute: { link: outside },
      dangling: { link: '/nowhere/at/all' },
      self: { link: 'self' },
      'loop/back': { link: '../loop' },
      'to-directory': { link: 'dir' },
      'not-utf8': { link: 'caf\xe9/\xff' },
      backslash: { link: 'a\\b\\..\\c' },
      'line\nbreak': { link: 'a\nb\n' },
      up: { link: '..' },
    };
    await assertBothWays(driver, [
      () => plantIn(driver.project, { 'dir/file': 'x\n', ...links }),
      () =>
        plantIn(driver.project, {
          relative: { link: 'dir' },
          absolute: 'directory',
          'absolute/secret.txt': 'of the project\n',
          self: 'a file\n',
          loop: null,
          'to-directory': { link: outside },
          backslash: { link: 'a/b' },
          dir: { link: 'up' },
        }),
    ]);
    assert.is(
      filesOf({ ...driver, project: outside })['secret.txt'],
      'file 644 "not of the project\\n"',
    );
    const objects = git(driver.store.repository.directory, [
      'cat-file',
      '--batch-all-objects',
      '--batch',
    ]);
    assert.not.ok(objects.includes('not of the project'));
  }));

test('FS-07: pipes, sockets and devices are listed, not opened, and nothing waits for them', () =>
  withSession(async (driver) => {
    const { project } = driver;
    const socket = createServer().listen(join(project, 'socket'));
    await new Promise((resolve) => socket.once('listening', resolve));
    const startedAt = performance.now();
    const before = await playTurn(driver, () => {
      plantIn(project, { fifo: 'fifo', 'd/fifo': 'fifo', a: 'one\n', 'was-file': 'one\n' });
      if (isRoot) execFileSync('mknod', [join(project, 'zero'), 'c', '1', '5']);
    });
    const device = isRoot ? ['zero'] : [];
    const special = ['d/fifo', 'fifo', 'socket', ...device];
    assert.equal(
      told(driver, '@1'),
      special.map((path) => `special: "${path}"`),
    );
    await playTurn(driver, () => plantIn(project, { a: 'two\n' }));
    await restoreTo(driver, '@1', { conversation: false });
    assert.equal(differences(before, filesOf(driver)), []);
    // A pipe where the checkpoint has a file is in the way, not read and not replaced.
    plantIn(project, { 'was-file': 'fifo', a: 'three\n' });
    assert.is(await codeOf(restoreTo(driver, '@1', { conversation: false })), 'tree-changed');
    assert.is(filesOf(driver)['a'], 'file 644 "three\\n"');
    assert.ok(performance.now() - startedAt < 10_000);
    assertStoreIsSound(driver.store);
    socket.close();
  }));

test('FS-08: an empty file, an empty directory and a tree of them come back', () =>
  withSession(async (driver) => {
    await assertBothWays(driver, [
      () =>
        plantIn(driver.project, {
          empty: '',
          hollow: 'directory',
          'a/b/c': 'directory',
          'a/d': 'directory',
        }),
      () => plantIn(driver.project, { empty: 'full\n', hollow: '', a: null, 'b/c': 'directory' }),
    ]);
  }));

test('FS-10: the executable bit is captured, and a restore changes that bit and nothing else', () =>
  withSession(async (driver) => {
    const at = (name: string) => join(driver.project, name);
    const old = new Date('2020-01-02T03:04:05Z');
    await playTurn(driver, () => {
      plantIn(driver.project, { script: 'same\n', private: 'same\n', both: 'one\n' });
      chmodSync(at('script'), 0o640);
      chmodSync(at('private'), 0o600);
      chmodSync(at('both'), 0o664);
    });
    await playTurn(driver, () => {
      chmodSync(at('script'), 0o750);
      chmodSync(at('private'), 0o400);
      plantIn(driver.project, { both: { run: 'two\n' } });
      chmodSync(at('both'), 0o775);
      for (const name of ['script', 'private']) utimesSync(at(name), old, old);
    });
    const diff = await commandRunner(driver).json(['diff', '@1', '@2']);
    const changes = diff as { path: string; content: string }[];
    assert.equal(
      changes.map(({ path, content }) => `${path}: ${content}`),
      ['both: text', 'script: mode'],
    );
    const inode = statSync(at('script')).ino;
    await restoreTo(driver, '@1', { conversation: false });
    const modes = filesOf(driver);
    assert.is(modes['script'], 'file 640 "same\\n"');
    assert.is(modes['private'], 'file 400 "same\\n"');
    assert.is(modes['both'], 'file 664 "one\\n"');
    const { ino, mtimeMs } = statSync(at('script'));
    assert.equal([ino, mtimeMs], [inode, old.getTime()]);
    assertStoreIsSound(driver.store);
  }));

test('FS-13: an edit of the same size in the same second is captured each time', () =>
  withSession(async (driver) => {
    const at = join(driver.project, 'a');
    const second = new Date('2026-01-02T03:04:05Z');
    const contents = ['aaaa', 'bbbb', 'cccc', 'dddd'];
    for (const content of contents) {
      await playTurn(driver, () => {
        writeFileSync(at, content);
        utimesSync(at, second, second);
      });
    }
    for (const [index, content] of contents.entries()) {
      await restoreTo(driver, `@${index + 1}`, { conversation: false });
      assert.is(filesOf(driver)['a'], `file 644 "${content}"`);
    }
    assertStoreIsSound(driver.store);
  }));

test('FS-14: bytes are kept whatever git would make of them', () =>
  withSession(async (driver) => {
    git(driver.project, ['init', '-q']);
    git(driver.project, ['config', 'core.autocrlf', 'true']);
    git(driver.project, ['config', 'core.eol', 'crlf']);
    const files = {
      '.gitattributes': '* text=auto eol=lf ident working-tree-encoding=UTF-16\n*.bin -text\n',
      crlf: 'a\r\nb\r\n',
      mixed: 'a\r\nb\nc\rd',
      bom: '\xef\xbb\xbfa\n',
      utf16: '\xff\xfea\x00\n\x00',
      nul: 'a\0b\0',
      ident: '$Id$ $Id: 0123 $\n',
      bytes: Array.from({ length: 256 }, (_, code) => String.fromCharCode(code)).join(''),
    };
    await assertBothWays(driver, [
      () => plantIn(driver.project, files),
      () => plantIn(driver.project, { crlf: 'a\nb\n', mixed: 'a\nb\nc\nd', bom: 'a\n', nul: null }),
    ]);
  }));

test('FS-15: where only times changed nothing is stored, and a restore writes nothing', () =>
  withSession(async (driver) => {
    const at = join(driver.project, 'a');
    await playTurn(driver, () => plantIn(driver.project, { a: 'one\n', 'd/b': 'two\n' }));
    const { ino } = statSync(at);
    // What the agent said last comes with this event; the next has nothing new.
    await driver.event({ subject: 'later' });
    const old = new Date('2020-01-02T03:04:05Z');
    utimesSync(at, old, old);
    assert.is(await driver.event({ subject: 'touched' }), undefined);
    await driver.prompt('look');
    assert.is(
      driver.store.files(checkpointAt(driver, '@2')),
      driver.store.files(checkpointAt(driver, '@1')),
    );
    await restoreTo(driver, '@1', { conversation: false });
    const after = statSync(at);
    assert.equal([after.ino, after.mtimeMs], [ino, old.getTime()]);
    assertStoreIsSound(driver.store);
  }));

test('FS-16: a sparse file of 10 GB is left out before a byte of it is read, and left alone', () =>
  withSession(async (driver) => {
    const bytes = 10 * 1024 ** 3;
    const at = join(driver.project, 'disk.img');
    const startedAt = performance.now();
    plantIn(driver.project, { 'disk.img': '', a: 'one\n' });
    truncateSync(at, bytes);
    await driver.prompt('begin');
    const { listed } = skippedOf(driver.store, checkpointAt(driver, '@1'));
    assert.equal(listed, [{ path: 'disk.img', reason: 'too-large', size: bytes }]);
    const { ino, mtimeMs } = statSync(at);
    await driver.prompt('go on');
    plantIn(driver.project, { a: 'two\n' });
    await restoreTo(driver, '@1', { conversation: false });
    const after = statSync(at);
    assert.equal([after.ino, after.mtimeMs, after.size], [ino, mtimeMs, bytes]);
    assert.ok(performance.now() - startedAt < 10_000);
    assertStoreIsSound(driver.store);
  }));

test('FS-21: a project that is empty, or all of which is ignored, has a checkpoint to go back to', () =>
  withSession(async (driver) => {
    await playTurn(driver, () => undefined);
    assert.is(driver.store.files(checkpointAt(driver, '@1')), EMPTY_TREE);
    await playTurn(driver, () => plantIn(driver.project, { a: 'one\n', 'd/b': 'two\n' }));
    await restoreTo(driver, '@1', { conversation: false });
    assert.equal(filesOf(driver), {});
    const ignored = await playTurn(driver, () =>
      plantIn(driver.project, { '.gsessignore': '*\n', x: 'mine\n' }),
    );
    assert.is(driver.store.files(checkpointAt(driver, '@3')), EMPTY_TREE);
    assert.is(checkpointAt(driver, '@3').files, 'whole');
    await restoreTo(driver, '@3', { conversation: false });
    assert.equal(differences(ignored, filesOf(driver)), []);
    assertStoreIsSound(driver.store);
  }));

test.run();
