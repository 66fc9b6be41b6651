// Loads the bundled hook as V8 compiled it before: what V8 made of the script is kept beside it and handed to it the next time, which
// spares a third of what a hook takes. The first hook of a version of Node that may write there makes the file, and the next few add what
// they needed besides. It is an aid and no more: V8 would believe anything, so a digest over the script and what was made of it
// decides whether it is taken; else the script is compiled as usual.

import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { arch, env, version } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import type { LoadedHook } from './load-hook.ts';

/** Put in by the bundler: the file of the bundle beside this one. */
declare const HOOK_FILE: string;

type RunHook = Pick<LoadedHook, 'runHook'>;

const DIGEST_BYTES = 20;
/** Each kind of event takes ways of its own. */
const RUNS_KEPT = 4;

export async function loadHook(): Promise<LoadedHook> {
  const file = fileURLToPath(new URL(HOOK_FILE, import.meta.url));
  const require = createRequire(file);
  // Lines are counted as they run only in a script that was compiled for it.
  if (env['NODE_V8_COVERAGE'] !== undefined) {
    return { ...(require(file) as RunHook), keep: async () => undefined };
  }
  // Not at the top: whatever else starts here has no use for it.
  const { createHash } = require('node:crypto') as typeof import('node:crypto');
  const text = readFileSync(file);
  const digestOf = (bytes: Buffer) => createHash('sha1').update(text).update(bytes).digest();
  const path = `${file}-${version}-${arch}.compiled`;
  const kept = readKept(path, digestOf);
  const runs = kept?.at(-1) ?? 0;
  const script = new Script(Module.wrap(text.toString('latin1')), {
    filename: file,
    ...(kept === undefined ? {} : { cachedData: kept.subarray(0, -1) }),
  });
  const keep = async () => {
    if (runs >= RUNS_KEPT) return;
    const { keepCompiled } = await import('./keep-compiled.ts');
    const bytes = Buffer.concat([script.createCachedData(), Buffer.of(runs + 1)]);
    keepCompiled(path, Buffer.concat([bytes, digestOf(bytes)]));
  };
  return { ...(run(script, file, require) as RunHook), keep };
}

/** As `require` would, so that what it loads itself finds it loaded. */
function run(script: Script, file: string, require: NodeJS.Require): unknown {
  const module = new Module(file);
  module.filename = file;
  require.cache[file] = module;
  const body = script.runInThisContext() as (...scope: unknown[]) => void;
  body.call(module.exports, module.exports, require, module, file, dirname(file));
  return module.exports;
}

/** What was kept, and behind it how often; undefined whatever is wrong with it, since an aid can be done without. */
function readKept(path: string, digestOf: (bytes: Buffer) => Buffer): Buffer | undefined {
  try {
    const file = readFileSync(path);
    const bytes = file.subarray(0, -DIGEST_BYTES);
    return digestOf(bytes).equals(file.subarray(-DIGEST_BYTES)) ? bytes : undefined;
  } catch {
    return undefined;
  }
}
