// Loads a bundle as V8 compiled it before: what V8 made of its scripts is kept beside them and handed to it the next time, which spares a
// third of what a hook takes, and half of what a command takes to load. The first run with a version of Node that may write there makes
// the file, and the next few of each kind add what they needed besides. It is an aid and no more: it is named for the bundle it belongs
// to, V8 refuses what another version made, and a checksum over it decides whether it is taken, since V8 itself would believe a
// damaged one. Else the scripts are compiled as usual.
//
// The file is a checksum of all that follows, the length of a line of JSON about it, that line, and what V8 made of each script.

import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { arch, env, version } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';

/** A bundle beside this file. */
export interface Bundle {
  /** Where it begins; its other scripts are named beginning like it. */
  readonly file: string;
  /** Of the text of all its scripts. */
  readonly digest: string;
  /** So many runs of a kind add what they needed. */
  readonly runsKept: number;
}

export interface LoadedBundle {
  readonly exports: unknown;
  /** Keeps what makes the next run start sooner; of this kind, since each takes ways of its own. */
  keep(kind: string): Promise<void>;
}

interface Kept {
  readonly runs: Readonly<Record<string, number>>;
  readonly scripts: ReadonlyMap<string, Buffer>;
}

/** The line of JSON: how many runs of each kind had their part in it, and the names and lengths of what follows. */
interface Index {
  readonly runs: Kept['runs'];
  readonly scripts: readonly (readonly [name: string, bytes: number])[];
}

const NOTHING: Kept = { runs: {}, scripts: new Map() };
const CHECKSUM_BYTES = 4;
const HEADER_BYTES = CHECKSUM_BYTES + 4;
/** V8 copies what does not begin at a multiple of this. */
const ALIGNMENT = 8;

/** What a script finds, and `importBeside`, which the bundler puts for `import`: that fails in a script which Node did not load itself. */
const SCOPE = 'exports,require,module,__filename,__dirname,importBeside';

const importHere = (id: string): Promise<unknown> => import(id);
const requireBeside = createRequire(import.meta.url);
const place = fileURLToPath(new URL('.', import.meta.url));

export function loadBundle({ file, digest, runsKept }: Bundle): LoadedBundle {
  const path = `${place}${file}-${digest}-${version}-${arch}.compiled`;
  // Lines are counted as they run only in a script that was compiled for it.
  const isCounted = env['NODE_V8_COVERAGE'] !== undefined;
  const kept = isCounted ? NOTHING : readKept(path);
  const scripts = new Map<string, Script>();
  const exports = load(file, kept, scripts);
  const keep = async (kind: string) => {
    const runs = kept.runs[kind] ?? 0;
    if (isCounted || runs >= runsKept) return;
    const { keepCompiled } = await import('./keep-compiled.ts');
    keepCompiled(path, () =>
      formatKept(together(kept, scripts), { ...kept.runs, [kind]: runs + 1 }),
    );
  };
  return { exports, keep };
}

/** As `require` would, so that what it loads itself finds it loaded. */
function load(file: string, kept: Kept, scripts: Map<string, Script>): unknown {
  const path = `${place}${file}`;
  const known = requireBeside.cache[path];
  if (known !== undefined) return known.exports;
  const module = new Module(path);
  module.filename = path;
  requireBeside.cache[path] = module;
  const cachedData = kept.scripts.get(file);
  const text = readFileSync(path, 'latin1');
  const script = new Script(`(function(${SCOPE}){${text}\n})`, {
    filename: path,
    ...(cachedData && { cachedData }),
  });
  scripts.set(file, script);
  const require = (id: string): unknown =>
    id.startsWith('./') ? load(id.slice(2), kept, scripts) : requireBeside(id);
  const body = script.runInThisContext() as (...scope: unknown[]) => void;
  body.call(module.exports, module.exports, require, module, path, dirname(path), importHere);
  return module.exports;
}

/** Of a script, V8 may have thrown away by now what it was given. */
function together({ scripts: kept }: Kept, scripts: ReadonlyMap<string, Script>) {
  const all = new Map(kept);
  for (const [name, script] of scripts) {
    const made = script.createCachedData();
    const known = script.cachedDataRejected ? undefined : kept.get(name);
    if (known === undefined || made.length > known.length) all.set(name, made);
  }
  return all;
}

/** Nothing, whatever is wrong with the file, since an aid can be done without. */
function readKept(path: string): Kept {
  try {
    const file = readFileSync(path);
    if (checksumOf(file.subarray(CHECKSUM_BYTES)) !== file.readUInt32LE()) return NOTHING;
    const start = HEADER_BYTES + file.readUInt32LE(CHECKSUM_BYTES);
    const index = JSON.parse(file.toString('latin1', HEADER_BYTES, start)) as Index;
    const scripts = new Map<string, Buffer>();
    let at = start;
    for (const [name, bytes] of index.scripts) {
      scripts.set(name, file.subarray(at, at + bytes));
      at += aligned(bytes);
    }
    return { runs: index.runs, scripts };
  } catch {
    return NOTHING;
  }
}

function formatKept(scripts: Kept['scripts'], runs: Kept['runs']): Buffer {
  const index: Index = {
    runs,
    scripts: [...scripts].map(([name, { length }]) => [name, length] as const),
  };
  const text = JSON.stringify(index);
  const line = text.padEnd(aligned(text.length));
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUInt32LE(line.length, CHECKSUM_BYTES);
  const parts = [...scripts.values()].flatMap((bytes) => [
    bytes,
    Buffer.alloc(aligned(bytes.length) - bytes.length),
  ]);
  const file = Buffer.concat([header, Buffer.from(line), ...parts]);
  file.writeUInt32LE(checksumOf(file.subarray(CHECKSUM_BYTES)));
  return file;
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

function checksumOf(bytes: Buffer): number {
  // Not at the top: whatever else starts here has no use for it.
  const { crc32 } = requireBeside('node:zlib') as typeof import('node:zlib');
  return crc32(bytes);
}
