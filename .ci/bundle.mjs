// Bundles the program that people run: `build/src/cli/main.cjs` and what it loads, from the sources. Loading a hundred small modules
// takes several times as long as what a hook does. The hook is a bundle of its own, since it runs most often; the library stays as
// the compiler made it. Of the packages that we depend on, only the few small ones are bundled without which no command starts; their
// licences go along.
//
//     node .ci/bundle.mjs [--if-needed]      the latter only where a source is newer than the bundle

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(top, 'src', 'cli');
const directory = join(top, 'build', 'src', 'cli');
/** All that an event of any agent needs. */
const HOOK_FILE = 'run-hook-all.cjs';
/** What runs in a thread of its own is started by its file, which the code that starts it expects beside itself. */
const threads = ['git/side-packer-thread.ts', 'worktree/sweep-thread.ts'].map((name) =>
  join(top, 'src', name),
);
/** The packages that are put into the bundles. */
const INSIDE = ['env-paths', 'is-safe-filename', 'yargs-parser'];
/** In the program, the hook is another bundle. */
const loadBundledHook = {
  name: 'load-bundled-hook',
  resolveId: (id) => (id.endsWith('/load-hook.ts') ? join(cli, 'load-bundled-hook.ts') : null),
};

const options = {
  platform: 'node',
  plugins: [loadBundledHook],
  external: (id) => !id.startsWith('.') && !isAbsolute(id) && !INSIDE.includes(id),
  onLog: (_level, log) => {
    throw new Error(log.message);
  },
};
const small = {
  sourcemap: true,
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true, asciiOnly: true } },
  comments: false,
};

/** True where every source, and what bundles them, is older than the bundle. */
export function isBundled() {
  const changedAt = (path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const sources = readdirSync(join(top, 'src'), { recursive: true }).map((name) =>
    join(top, 'src', name),
  );
  const others = ['package.json', '.ci/bundle.mjs'].map((name) => join(top, name));
  return (
    Math.max(...[...sources, ...others].map(changedAt)) < changedAt(join(directory, 'main.cjs'))
  );
}

export async function bundle() {
  for (const name of readdirSync(directory)) {
    if (/\.cjs(\.map|-.*\.compiled)?$/.test(name)) rmSync(join(directory, name));
  }
  for (const thread of threads) await writeThread(thread);
  writeFileSync(join(directory, 'THIRD-PARTY.txt'), INSIDE.map(noticeOf).join('\n'));
  await write('run-hook', { groups: [{ name: 'all', test: /(run-hook|hook-reader)\.ts$/ }] });
  // Last, as its time is that of the whole.
  const text = readFileSync(join(directory, HOOK_FILE));
  const digest = createHash('sha1').update(text).digest('hex').slice(0, 16);
  await write('main', { define: { HOOK_FILE: `'${HOOK_FILE}'`, HOOK_DIGEST: `'${digest}'` } });
}

/** The licences ask to go along with every copy. */
function noticeOf(name) {
  const place = join(top, 'node_modules', name);
  const { version, license } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  const file = readdirSync(place).find((entry) => /^licen[cs]e(\.|$)/i.test(entry));
  if (file === undefined) throw new Error(`${name} comes without the text of its licence`);
  const text = readFileSync(join(place, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

/** A checkout that was brought up to date may lack what its lock file names by now. */
async function loadBundler() {
  const needed = ['rolldown', ...INSIDE].map((name) => join(top, 'node_modules', name));
  if (!needed.every((path) => existsSync(path))) {
    const words = ['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund'];
    const shell = process.platform === 'win32';
    spawnSync('npm', words, { cwd: top, stdio: ['ignore', 2, 2], shell });
  }
  return await import('rolldown');
}

async function writeThread(file) {
  const { rolldown } = await loadBundler();
  const build = await rolldown({ input: file, ...options });
  await build.write({ ...small, dir: directory, format: 'esm', entryFileNames: '[name].js' });
  await build.close();
}

async function write(name, { groups = [], define = {} }) {
  const { rolldown } = await loadBundler();
  const input = { [name]: join(cli, `${name}.ts`) };
  const build = await rolldown({ input, transform: { define }, ...options });
  await build.write({
    ...small,
    dir: directory,
    format: 'cjs',
    dynamicImportInCjs: false,
    minifyInternalExports: groups.length === 0,
    entryFileNames: '[name].cjs',
    chunkFileNames: `${name}-[name].cjs`,
    codeSplitting: { groups },
  });
  await build.close();
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  if (process.argv[2] !== '--if-needed' || !isBundled()) await bundle();
}
