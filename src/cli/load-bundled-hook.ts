// Loads the bundled hook; stands in the place of `load-hook.ts` in the bundled program.

import { loadBundle } from './compiled-scripts.ts';
import type { LoadedHook } from './load-hook.ts';

/** Put in by the bundler: the file of the bundle beside this one, and the digest of its text. */
declare const HOOK_FILE: string;
declare const HOOK_DIGEST: string;

/** Each kind of event takes ways of its own. */
const RUNS_KEPT = 4;

export async function loadHook(): Promise<LoadedHook> {
  const { exports, keep } = loadBundle({
    file: HOOK_FILE,
    digest: HOOK_DIGEST,
    runsKept: RUNS_KEPT,
  });
  return { ...(exports as Pick<LoadedHook, 'runHook'>), keep: () => keep('hook') };
}
