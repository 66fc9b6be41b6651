// Loads the bundled hook as V8 compiled it before: what V8 made of the script is kept beside it and handed to it the next time, which
// spares a third of what a hook takes. The file is an aid and no more. It is named for the text it belongs to and for the version of
// Node. The first hook that may write there makes it, and the next few add what they needed besides; its last byte counts them. Where
// there is none, or V8 refuses it, the script is compiled as usual.

import { createHash } from 'node:crypto';
import { readFileSync, renameSync, rmSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { arch, env, version } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import { temporaryPath, writeSynced } from '../git/durable-file.ts';
import type { LoadedHook } from './load-hook.ts';

type RunHook = Pick<LoadedHook, 'runHook'>;

/** Each kind of event takes ways of its own. */
const RUNS_KEPT = 4;
const FILE = fileURLToPath(new URL('./run-hook.cjs', import.meta.url));
const requireHere = createRequire(FILE);

export async function loadHook(): Promise<LoadedHook> {
  // Lines are counted as they run only in a script that was compiled for it.
  if (env['NODE_V8_COVERAGE'] !== undefined) {
    return { ...(requireHere(FILE) as RunHook), keep: () => undefined };
  }
  const text = readFileSync(FILE);
  const digest = createHash('sha1').update(text).digest('hex').slice(0, 16);
  const path = `${FILE}-${digest}-${version}-${arch}.compiled`;
  const { runs, compiled } = readIfThere(path);
  const script = new Script(Module.wrap(text.toString()), {
    filename: FILE,
    ...(compiled === undefined ? {} : { cachedData: compiled }),
  });
  const keep = () => {
    if (runs >= RUNS_KEPT) return;
    const count = Buffer.of(runs + 1);
    writeIfAllowed(path, Buffer.concat([script.createCachedData(), count]));
  };
  return { ...(runScript(script) as RunHook), keep };
}

/** As `require` would, so that what it loads itself finds it loaded. */
function runScript(script: Script): unknown {
  const module = new Module(FILE);
  module.filename = FILE;
  requireHere.cache[FILE] = module;
  const run = script.runInThisContext() as (...scope: unknown[]) => void;
  run.call(module.exports, module.exports, requireHere, module, FILE, dirname(FILE));
  return module.exports;
}

/** Whatever is wrong with an aid: it is done without. */
function readIfThere(path: string): { readonly runs: number; readonly compiled?: Buffer } {
  try {
    const bytes = readFileSync(path);
    return { runs: bytes.at(-1) ?? 0, compiled: bytes.subarray(0, -1) };
  } catch {
    return { runs: 0 };
  }
}

/** Where gsess was installed by somebody else there is nothing to write, and a hook has nobody to tell. */
function writeIfAllowed(path: string, bytes: Buffer): void {
  const temporary = temporaryPath(dirname(path));
  try {
    writeSynced(temporary, bytes, 0o644);
    renameSync(temporary, path);
  } catch {
    rmSync(temporary, { force: true });
  }
}
