import { spawnSync } from 'node:child_process';
import { chmodSync, cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { crc32 } from 'node:zlib';
import { suite } from 'uvu';
import * as assert from 'uvu/assert';
import { GSESS_PROGRAM, type SealedUser, withSealedUser } from '../support/run-gsess.ts';

/** All files that a run loads, seen from the program. */
function loadedBy(user: SealedUser, words: readonly string[], input = ''): string[] {
  const watcher = join(user.directory, 'watcher.cjs');
  const loaded = join(user.directory, 'loaded.json');
  const text = `process.on('exit', () =>
    require('node:fs').writeFileSync(${JSON.stringify(loaded)}, JSON.stringify(Object.keys(require.cache))));`;
  writeFileSync(watcher, text);
  const environment = { NODE_OPTIONS: `--require=${watcher}`, NODE_V8_COVERAGE: undefined };
  assert.is(user.run(words, { input, environment }).status, 0);
  return (JSON.parse(readFileSync(loaded, 'utf8')) as string[])
    .filter((path) => path !== watcher)
    .map((path) => relative(dirname(GSESS_PROGRAM), path));
}

function promptEvent(user: SealedUser): object {
  return {
    session_id: '00000000-0000-4000-8000-000000000001',
    transcript_path: join(user.home, 'none.jsonl'),
    cwd: user.project,
    hook_event_name: 'UserPromptSubmit',
    prompt: 'go',
  };
}

const bundled = suite('the bundled program');

bundled('is newer than what it is made of', async () => {
  const module = new URL('../../../.ci/bundle.mjs', import.meta.url).href;
  const { isBundled } = (await import(module)) as { isBundled(): boolean };
  assert.ok(isBundled());
});

bundled('loads for an event what an event needs, and no package', () =>
  withSealedUser((user) => {
    const loaded = loadedBy(user, ['hook', 'claude'], JSON.stringify(promptEvent(user)));
    assert.is((user.json(['list']) as unknown[]).length, 1);
    const main = /^main(-keep-compiled)?\.cjs$/;
    assert.equal(
      loaded.filter((path) => !main.test(path)),
      ['run-hook-all.cjs'],
    );
  }),
);

/** The names of the packages whose text is in a bundle. */
function packagesInside(isWanted: (file: string) => boolean): string[] {
  const place = dirname(GSESS_PROGRAM);
  const maps = readdirSync(place).filter((file) => file.endsWith('.cjs.map') && isWanted(file));
  const sources = maps.flatMap(
    (file) =>
      (JSON.parse(readFileSync(join(place, file), 'utf8')) as { sources: string[] }).sources,
  );
  assert.ok(sources.some((source) => source.endsWith('src/cli/context.ts')));
  const names = sources.map((source) => /.*node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(source)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

bundled('holds few packages, and their licences', () => {
  const directories = ['env-paths', 'is-safe-filename'];
  assert.equal(
    packagesInside((file) => file.startsWith('run-hook')),
    directories,
  );
  const inside = packagesInside(() => true);
  assert.equal(inside, [...directories, 'yargs-parser', 'zod']);
  const notice = readFileSync(join(dirname(GSESS_PROGRAM), 'THIRD-PARTY.txt'), 'utf8');
  for (const name of inside) {
    const written = new RegExp(`^${name} [0-9.]+ \\((MIT|ISC)\\)\\n[^]*?Copyright`, 'm');
    assert.match(notice, written);
  }
});

bundled('has nothing in the hook that would load a package at some later moment', () => {
  const text = readFileSync(join(dirname(GSESS_PROGRAM), 'run-hook-all.cjs'), 'utf8');
  const required = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = '']) => name);
  assert.ok(required.includes('node:crypto'));
  const packages = required.filter((name) => !/^(node:|\.\/|url$)/.test(name));
  assert.equal(packages, []);
});

bundled('loads little for what is run all the time, and no package', () =>
  withSealedUser((user) => {
    assert.equal(loadedBy(user, ['--version']).sort(), ['main-version.cjs', 'main.cjs']);
    const loaded = loadedBy(user, ['list']);
    assert.not(
      loaded.some((path) => path.includes('node_modules')),
      loaded.join(' '),
    );
    assert.not(loaded.includes('all-but-hooks-commands.cjs'));
  }),
);

/** A copy of the program, of which nothing is kept. */
function copiedProgram(user: SealedUser) {
  const place = join(user.directory, 'gsess', 'build', 'src', 'cli');
  cpSync(dirname(GSESS_PROGRAM), place, {
    recursive: true,
    filter: (path) => !/\.(map|ts|compiled)$/.test(path),
  });
  cpSync(
    join(dirname(GSESS_PROGRAM), '../../../package.json'),
    join(place, '../../../package.json'),
  );
  const run = (words: readonly string[], input = '') => {
    const { status, stdout, stderr } = spawnSync(
      process.execPath,
      [join(place, 'main.cjs'), ...words],
      { cwd: user.project, env: user.environment, input, encoding: 'utf8' },
    );
    assert.is(stderr, '');
    assert.is(status, 0);
    return stdout;
  };
  const kept = () => readdirSync(place).filter((name) => name.endsWith('.compiled'));
  return { place, run, kept };
}

bundled('keeps what was compiled of the hook, and takes nothing else for it', () =>
  withSealedUser((user) => {
    const { place, run, kept } = copiedProgram(user);
    const fire = () => run(['hook', 'claude'], JSON.stringify(promptEvent(user)));
    fire();
    if (process.env['NODE_V8_COVERAGE'] !== undefined) return;
    const [name = ''] = kept();
    const path = join(place, name);
    const first = readFileSync(path);
    first.fill(0xff, first.length >> 1, (first.length >> 1) + 1000);
    writeFileSync(path, first);
    fire();
    writeFileSync(path, '');
    chmodSync(place, 0o500);
    fire();
    chmodSync(place, 0o700);
    assert.equal(kept(), [name]);
    assert.is((user.json(['log']) as unknown[]).length, 3);
  }),
);

bundled('keeps what was compiled of its commands, and does without what V8 refuses', () =>
  withSealedUser((user) => {
    const { place, run, kept } = copiedProgram(user);
    const [where, help] = [run(['where']), run(['help'])];
    if (process.env['NODE_V8_COVERAGE'] !== undefined) return;
    const [name = '', ...others] = kept();
    assert.equal(others, []);
    const path = join(place, name);
    const both = readFileSync(path);
    const refused = Buffer.from(both);
    // What V8 made of each script begins with what tells its version and its flags.
    const start = 8 + refused.readUInt32LE(4);
    const { scripts } = JSON.parse(refused.toString('latin1', 8, start)) as {
      scripts: [string, number][];
    };
    assert.ok(scripts.length > 10);
    scripts.reduce((at, [, bytes]) => {
      refused.fill(0xab, at, at + 16);
      return at + Math.ceil(bytes / 8) * 8;
    }, start);
    refused.writeUInt32LE(crc32(refused.subarray(4)));
    writeFileSync(path, refused);
    assert.is(run(['where']), where);
    // The second run of a command is the last that adds to it.
    const again = readFileSync(path);
    assert.not(again.equals(refused));
    assert.is(run(['where']), where);
    assert.equal(readFileSync(path), again);
    writeFileSync(path, both.subarray(0, -1));
    assert.is(run(['help']), help);
  }),
);

bundled.run();
