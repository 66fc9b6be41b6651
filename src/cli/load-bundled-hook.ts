// Loads the bundled hook as V8 compiled it before: what V8 made of the script is kept beside it and handed to it the next time, which
// spares a third of what a hook takes. The first hook of a version of Node that may write there makes the file, and the next few add what
// they needed besides. It is an aid and no more: it is named for the script it belongs to, V8 refuses what another version made, and a
// checksum over it decides whether it is taken, since V8 itself would believe a damaged one. Else the script is compiled as usual.

import { readFileSync } from 'node:fs';
import { createRequire, Module } from 'node:module';
import { dirname } from 'node:path';
import { arch, env, version } from 'node:process';
import { fileURLToPath } from 'node:url';
import { Script } from 'node:vm';
import type { LoadedHook } from './load-hook.ts';

/** Put in by the bundler: the file of the bundle beside this one, and the digest of its text. */
declare const HOOK_FILE: string;
declare const HOOK_DIGEST: string;

type RunHook = Pick<LoadedHook, 'runHook'>;

const CHECKSUM_BYTES = 4;
/** Each kind of event takes ways of its own. */
const RUNS_KEPT = 4;

const requireBeside = createRequire(import.meta.url);

export async function loadHook(): Promise<LoadedHook> {
  const file = fileURLToPath(new URL(HOOK_FILE, import.meta.url));
  // Lines are counted as they run only in a script that was compiled for it.
  if (env['NODE_V8_COVERAGE'] !== undefined) {
    return { ...(requireBeside(file) as RunHook), keep: async () => undefined };
  }
  const path = `${file}-${HOOK_DIGEST}-${version}-${arch}.compiled`;
  const kept = readKept(path);
  const runs = kept?.at(-1) ?? 0;
  const script = new Script(Module.wrap(readFileSync(file, 'latin1')), {
    filename: file,
    ...(kept === undefined ? {} : { cachedData: kept.subarray(0, -1) }),
  });
  const keep = async () => {
    if (runs >= RUNS_KEPT) return;
    const { keepCompiled } = await import('./keep-compiled.ts');
    const bytes = Buffer.concat([script.createCachedData(), Buffer.of(runs + 1)]);
    keepCompiled(path, Buffer.concat([bytes, checksumOf(bytes)]));
  };
  return { ...(run(script, file) as RunHook), keep };
}

/** As `require` would, so that what it loads itself finds it loaded. */
function run(script: Script, file: string): unknown {
  const module = new Module(file);
  module.filename = file;
  requireBeside.cache[file] = module;
  const body = script.runInThisContext() as (...scope: unknown[]) => void;
  body.call(module.exports, module.exports, requireBeside, module, file, dirname(file));
  return module.exports;
}

/** What was kept, and behind it how often; undefined whatever is wrong with it, since an aid can be done without. */
function readKept(path: string): Buffer | undefined {
  try {
    const file = readFileSync(path);
    const bytes = file.subarray(0, -CHECKSUM_BYTES);
    return checksumOf(bytes).equals(file.subarray(-CHECKSUM_BYTES)) ? bytes : undefined;
  } catch {
    return undefined;
  }
}

function checksumOf(bytes: Buffer): Buffer {
  // Not at the top: whatever else starts here has no use for it.
  const { crc32 } = requireBeside('node:zlib') as typeof import('node:zlib');
  const checksum = Buffer.alloc(CHECKSUM_BYTES);
  checksum.writeUInt32LE(crc32(bytes));
  return checksum;
}
