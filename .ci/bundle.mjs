// Bundles the program that people run: `build/src/cli/main.cjs` and what it loads, from the sources. Loading a hundred small modules
// takes several times as long as what a hook does. The hook is a bundle of its own, since it runs most often; so is the library, for
// those who embed it (`build/src/bundle/`). Of the packages that we depend on, only the few small ones are bundled without which no
// command starts; their licences go along.
//
//     node .ci/bundle.mjs [--if-needed]      the latter only where a source is newer than the bundle

import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, isAbsolute, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

const top = dirname(dirname(fileURLToPath(import.meta.url)));
const cli = join(top, 'src', 'cli');
const directory = join(top, 'build', 'src', 'cli');
const libraryDirectory = join(top, 'build', 'src', 'bundle');
/** All that an event of any agent needs. */
const HOOK_FILE = 'run-hook-all.cjs';
/** All the rest. */
const PROGRAM = 'all-but-hooks';
/** What runs in a thread of its own is started by its file, which the code that starts it expects beside itself. */
const threads = ['git/side-packer-thread.ts', 'worktree/sweep-thread.ts'].map((name) =>
  join(top, 'src', name),
);
/** The packages that are put into the bundles. */
const INSIDE = ['env-paths', 'is-safe-filename', 'yargs-parser'];
/** Put into the program alone, not into the hook, which must not need it: as files of its own it takes 60 ms of a first snapshot. */
const INSIDE_PROGRAM = ['zod'];
/** What paints the browser, and with it ink and all that ink brings along; loaded when a browser opens. */
const SCREEN = 'ui/ink-screen.ts';
const SCREEN_BUILD = {
  // React is slower for those who write it.
  transform: { define: { 'process.env.NODE_ENV': "'production'" } },
  // Ink's window for its developers, which a variable would open, needs packages that nobody has.
  plugins: [
    {
      name: 'without-devtools',
      load: (id) => (/ink\/build\/devtools\.js$/.test(id) ? 'export {};' : null),
    },
  ],
  external: () => false,
  form: { minify: true },
};
/** What starts loads the hook and the program as bundles of their own, and the program the screen. */
const loadOtherBundles = {
  name: 'load-other-bundles',
  resolveId: (id, importer) => {
    if (id.endsWith('/load-hook.ts')) return join(cli, 'load-bundled-hook.ts');
    if (id.endsWith('/load-program.ts')) return join(cli, 'load-bundled-program.ts');
    const isScreen = importer !== undefined && id.endsWith(`/${basename(SCREEN)}`);
    return isScreen ? { id: `./${basename(SCREEN, '.ts')}.js`, external: true } : null;
  },
};

const options = {
  platform: 'node',
  plugins: [loadOtherBundles],
  external: isOutside(INSIDE),
  onLog: (_level, log) => {
    throw new Error(log.message);
  },
};
const small = {
  sourcemap: true,
  minify: { compress: false, mangle: false, codegen: { removeWhitespace: true, asciiOnly: true } },
  comments: false,
};

function isOutside(inside) {
  return (id) => !id.startsWith('.') && !isAbsolute(id) && !inside.includes(id);
}

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
  for (const thread of threads) await writeModule(thread);
  await writeLibrary();
  const painting = await writeModule(join(top, 'src', SCREEN), SCREEN_BUILD);
  const inside = [
    ...new Set([...INSIDE, ...INSIDE_PROGRAM].map(packageAt).concat(painting)),
  ].sort();
  writeFileSync(join(directory, 'THIRD-PARTY.txt'), inside.map(noticeOf).join('\n'));
  await write('run-hook', { groups: [{ name: 'all', test: /(run-hook|hook-reader)\.ts$/ }] });
  withRuntimeInside(join(directory, HOOK_FILE));
  const hook = { HOOK_FILE: `'${HOOK_FILE}'`, HOOK_DIGEST: `'${digestOf('run-hook')}'` };
  await write(PROGRAM, { define: hook, external: isOutside([...INSIDE, ...INSIDE_PROGRAM]) });
  for (const name of scriptsOf(PROGRAM)) importFromBeside(join(directory, name));
  const program = {
    PROGRAM_FILE: `'${PROGRAM}.cjs'`,
    PROGRAM_DIGEST: `'${digestOf(PROGRAM)}'`,
  };
  // Last, as its time is that of the whole.
  await write('main', { define: { ...hook, ...program } });
}

function scriptsOf(name) {
  return readdirSync(directory).filter((one) => one.startsWith(name) && one.endsWith('.cjs'));
}

/** See `src/cli/compiled-scripts.ts`. */
function importFromBeside(file) {
  const text = readFileSync(file, 'utf8');
  writeFileSync(file, text.replaceAll(/\bimport\((?=`[^`$]+`\))/g, 'importBeside('));
}

/** Of the text of the scripts of a bundle. */
function digestOf(name) {
  const hash = createHash('sha1');
  for (const one of scriptsOf(name).sort()) {
    hash.update(`${one}\n`).update(readFileSync(join(directory, one)));
  }
  return hash.digest('hex').slice(0, 16);
}

/** Puts what the bundler keeps in a file of its own into the hook's, for a second file to find, read and compile is felt. */
function withRuntimeInside(file) {
  const runtime = 'run-hook-rolldown-runtime.cjs';
  const [code] = readFileSync(join(directory, runtime), 'utf8').split('\n//# sourceMappingURL');
  const parts = readFileSync(file, 'utf8').split(`require("./${runtime}")`);
  if (parts.length !== 2) throw new Error(`${file} does not load ${runtime} once`);
  const text = parts.join(`((exports)=>{${code};return exports})({})`);
  writeFileSync(file, text);
}

/** Their owner's own text, where a package leaves it out. */
const TEXT_OF = { 'yoga-layout': 'react' };

/** The licences ask to go along with every copy. */
function noticeOf(place) {
  const { name, version, license } = JSON.parse(readFileSync(join(place, 'package.json'), 'utf8'));
  const holder = TEXT_OF[name] === undefined ? place : packageAt(TEXT_OF[name]);
  const file = readdirSync(holder).find((entry) => /^licen[cs]e([.-]|$)/i.test(entry));
  if (file === undefined) throw new Error(`${name} comes without the text of its licence`);
  const text = readFileSync(join(holder, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}

function packageAt(name) {
  return join(top, 'node_modules', name);
}

/** A module of its own; returns where the packages are that went into it. */
async function writeModule(file, { form = {}, ...more } = {}) {
  const { rolldown } = await import('rolldown');
  const build = await rolldown({ input: file, ...options, ...more });
  const { output } = await build.write({
    ...small,
    dir: directory,
    format: 'esm',
    entryFileNames: '[name].js',
    codeSplitting: false,
    ...form,
  });
  await build.close();
  const places = output
    .flatMap(({ moduleIds = [] }) => moduleIds)
    .map((id) => /^.*node_modules\/(?:@[^/]+\/)?[^/]+/.exec(id)?.[0]);
  return places.filter((place) => place !== undefined);
}

/** What is loaded only once it is asked for, as a store or slash commands, is a file of its own. */
async function writeLibrary() {
  rmSync(libraryDirectory, { recursive: true, force: true });
  for (const thread of threads) await writeModule(thread, { form: { dir: libraryDirectory } });
  const { rolldown } = await import('rolldown');
  const build = await rolldown({ input: { index: join(top, 'src', 'index.ts') }, ...options });
  await build.write({
    ...small,
    dir: libraryDirectory,
    format: 'esm',
    entryFileNames: '[name].js',
    chunkFileNames: '[name]-[hash].js',
  });
  await build.close();
}

async function write(name, { groups = [], define = {}, external = options.external }) {
  const { rolldown } = await import('rolldown');
  const input = { [name]: join(cli, `${name}.ts`) };
  const build = await rolldown({ input, transform: { define }, ...options, external });
  await build.write({
    ...small,
    dir: directory,
    format: 'cjs',
    // The screen is a module, which only a real import loads.
    dynamicImportInCjs: true,
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
